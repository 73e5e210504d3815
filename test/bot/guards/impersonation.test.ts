// each way in which somebody tries to be somebody else, or to be heard for somebody else
import { describe, expect, it } from "vitest";

import { xml, type Element } from "../../../src/base/element.js";
import { Bot, Command, OnMessage, Require } from "../../../src/bot/decorators.js";
import type { MessageReceived } from "../../../src/muc/events/messages.js";
import type { Occupant } from "../../../src/muc/occupant.js";
import { BotsInRoom, message, turns } from "../support/bots-in-room.js";

const ROOM = "lobby@rooms.example.org";
const NO = "You may not do that";
const ADMIN = { affiliation: "admin", jid: "alice@example.org/x" };

@Bot()
class Keeper {
  ran = 0;
  go: () => void = () => {};
  @Command("ban") @Require({ affiliation: "admin" }) ban() {
    this.ran++;
    return "banned";
  }
  @Command("own") @Require({ jid: "alice@example.org" }) own() {
    return "owned";
  }
  @Command("id") @Require({ occupantId: "alice-id" }) id() {
    return "known";
  }
  @Command("voice <who:occupant>") voice(_m: MessageReceived, { who }: { readonly who: Occupant }) {
    return `voice for ${who.realJid?.toString()}`;
  }
  @Command("wait") async wait() {
    await new Promise<void>((resolve) => (this.go = resolve));
  }
  @OnMessage("secret word") secret(m: MessageReceived) {
    return `${m.nick} said it`;
  }
}

async function entered(history: readonly Element[] = []): Promise<BotsInRoom> {
  const bots = new BotsInRoom(Keeper);
  await bots.enter(ROOM, history);
  return bots;
}

describe("whoever pretends to be somebody else is refused:", () => {
  it("who takes the nick of an admin that left", async () => {
    const bots = await entered();
    bots.comes("alice", ROOM, [], ADMIN);
    expect(await bots.hears("!ban")).toEqual(["banned"]);
    bots.goes("alice");
    bots.comes("alice");
    expect([...(await bots.hears("!ban")), ...(await bots.hears("!own"))]).toEqual([NO, NO]);
  });

  it("who takes the nick of an admin that has another one now", async () => {
    const bots = await entered();
    bots.comes("alice", ROOM, [], ADMIN);
    bots.comes("alice", ROOM, ["303"], { ...ADMIN, type: "unavailable", nick: "alicia" });
    bots.comes("alicia", ROOM, [], ADMIN);
    bots.comes("alice");
    expect(await bots.hears("!ban")).toEqual([NO]);
    expect(await bots.hears("!ban", { nick: "alicia" })).toEqual(["banned"]);
  });

  it("who takes it between two lines, while the first still waits for its turn", async () => {
    const bots = await entered();
    bots.comes("mallory");
    bots.comes("alice", ROOM, [], ADMIN);
    bots.says("!wait");
    bots.says("!ban", { nick: "mallory" });
    await turns();
    bots.goes("alice");
    bots.comes("mallory", ROOM, ["303"], { type: "unavailable", nick: "alice" });
    bots.comes("alice");
    bots.says("!ban");
    (bots.instances[0] as Keeper).go();
    await bots.idle();
    expect(bots.lines).toEqual([NO, NO]);
  });

  it("who leaves and comes back as somebody of no rights, with a command that still waits", async () => {
    const bots = await entered();
    bots.comes("alice", ROOM, [], ADMIN);
    bots.says("!wait");
    bots.says("!ban");
    await turns();
    bots.goes("alice");
    bots.comes("alice", ROOM, [], { ...ADMIN, affiliation: "none" });
    (bots.instances[0] as Keeper).go();
    await bots.idle();
    expect(bots.lines).toEqual([NO]);
  });

  it.each<[string, string, (bots: BotsInRoom) => void]>([
    ["has another nick now", "voice for alice@example.org", (bots) => bots.goes("alice", "alicia")],
    [
      "has left",
      'who: "alice" is not the nick of somebody here. Usage: !voice <who:occupant>',
      (bots) => bots.goes("alice"),
    ],
  ])(
    "who takes the nick of somebody that a command names, while that waits, and who %s",
    async (...given) => {
      const [, answer, happens] = given;
      const bots = await entered();
      bots.comes("alice", ROOM, [], ADMIN);
      bots.comes("mallory");
      bots.says("!wait", { nick: "mallory" });
      bots.says("!voice alice", { nick: "carol" });
      await turns();
      happens(bots);
      bots.goes("mallory", "alice");
      (bots.instances[0] as Keeper).go();
      await bots.idle();
      expect(bots.lines).toEqual([answer]);
    },
  );

  it("who puts an item, an address or a delay into a message", async () => {
    const bots = await entered();
    bots.comes("mallory");
    const item = xml("item", { affiliation: "owner", role: "moderator", jid: "alice@example.org/x" });
    const extra = [
      xml("x", { xmlns: "http://jabber.org/protocol/muc#user" }, item),
      xml("delay", { xmlns: "urn:xmpp:delay", from: `${ROOM}/alice`, stamp: "2026-01-01T00:00:00Z" }),
      xml(
        "addresses",
        { xmlns: "http://jabber.org/protocol/address" },
        xml("address", { type: "ofrom", jid: "alice@example.org/x" }),
      ),
    ];
    for (const line of ["!ban", "!own"])
      expect(await bots.hears(line, { nick: "mallory", extra })).toEqual([NO]);
  });

  it("who puts an occupant-id into a message, in a room that gives none", async () => {
    const bots = await entered();
    bots.comes("mallory");
    const extra = [xml("occupant-id", { xmlns: "urn:xmpp:occupant-id:0", id: "alice-id" })];
    expect(await bots.hears("!id", { nick: "mallory", extra })).toEqual([NO]);
  });

  it("who speaks without being there", async () => {
    const bots = await entered();
    expect(await bots.hears("!ban", { nick: "ghost" })).toEqual([NO]);
  });
});

describe("what is no command is none:", () => {
  it("the history of the room, of whoever it seems to be", async () => {
    const delay = xml("delay", { xmlns: "urn:xmpp:delay", from: ROOM, stamp: "2026-01-01T00:00:00Z" });
    const bots = new BotsInRoom(Keeper);
    await bots.enter(ROOM, [message("!ban", { id: "h1", extra: [delay] })]);
    await bots.idle();
    await turns();
    expect([bots.lines, (bots.instances[0] as Keeper).ran]).toEqual([[], 0]);
  });

  it("a correction: the command ran once, and does not run again", async () => {
    const bots = await entered();
    bots.comes("alice", ROOM, [], ADMIN);
    await bots.hears("!ban");
    const extra = [xml("replace", { xmlns: "urn:xmpp:message-correct:0", id: "m1" })];
    expect(await bots.hears("!ban", { extra })).toEqual([]);
    expect((bots.instances[0] as Keeper).ran).toBe(1);
  });

  it("what an admin is quoted with in a fallback", async () => {
    const bots = await entered();
    bots.comes("alice", ROOM, [], ADMIN);
    const quote = "> secret word\n";
    const extra = [
      xml("reply", { xmlns: "urn:xmpp:reply:0", id: "m0", to: `${ROOM}/mallory` }),
      xml(
        "fallback",
        { xmlns: "urn:xmpp:fallback:0", for: "urn:xmpp:reply:0" },
        xml("body", { start: "0", end: String(quote.length) }),
      ),
    ];
    expect(await bots.hears(`${quote}no`, { extra })).toEqual([]);
    const whole = [
      xml("reply", { xmlns: "urn:xmpp:reply:0", id: "m0", to: `${ROOM}/mallory` }),
      xml("fallback", { xmlns: "urn:xmpp:fallback:0", for: "urn:xmpp:reply:0" }, xml("body")),
    ];
    expect(await bots.hears("!ban", { extra: whole })).toEqual([]);
    expect(await bots.hears("> !ban")).toEqual([]);
  });
});
