import { describe, expect, it } from "vitest";

import { Bot, Command, OnMessage } from "../../src/bot/decorators.js";
import { BOT_MARK } from "../../src/bot/bot-mark.js";
import type { MessageReceived } from "../../src/muc/events/messages.js";
import { cleanUp, LOBBY, makeApp, startApp } from "./support/apps.js";

cleanUp();

const HALL = "hall@rooms.example.org";

@Bot({ rooms: [LOBBY, { jid: HALL, prefix: "?" }], nick: "keeper" })
class Keeper {
  @Command("roll <sides:int>") roll(_m: MessageReceived, { sides }: { sides: number }) {
    return `rolled d${sides}`;
  }
  @OnMessage("long") long() {
    return "word ".repeat(10);
  }
}

describe("what the bots of an application say", () => {
  it("is marked, split and limited as the options say", async () => {
    const { enter } = await startApp({ bots: [Keeper], outbound: { maxMessageBytes: 30 } });
    const alice = await enter("alice");
    await alice.say("long");
    const first = await alice.nextMessage();
    expect(first.text).toBe("word word word word word word");
    expect(first.stanza.getChild("bot", BOT_MARK)).toBeDefined();
    expect((await alice.nextMessage()).body).toBe("word word word word ");
  });

  it("answers commands of occupants and accounts where they were given", async () => {
    const { enter } = await startApp({ bots: [Keeper] });
    const alice = await enter("alice");
    await alice.whisper("keeper", "!roll 6");
    expect(await alice.nextMessage()).toMatchObject({ nick: "keeper", body: "rolled d6", isPrivate: true });
    await alice.whisper("keeper", "!rol 6");
    expect(await alice.nextMessage()).toMatchObject({
      isPrivate: true,
      body: 'There is no "rol". Did you mean !roll?',
    });
  });

  it("begins its commands in a room as that room says", async () => {
    const { enter } = await startApp({ bots: [Keeper] });
    const alice = await enter("alice");
    const bob = await enter("bob", HALL);
    await bob.say("!roll 6");
    await bob.say("?roll 7");
    expect((await bob.nextMessage()).body).toBe("rolled d7");
    await bob.say("?roll");
    expect((await bob.nextMessage()).body).toBe("sides is missing. Usage: ?roll <sides:int>");
    await alice.say("?roll 8");
    await alice.say("!roll 9");
    expect((await alice.nextMessage()).body).toBe("rolled d9");
  });

  it("has limits and prefixes that mean something", async () => {
    @Bot({ rooms: [{ jid: LOBBY, prefix: "" }] })
    class Wrong {}
    await expect(makeApp({ bots: [Wrong] }).app.start()).rejects.toMatchObject({
      mistakes: [{ where: "Wrong", problem: expect.stringContaining(`prefix in ${LOBBY} is empty`) }],
    });
    const rooms = [{ jid: LOBBY, prefix: "" }];
    await expect(makeApp({ bots: [Keeper], rooms }).app.start()).rejects.toMatchObject({ code: "authoring" });
    for (const outbound of [{ maxMessageBytes: 3 }, { burst: 0 }, { answersPerMinute: NaN }])
      await expect(makeApp({ bots: [Keeper], outbound }).app.start()).rejects.toMatchObject({
        code: "argument",
      });
  });
});
