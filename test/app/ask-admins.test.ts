// Invitations that people decide about: in an admin room, or in a direct chat.
import { describe, expect, it } from "vitest";

import { xml } from "../../src/base/element.js";
import { BOT_MARK } from "../../src/bot/bot-mark.js";
import { Bot, OnInvitation, OnMessage } from "../../src/bot/decorators.js";
import { askAdmins } from "../../src/bot/policies/ask-admins.js";
import { firstOf } from "../../src/bot/policies/first-of.js";
import { declineAll } from "../../src/bot/policies/invitation-policy.js";
import type { Invitation } from "../../src/muc/invitations/invitation.js";
import type { MessageReceived } from "../../src/muc/events/messages.js";
import { type TestUser } from "../../src/testing/index.js";
import { ManualClock } from "../bot/support/clock.js";
import { cleanUp, LOBBY, makeServer, startApp, until, type Started } from "./support/apps.js";
import { BOT, decided, decisions, DEN, direct, joined } from "./support/invited.js";

cleanUp();

const OFFICE = "office@rooms.example.org";
const BOSS = "boss@example.org";

interface Office extends Started {
  /** Somebody who invites. */
  readonly alice: TestUser;
  /** An admin of the office, in it. */
  readonly boss: TestUser;
}

/** A bot, somebody who may invite it, and its admin in the office. */
async function withOffice(bot: new () => object, clock?: ManualClock): Promise<Office> {
  const server = makeServer();
  for (const room of [LOBBY, DEN, OFFICE]) server.room(room).open();
  const boss = await server.enter(OFFICE, "boss", { affiliation: "admin", jid: BOSS });
  const started = await startApp({ bots: [bot], ...(clock !== undefined && { clock }) }, server);
  const alice = await started.enter("alice", DEN);
  return { ...started, alice, boss };
}

/** A line to the account of the bot, outside of any room. */
const tell = (user: TestUser, text: string): void =>
  user.send(xml("message", { to: BOT, type: "chat" }, xml("body", null, text)));

/** What somebody was told by the account of the bot, outside of any room. */
const told = (user: TestUser): string[] =>
  user.received.flatMap((stanza) =>
    stanza.attrs["from"]?.startsWith(`${BOT}/`) === true ? (stanza.getChildText("body") ?? []) : [],
  );

describe("askAdmins({ room })", () => {
  @Bot({ rooms: [OFFICE], nick: "keeper", invitations: askAdmins({ room: OFFICE }) })
  class Keeper {}

  it("asks in the room, and does what an admin says there", async () => {
    const started = await withOffice(Keeper);
    const { alice, boss } = started;
    direct(alice, DEN, { reason: "we  talk\nof \u202Eyou", password: "cauldronburn" });
    expect(await boss.nextMessage()).toMatchObject({
      nick: "keeper",
      body: `Invitation 1: alice@example.org wants me in ${DEN} (direct). “we talk of you” Say: accept 1, or: decline 1`,
    });
    expect(decisions(started)).toEqual([]);
    await boss.say("accept 1");
    await joined(started);
    expect((await boss.nextMessage()).body).toBe("Invitation 1 is accepted");
    expect(decisions(started)).toEqual(["accept by Keeper: askAdmins, by boss"]);
  });

  it("takes no answer of a bot that is admin: it may say what others have it say", async () => {
    const started = await withOffice(Keeper);
    direct(started.alice);
    await started.boss.nextMessage();
    const mark = xml("bot", { xmlns: BOT_MARK });
    started.boss.send(xml("message", { to: OFFICE, type: "groupchat" }, xml("body", null, "accept 1"), mark));
    await started.boss.say("decline 1");
    await decided(started);
    expect(decisions(started)).toEqual(["decline by Keeper: askAdmins, by boss"]);
  });

  it("declines with the reason that is given, by name, too", async () => {
    const started = await withOffice(Keeper);
    await started.alice.invite(BOT, "come");
    expect((await started.boss.nextMessage()).body).toContain(
      `somebody (${DEN}) wants me in ${DEN} (mediated)`,
    );
    await started.boss.say("Keeper: Decline #1 not now, sorry");
    await decided(started);
    const refused = (): boolean =>
      started.alice.received.some((each) => each.toString().includes("<reason>not now, sorry</reason>"));
    await until("alice is told", refused);
    expect((await started.boss.nextMessage()).body).toBe("Invitation 1 is declined");
  });

  it("takes the word of nobody else, no other line, and no other number", async () => {
    const started = await withOffice(Keeper);
    const { alice, boss, server } = started;
    const guest = await started.enter("guest", OFFICE);
    const member = await server.enter(OFFICE, "member", { affiliation: "member" });
    direct(alice);
    await boss.nextMessage();
    for (const each of [guest, member]) await each.say("accept 1");
    for (const line of [
      "accept",
      "accept 2",
      "accept 11",
      "I accept 1",
      "accept one",
      "accept 1st",
      "other: accept 1",
    ])
      await boss.say(line);
    await boss.whisper("keeper", "accept 1");
    tell(boss, "accept 1");
    expect([decisions(started), started.app.muc.getRoom(DEN)]).toEqual([[], undefined]);
    await boss.say("accept 1");
    await joined(started);
  });

  it("counts its questions, and answers to each by its number", async () => {
    const started = await withOffice(Keeper);
    const { alice, boss } = started;
    direct(alice, "a@rooms.example.org");
    direct(alice, DEN);
    expect((await boss.nextMessage()).body).toContain("accept 1");
    expect((await boss.nextMessage()).body).toContain("accept 2");
    await boss.say("accept 2");
    await boss.say("decline 1");
    await decided(started, 2);
    expect(decisions(started).map((each) => each.split(" ")[0])).toEqual(["accept", "decline"]);
    await joined(started);
    await boss.say("accept 1");
    expect(started.app.muc.getRoom("a@rooms.example.org")).toBeUndefined();
  });

  it("lets less than an admin answer where it says so", async () => {
    @Bot({ rooms: [OFFICE], invitations: askAdmins({ room: OFFICE, affiliation: "member" }) })
    class Liberal {}
    const started = await withOffice(Liberal);
    const member = await started.server.enter(OFFICE, "member", { affiliation: "member" });
    const guest = await started.enter("guest", OFFICE);
    direct(started.alice);
    await member.nextMessage();
    await guest.say("decline 1");
    await member.say("accept 1");
    await joined(started);
    expect(decisions(started)).toEqual(["accept by Liberal: askAdmins, by member"]);
  });

  it("asks once it is in the room, about what was kept for it", async () => {
    const server = makeServer();
    for (const room of [DEN, OFFICE]) server.room(room).open();
    const boss = await server.enter(OFFICE, "boss", { affiliation: "admin", jid: BOSS });
    const alice = await server.enter(DEN, "alice");
    direct(alice);
    const started = await startApp({ bots: [Keeper] }, server);
    expect((await boss.nextMessage()).body).toContain("Invitation 1");
    await boss.say("accept 1");
    await joined(started);
  });

  it("decides nothing where it is not in the room, and says so", async () => {
    @Bot({ rooms: [LOBBY], invitations: firstOf(askAdmins({ room: OFFICE }), declineAll("nobody there")) })
    class Lost {}
    const started = await withOffice(Lost);
    direct(started.alice);
    await decided(started);
    expect(decisions(started)).toEqual(["decline by Lost: declineAll"]);
    expect(started.log.complaints).toEqual(["warn Nobody could be asked about an invitation"]);
  });

  it("decides nothing when it is put out of the room meanwhile", async () => {
    const started = await withOffice(Keeper);
    direct(started.alice);
    await started.boss.nextMessage();
    await started.boss.ban(BOT);
    await until("it is out", () => started.app.muc.getRoom(OFFICE) === undefined);
    expect(started.log.complaints).toContain("warn Nobody could be asked about an invitation");
    expect(decisions(started)).toEqual([]);
  });

  it("waits no longer than it says: then the next policy decides", async () => {
    const clock = new ManualClock();
    const policy = firstOf(askAdmins({ room: OFFICE, expiresMs: 60_000 }), declineAll("nobody answered"));
    @Bot({ rooms: [OFFICE], invitations: policy })
    class Keeper2 {}
    const started = await withOffice(Keeper2, clock);
    direct(started.alice);
    await started.boss.nextMessage();
    clock.advance(59_999);
    expect(decisions(started)).toEqual([]);
    clock.advance(1);
    await decided(started);
    expect(decisions(started)).toEqual(["decline by Keeper2: declineAll"]);
  });

  it("ends with the application, whatever is open: methods are not told any more", async () => {
    const told: unknown[] = [];
    @Bot({ rooms: [OFFICE] })
    class Waiting {
      @OnInvitation(askAdmins({ room: OFFICE })) told(i: Invitation) {
        told.push(i);
      }
    }
    const started = await withOffice(Waiting);
    direct(started.alice);
    await started.boss.nextMessage();
    const clean = started.log.complaints.length;
    await started.app.stop();
    expect(started.log.complaints).toHaveLength(clean);
    expect([decisions(started), told]).toEqual([["expired by nobody, in time"], []]);
  });

  it("says so where it is decided already", async () => {
    const started = await withOffice(Keeper);
    started.app.muc.on("invitation", (invitation) => invitation.ignore());
    const { boss } = started;
    // Asked in the same turn in which the invitation came, before the listener above.
    direct(started.alice);
    await boss.nextMessage();
    await boss.say("accept 1");
    expect((await boss.nextMessage()).body).toBe("Invitation 1 is decided already: ignore");
    expect(started.app.muc.getRoom(DEN)).toBeUndefined();
  });

  it("leaves the line to the handlers, too", async () => {
    const heard: string[] = [];
    @Bot({ rooms: [OFFICE], invitations: askAdmins({ room: OFFICE }) })
    class Listening {
      @OnMessage(/^accept/) hear(m: MessageReceived) {
        heard.push(m.body);
      }
    }
    const started = await withOffice(Listening);
    direct(started.alice);
    await started.boss.nextMessage();
    await started.boss.say("accept 1");
    await joined(started);
    expect(heard).toEqual(["accept 1"]);
  });
});

describe("askAdmins({ jids })", () => {
  @Bot({ rooms: [LOBBY], invitations: askAdmins({ jids: [BOSS, "gone@elsewhere.example"] }) })
  class Keeper {}

  it("asks in a direct chat, and takes the answer of those alone", async () => {
    const started = await withOffice(Keeper);
    const { alice, boss } = started;
    direct(alice);
    await until("the boss is asked", () => told(boss).length > 0);
    expect(told(boss)[0]).toContain(`Invitation 1: alice@example.org wants me in ${DEN}`);
    tell(alice, "accept 1");
    await boss.say("accept 1");
    tell(boss, "good morning");
    tell(boss, "accept 1");
    await joined(started);
    await until("it is confirmed", () => told(boss).length > 1);
    expect(told(boss)[1]).toBe("Invitation 1 is accepted");
    expect(decisions(started)).toEqual([`accept by Keeper: askAdmins, by ${BOSS}`]);
  });

  it("does not wait where nobody could be asked", async () => {
    const started = await withOffice(Keeper);
    const { session } = started.app;
    const send = session.send.bind(session);
    session.send = (stanza, ...rest) =>
      stanza.attrs["type"] === "chat" ? Promise.reject(new Error("too large")) : send(stanza, ...rest);
    direct(started.alice);
    await until("it is said", () => started.log.complaints.length > 0);
    expect(started.log.complaints).toEqual(["warn Nobody could be asked about an invitation"]);
  });
});

describe("many invitations", () => {
  it("are asked about up to a bound", async () => {
    @Bot({ rooms: [OFFICE], invitations: askAdmins({ room: OFFICE }) })
    class Keeper {}
    const started = await withOffice(Keeper);
    for (let i = 0; i < 101; i++) direct(started.alice, `r${i}@rooms.example.org`);
    const refused = "warn Too many invitations wait for an admin: one is not asked about";
    await until("the last is refused", () => started.log.complaints.includes(refused));
    expect(started.log.complaints).toEqual([refused]);
  });
});
