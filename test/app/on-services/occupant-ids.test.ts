// A person whom the bot knows by the id alone that the room gives them: where the room vouches for it, and where it does not.
import { expect, it } from "vitest";

import { createBotApp, type BotApp } from "../../../src/app/bot-app.js";
import { silentLogger } from "../../../src/base/logger.js";
import { Bot, Command, Cooldown, Require } from "../../../src/bot/decorators.js";
import type { HandlerContext } from "../../../src/bot/handler-context.js";
import type { MessageReceived } from "../../../src/muc/events/messages.js";
import { RawPeer, xml } from "../../support/raw-peer.js";
import { describeOnServices, type Account } from "../../support/services.js";
import { until } from "../support/apps.js";

function keeperFor(occupantId: string) {
  @Bot()
  class Keeper {
    @Command("mine") @Require({ occupantId }) mine(m: MessageReceived) {
      return `${m.nick} may`;
    }
    @Command("once") @Cooldown({ per: "occupant", limit: 1, windowMs: 600_000 }) once(m: MessageReceived) {
      return `once for ${m.nick}`;
    }
    @Command("ask") async ask(_m: MessageReceived, _args: object, ctx: HandlerContext) {
      return ctx.ask("well?").then(
        ({ nick, body }) => `${nick} answered ${body}`,
        (error: Error) => error.name,
      );
    }
  }
  return Keeper;
}

describeOnServices("somebody whose address the bot does not see", (service) => {
  /** The bot in a room where it is no moderator, and sees nobody's address. */
  async function start(account: Account, room: string, bot: new () => object): Promise<BotApp> {
    const app = createBotApp({
      ...account,
      bots: [bot],
      nick: "keeper",
      rooms: [room],
      logger: silentLogger,
    });
    await app.ready();
    return app;
  }

  it("is known by a trusted occupant-id over stays and nicks, and by none that the room does not vouch for", async () => {
    const room = service.room("ids");
    const account = await service.createAccount("keeper");
    const alice = await RawPeer.connect(await service.createAccount("alice"), "phone");
    const mallory = await RawPeer.connect(await service.createAccount("mallory"), "phone");
    await alice.join(room, "alice");
    await alice.openRoom(room);
    let app = await start(account, room, keeperFor("nobody"));
    const said = (): string[] =>
      mallory.received
        .filter(({ attrs }) => attrs["from"] === `${room}/keeper` && attrs["type"] === "groupchat")
        .flatMap((stanza) => stanza.getChildText("body") ?? []);
    const heard = (line: string): Promise<void> => until(`it says ${line}`, () => said().includes(line));
    const there = (nick: string, is = true): Promise<void> =>
      until(
        `${nick} is ${is ? "there" : "gone"}`,
        () => (app.muc.getRoom(room)?.getOccupant(nick) != null) === is,
      );
    try {
      const { realJid, occupantId } = app.muc.getRoom(room)?.getOccupant("alice") ?? {};
      expect(realJid).toBeNull();
      const vouched = app.muc.getRoom(room)?.features.has("urn:xmpp:occupant-id:0") === true;
      expect(typeof occupantId).toBe(vouched ? "string" : "object");
      expect(vouched).toBe(service.name !== "ejabberd");
      await app.stop();
      app = await start(account, room, keeperFor(occupantId ?? "alice-id"));
      await mallory.join(room, "mallory");
      // as ejabberd passes it on, and others do not
      const forged = xml("occupant-id", { xmlns: "urn:xmpp:occupant-id:0", id: occupantId ?? "alice-id" });
      const tries = (body: string) =>
        mallory.send(
          xml("message", { to: room, type: "groupchat", id: body }, xml("body", {}, body), forged),
        );
      await tries("!mine");
      await heard("You may not do that");
      await alice.say(room, "!once");
      await heard("once for alice");
      await alice.say(room, "!ask");
      await heard("well?");
      await alice.leave(room, "alice");
      await there("alice", false);
      await mallory.send(xml("presence", { to: `${room}/alice` }));
      await there("alice");
      await tries("no");
      await alice.join(room, "back");
      await alice.say(room, "yes");
      await heard(vouched ? "back answered yes" : "NotJoinedError");
      await alice.say(room, "!mine");
      if (vouched) await heard("back may");
      await alice.say(room, "!once");
      await until("the last is answered", () => said().length === 6);
      const refused = /Too often|again in|wait/i;
      expect(said()[5]).toMatch(refused);
      expect(said().filter((line) => line.includes("answered no"))).toEqual([]);
    } finally {
      await alice.stop();
      await mallory.stop();
      await app.stop();
    }
  });
});
