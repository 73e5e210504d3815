// Whoever calls themselves almost like somebody has nobody taken for them: the same on all services.
import { expect, it } from "vitest";

import { Bot, Command } from "../../../src/bot/decorators.js";
import type { MessageReceived } from "../../../src/muc/events/messages.js";
import type { Occupant } from "../../../src/muc/occupant.js";
import { RawPeer, xml } from "../../support/raw-peer.js";
import { describeOnServices } from "../../support/services.js";
import { until } from "../support/apps.js";
import { RunningApp } from "../support/running-app.js";

describeOnServices("who has a nick that begins with another one, or stands in quotes", (service) => {
  it("is taken for nobody else, nor somebody else for them, and can be named", async () => {
    const named: string[] = [];
    @Bot({ nick: "keeper" })
    class Keeper {
      @Command("kick <who:occupant> [why...]") kick(
        _m: MessageReceived,
        { who, why = "" }: { who: Occupant; why?: string },
      ) {
        named.push(`${who.nick}|${why}`);
      }
      @Command("done") done() {
        named.push("done");
      }
    }
    const address = service.room("nicks");
    await using running = await RunningApp.startIn(service, address, Keeper);
    const room = await running.app.ready().then(() => running.app.muc.getRoom(address));
    const alice = await RawPeer.connect(await service.createAccount("alice"), "phone");
    const mallory = await RawPeer.connect(await service.createAccount("mallory"), "phone");
    try {
      await alice.join(address, "alice");
      await mallory.join(address, "mallory");
      const said = async (nick: string, ...lines: string[]): Promise<readonly string[]> => {
        await mallory.send(xml("presence", { to: `${address}/${nick}` }));
        await until(`somebody is ${nick}`, () => room?.getOccupant(nick) != null);
        for (const line of [...lines, "!done"]) await alice.say(address, line);
        await until("all is handled", () => named.includes("done"));
        return named.splice(0).slice(0, -1);
      };
      expect(
        await said("alice too", "!kick alice too", '!kick "alice too" spams', '!kick "alice" too'),
      ).toEqual(["alice too|spams", "alice|too"]);
      expect(await said("@alice", "!kick @alice", '!kick "@alice"', "!kick alice")).toEqual([
        "@alice|",
        "alice|",
      ]);
      expect(await said("alice:", "!kick alice: spams", '!kick "alice:" spams')).toEqual(["alice:|spams"]);
      expect(await said("alice ", "!kick alice", '!kick "alice " spams')).toEqual(["alice|", "alice |spams"]);
      expect(await said('"alice"', '!kick "alice"', `!kick '"alice"'`, "!kick alice")).toEqual([
        '"alice"|',
        "alice|",
      ]);
    } finally {
      await alice.stop();
      await mallory.stop();
    }
  });
});
