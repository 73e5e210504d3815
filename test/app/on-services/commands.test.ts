// Commands by a client that is not ours, in the room and in private: the same on all services.
import { expect, it } from "vitest";

import { createBotApp, type BotApp } from "../../../src/app/bot-app.js";
import { BOT_MARK } from "../../../src/bot/bot-mark.js";
import { Bot, Command, OnMessage } from "../../../src/bot/decorators.js";
import { Reply } from "../../../src/bot/reply.js";
import type { Class } from "../../../src/bot/metadata.js";
import type { MessageReceived } from "../../../src/muc/events/messages.js";
import type { Occupant } from "../../../src/muc/occupant.js";
import { silentLogger } from "../../../src/base/logger.js";
import { RawPeer, xml } from "../../support/raw-peer.js";
import { describeOnServices, type Service } from "../../support/services.js";
import { until } from "../support/apps.js";

@Bot()
class Keeper {
  @Command("roll <sides:int>") roll(_m: MessageReceived, { sides }: { sides: number }) {
    return `rolled d${sides}`;
  }
  @Command("greet <who:occupant> [--loud]")
  greet(m: MessageReceived, { who, loud }: { who: Occupant; loud: boolean }) {
    return new Reply(m, `${loud ? "HELLO" : "hello"} ${who.nick}`);
  }
  @Command("book") book() {
    return "word ".repeat(1_200);
  }
}

@Bot()
class Parrot {
  @OnMessage() say(m: MessageReceived) {
    return `${m.nick} says: ${m.body.slice(0, 20)}`;
  }
}

async function start(service: Service, room: string, nick: string, ...bots: Class[]): Promise<BotApp> {
  const account = await service.createAccount(nick);
  const app = createBotApp({ ...account, bots, nick, rooms: [room], logger: silentLogger });
  await app.ready();
  return app;
}

/** The bodies of what somebody said to a peer, in the room or to it alone. */
function heard(peer: RawPeer, from: string, type: string): string[] {
  return peer.received
    .filter(({ attrs }) => attrs["from"] === from && attrs["type"] === type)
    .flatMap((stanza) => stanza.getChildText("body") ?? []);
}

describeOnServices("commands", (service) => {
  it("are answered where they are given: in the room, to the occupant alone, to the account", async () => {
    const room = service.room("commands");
    const app = await start(service, room, "keeper", Keeper);
    const account = await service.createAccount("alice");
    const alice = await RawPeer.connect(account, "phone");
    try {
      await alice.join(room, "alice");
      const keeper = `${room}/keeper`;
      const tell = (to: string, text: string): Promise<unknown> =>
        alice.send(xml("message", { to, type: "chat", id: text }, xml("body", {}, text)));
      await alice.say(room, "!greet alice --loud");
      await alice.say(room, "keeper: roll six");
      await tell(keeper, "!roll 7");
      await tell(keeper, "!greet alice");
      await tell(`${app.session.jid?.toString()}`, "!roll 8");
      await until("all is answered", () => heard(alice, keeper, "chat").length === 2);
      await until(
        "the account is",
        () => heard(alice, `${app.session.jid?.toString()}`, "chat").length === 1,
      );
      await until("the room is", () => heard(alice, keeper, "groupchat").length === 2);
      expect(heard(alice, keeper, "groupchat")).toEqual([
        "HELLO alice",
        'sides: "six" is not a whole number. Usage: !roll <sides:int>',
      ]);
      expect(heard(alice, keeper, "chat")).toEqual(["rolled d7", "hello alice"]);
      expect(heard(alice, `${app.session.jid?.toString()}`, "chat")).toEqual(["rolled d8"]);
      await alice.say(room, "!book");
      await until("both parts are there", () => heard(alice, keeper, "groupchat").length === 4);
      expect(heard(alice, keeper, "groupchat").slice(2).join(" ")).toBe("word ".repeat(1_200));
    } finally {
      await alice.stop();
      await app.stop();
    }
  });

  it("and bots that answer each other come to an end: the mark of bots goes through the room", async () => {
    const room = service.room("parrots");
    const first = await start(service, room, "first", Parrot);
    const second = await start(service, room, "second", Parrot);
    const alice = await RawPeer.connect(await service.createAccount("alice"));
    try {
      await alice.join(room, "alice");
      await alice.say(room, "hello");
      const lines = (): number =>
        heard(alice, `${room}/first`, "groupchat").length +
        heard(alice, `${room}/second`, "groupchat").length;
      // each answers alice once, and ten lines of the other
      await until("both have had enough", () => lines() === 22);
      await alice.say(room, "enough?");
      await until("only alice is answered", () => lines() === 24);
      const said = alice.received.filter(({ attrs }) => attrs["from"] === `${room}/first`);
      expect(
        said
          .filter((stanza) => stanza.is("message"))
          .every((stanza) => stanza.getChild("bot", BOT_MARK) !== undefined),
      ).toBe(true);
    } finally {
      await alice.stop();
      await first.stop();
      await second.stop();
    }
  });
});
