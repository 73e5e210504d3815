// Whatever somebody without rights sends, on all services: no rule lets them through, and the bot goes on.
import { expect, it } from "vitest";

import {
  Bot,
  Command,
  OnDirectMessage,
  OnMessage,
  OnPrivateMessage,
  Require,
} from "../../../src/bot/decorators.js";
import type { MessageReceived } from "../../../src/muc/events/messages.js";
import { RawPeer, xml, type XmlElement } from "../../support/raw-peer.js";
import { describeOnServices } from "../../support/services.js";
import { until } from "../support/apps.js";
import { RunningApp } from "../support/running-app.js";

const USER = "http://jabber.org/protocol/muc#user";

function keeper(alice: string, ran: string[]): new () => object {
  @Bot({ explains: true, nick: "keeper" })
  class Keeper {
    @Command("ban") @Require({ affiliation: "admin" }) ban(m: MessageReceived) {
      ran.push(`ban by ${m.nick}`);
    }
    @Command("own") @Require({ jid: alice }) own(m: MessageReceived) {
      ran.push(`own by ${m.nick}`);
    }
    @Command("id") @Require({ occupantId: "forged" }) id(m: MessageReceived) {
      ran.push(`id by ${m.nick}`);
    }
    @Command("secretcmd") @Require({ role: "moderator" }) secretcmd(m: MessageReceived) {
      ran.push(`secretcmd by ${m.nick}`);
    }
    @Command("ping") ping() {
      return "pong";
    }
    @OnMessage(/./) any() {}
    @OnPrivateMessage() pm() {}
    @OnDirectMessage() dm() {}
  }
  return Keeper;
}

const COMMANDS = [
  "!ban",
  "!own",
  "!id",
  "!secretcmd",
  "keeper: ban",
  "keeper,\u00a0own",
  "KEEPER:\u2003secretcmd",
  "!BAN",
  "\u200b!ban",
  "!ban\t",
  "!why ban",
  "!help secretcmd",
  "!secretcm",
  "!\u212aban",
  "\uff01ban",
];

function extras(room: string, alice: string): XmlElement[][] {
  const item = xml("item", { affiliation: "owner", role: "moderator", jid: `${alice}/x` });
  const said = { from: `${room}/alice`, type: "groupchat", xmlns: "jabber:client" };
  const forwarded = xml(
    "forwarded",
    { xmlns: "urn:xmpp:forward:0" },
    xml("message", said, xml("body", {}, "!ban")),
  );
  return [
    [],
    [xml("x", { xmlns: USER }, item, xml("status", { code: "110" }))],
    [xml("occupant-id", { xmlns: "urn:xmpp:occupant-id:0", id: "forged" })],
    [xml("stanza-id", { xmlns: "urn:xmpp:sid:0", by: room, id: "1" })],
    [xml("delay", { xmlns: "urn:xmpp:delay", from: room, stamp: "2020-01-01T00:00:00Z" })],
    [
      xml(
        "addresses",
        { xmlns: "http://jabber.org/protocol/address" },
        xml("address", { type: "ofrom", jid: `${alice}/x` }),
      ),
    ],
    [xml("replace", { xmlns: "urn:xmpp:message-correct:0", id: "a1" })],
    [xml("reactions", { xmlns: "urn:xmpp:reactions:0", id: "a1" }, xml("reaction", {}, "!ban"))],
    [xml("retract", { xmlns: "urn:xmpp:message-retract:1", id: "a1" })],
    [
      xml(
        "retract",
        { xmlns: "urn:xmpp:message-retract:1", id: "a1" },
        xml("moderated", { xmlns: "urn:xmpp:message-moderate:1", by: `${room}/alice` }),
      ),
    ],
    [
      xml(
        "fallback",
        { xmlns: "urn:xmpp:fallback:0", for: "urn:xmpp:reply:0" },
        xml("body", { start: "0", end: "999999999" }),
      ),
    ],
    [
      xml(
        "fallback",
        { xmlns: "urn:xmpp:fallback:0", for: "urn:xmpp:reply:0" },
        xml("body", { start: "-1", end: "x" }),
      ),
    ],
    [xml("received", { xmlns: "urn:xmpp:carbons:2" }, forwarded)],
    [forwarded],
    [xml("subject", {}, "!ban")],
    [xml("encryption", { xmlns: "urn:xmpp:eme:0", namespace: "x" })],
    [
      xml(
        "result",
        { xmlns: "urn:xmpp:mam:2", id: "1" },
        xml(
          "forwarded",
          { xmlns: "urn:xmpp:forward:0" },
          xml("message", { from: `${room}/alice`, xmlns: "jabber:client" }, xml("body", {}, "!ban")),
        ),
      ),
    ],
  ];
}

describeOnServices("somebody without rights", (service) => {
  it("gets nothing done by anything that they send, and learns of nothing that they may not do", async () => {
    const ran: string[] = [];
    const room = service.room("hostile");
    const own = await service.createAccount("alice");
    const alice = await RawPeer.connect(own, "phone");
    await alice.join(room, "alice");
    await alice.openRoom(room);
    await using bot = await RunningApp.startIn(service, room, keeper(own.jid, ran));
    await bot.app.ready();
    const mallory = await RawPeer.connect(await service.createAccount("mallory"), "phone");
    await mallory.join(room, "mallory");
    const to = {
      groupchat: room,
      chat: `${room}/keeper`,
      normal: `${room}/keeper`,
      headline: `${room}/keeper`,
    };
    for (const children of extras(room, own.jid))
      for (const body of COMMANDS) {
        await mallory.send(
          xml("message", { to: room, type: "groupchat", id: "a1" }, xml("body", {}, body), ...children),
        );
        for (const type of ["chat", "normal", "headline"] as const)
          if (body === "!ban" || body === "!own")
            await mallory.send(xml("message", { to: to[type], type }, xml("body", {}, body), ...children));
        if (body === "!own")
          await mallory.send(
            xml("message", { to: bot.account.jid, type: "chat" }, xml("body", {}, body), ...children),
          );
      }
    await mallory.send(xml("message", { to: `${room}/keeper`, type: "groupchat" }, xml("body", {}, "!ban")));
    await mallory.send(xml("message", { to: room, type: "groupchat" }, xml("body", {}, "!ping")));
    const heard = () =>
      mallory.received.filter(
        (s) =>
          s.is("message") &&
          (s.attrs["from"] === `${room}/keeper` || s.attrs["from"]?.startsWith(bot.account.jid)),
      );
    await until("it answers still", () => heard().some((s) => s.getChildText("body") === "pong"), 60_000);
    const answers = heard()
      .filter(({ attrs }) => attrs["type"] !== "error")
      .flatMap((stanza) => stanza.getChildText("body") ?? []);
    expect([...new Set(answers)].toSorted()).toEqual([
      "!ban: takes affiliation admin or more",
      'There is no "secretcmd"',
      "You may not do that",
      "pong",
    ]);
    expect(bot.log.complaints).toEqual([]);
    expect(ran).toEqual([]);
    await alice.say(room, "!ban");
    await until("alice may", () => ran.length > 0);
    expect(ran).toEqual(["ban by alice"]);
    await alice.stop();
    await mallory.stop();
  }, 120_000);
});
