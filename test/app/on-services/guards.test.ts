// Who takes a nick takes nothing else with it: the same on all services.
import { expect, it } from "vitest";

import { createBotApp } from "../../../src/app/bot-app.js";
import { silentLogger } from "../../../src/base/logger.js";
import { Bot, Command, Require } from "../../../src/bot/decorators.js";
import type { HandlerContext } from "../../../src/bot/handler-context.js";
import type { MessageReceived } from "../../../src/muc/events/messages.js";
import { RawPeer, xml } from "../../support/raw-peer.js";
import { describeOnServices } from "../../support/services.js";
import { until } from "../support/apps.js";

@Bot()
class Keeper {
  @Command("ban") @Require({ affiliation: "admin" }) ban(m: MessageReceived) {
    return `${m.nick} may`;
  }
  @Command("ask") async ask(_m: MessageReceived, _args: object, ctx: HandlerContext) {
    const answer = await ctx.ask("well?");
    return `${answer.nick} answered ${answer.body}`;
  }
  @Command("count") async *count(_m: MessageReceived, _args: object, ctx: HandlerContext) {
    yield "counting";
    for await (const { nick, body } of ctx.answers()) {
      yield `${nick} counts ${body}`;
      if (body === "two") return;
    }
  }
}

describeOnServices("whoever takes the nick of somebody", (service) => {
  it("has neither their rights nor the answers that they are asked for", async () => {
    const room = service.room("impersonation");
    const account = await service.createAccount("keeper");
    const app = createBotApp({
      ...account,
      bots: [Keeper],
      nick: "keeper",
      rooms: [room],
      logger: silentLogger,
    });
    await app.ready();
    const own = await service.createAccount("alice");
    await app.muc.setAffiliation(room, own.jid, "admin");
    const alice = await RawPeer.connect(own, "phone");
    const mallory = await RawPeer.connect(await service.createAccount("mallory"), "phone");
    const said = (): string[] =>
      mallory.received
        .filter(({ attrs }) => attrs["from"] === `${room}/keeper` && attrs["type"] === "groupchat")
        .flatMap((stanza) => stanza.getChildText("body") ?? []);
    const heard = (line: string): Promise<void> => until(`it says ${line}`, () => said().includes(line));
    try {
      await mallory.join(room, "mallory");
      await alice.join(room, "alice");
      await alice.say(room, "!ban");
      await heard("alice may");
      await alice.say(room, "!ask");
      await heard("well?");
      await alice.send(xml("presence", { to: `${room}/alicia` }));
      await until("alice is alicia", () => (app.muc.getRoom(room)?.getOccupant("alicia") ?? null) !== null);
      await mallory.send(xml("presence", { to: `${room}/alice` }));
      await until("mallory is alice", () => (app.muc.getRoom(room)?.getOccupant("alice") ?? null) !== null);
      await mallory.say(room, "no");
      await mallory.say(room, "!ban");
      await heard("You may not do that");
      await alice.say(room, "yes");
      await heard("alicia answered yes");
      await alice.say(room, "!count");
      await heard("counting");
      await mallory.say(room, "one");
      await alice.say(room, "one");
      await heard("alicia counts one");
      await mallory.say(room, "two");
      await alice.say(room, "two");
      await heard("alicia counts two");
      await alice.say(room, "!ban");
      await heard("alicia may");
      expect(said()).toEqual([
        "alice may",
        "well?",
        "You may not do that",
        "alicia answered yes",
        "counting",
        "alicia counts one",
        "alicia counts two",
        "alicia may",
      ]);
    } finally {
      await alice.stop();
      await mallory.stop();
      await app.stop();
    }
  });
});
