// Invitations that policies of bots decide about.
import { describe, expect, it } from "vitest";

import { xml } from "../../src/base/element.js";
import { Bot, OnInvitation, OnMessage } from "../../src/bot/decorators.js";
import { acceptFrom } from "../../src/bot/policies/accept-from.js";
import { firstOf } from "../../src/bot/policies/first-of.js";
import { declineAll, ignoreAll, type InvitationPolicy } from "../../src/bot/policies/invitation-policy.js";
import type { InvitedRoom } from "../../src/muc/invitations/invited-rooms.js";
import type { TestUser } from "../../src/testing/index.js";
import { cleanUp, LOBBY, makeApp, until } from "./support/apps.js";
import { BOT, decided, decisions, DEN, direct, joined, withHost } from "./support/invited.js";

cleanUp();

describe("@Bot({ invitations })", () => {
  it("accepts by policy, with the nick of the bot, and all handlers work there", async () => {
    @Bot({ nick: "keeper", invitations: acceptFrom({ domains: ["example.org"] }) })
    class Keeper {
      @OnMessage("hello") hello() {
        return "hello yourself";
      }
    }
    const started = await withHost(Keeper);
    direct(started.alice);
    await joined(started);
    await started.alice.say("hello");
    expect(await started.alice.nextMessage()).toMatchObject({ nick: "keeper", body: "hello yourself" });
    expect(decisions(started)).toEqual(["accept by Keeper: acceptFrom domains"]);
    expect(started.log.complaints).toEqual([]);
  });

  it("declines by policy, and the inviter is told why where there is a way to", async () => {
    @Bot({ rooms: [LOBBY], invitations: declineAll("busy") })
    class Keeper {}
    const started = await withHost(Keeper);
    await started.alice.invite(BOT);
    await decided(started);
    direct(started.alice);
    await decided(started, 2);
    await until("alice is told", () =>
      started.alice.received.some((each) => each.toString().includes("<decline")),
    );
    const told = started.alice.received.filter((each) => each.toString().includes("<decline"));
    expect(told.map((each) => each.toString().includes("<reason>busy</reason>"))).toEqual([true]);
    expect(decisions(started)).toEqual(["decline by Keeper: declineAll", "decline by Keeper: declineAll"]);
    expect(started.app.muc.getRoom(DEN)).toBeUndefined();
  });

  it("joins nothing where nothing is decided", async () => {
    @Bot({ rooms: [LOBBY], invitations: () => undefined })
    class Keeper {}
    const started = await withHost(Keeper);
    direct(started.alice);
    await started.alice.invite(BOT);
    await started.app.session.iq.get("rooms.example.org", xml("ping", { xmlns: "urn:xmpp:ping" }));
    expect([decisions(started), started.app.muc.rooms.size]).toEqual([[], 1]);
  });

  it("takes any function, and what it throws, rejects with or gives wrongly decides nothing", async () => {
    let answer: () => unknown = () => undefined;
    @Bot({ rooms: [LOBBY], invitations: () => answer() as "accept" })
    class Keeper {}
    const started = await withHost(Keeper);
    const wrong = [
      () => {
        throw new Error("boom");
      },
      () => Promise.reject(new Error("boom")),
      () => "yes",
      () => Promise.resolve({ decline: 1 }),
    ];
    for (const [index, each] of wrong.entries()) {
      answer = each;
      direct(started.alice, `r${index}@rooms.example.org`);
      await until("it is logged", () => started.log.complaints.length === index + 1);
    }
    expect(new Set(started.log.complaints)).toEqual(new Set(["error A policy failed: it decides nothing"]));
    answer = () => Promise.resolve("ignore");
    direct(started.alice);
    await decided(started);
    expect(decisions(started)).toEqual(["ignore by Keeper: invitations"]);
  });

  it("of several bots decides in their order: the first that decides", async () => {
    const asked: string[] = [];
    const says =
      (name: string, ruling: "accept" | undefined): InvitationPolicy =>
      () => {
        asked.push(name);
        return ruling;
      };
    @Bot({ rooms: [LOBBY], invitations: says("first", undefined) })
    class First {}
    @Bot({ rooms: [LOBBY], invitations: says("second", "accept") })
    class Second {}
    @Bot({ rooms: [LOBBY], invitations: says("third", "accept") })
    class Third {}
    const started = await withHost(First, Second, Third);
    direct(started.alice);
    await joined(started);
    expect(asked).toEqual(["first", "second"]);
    expect(decisions(started)).toEqual(["accept by Second: a function"]);
  });

  it("ignores what is older than a day, unless it may be", async () => {
    const old = new Date(Date.now() - 2 * 86_400_000).toISOString();
    const stale = (user: TestUser): void =>
      user.send(
        xml(
          "message",
          { to: BOT },
          xml("x", { xmlns: "jabber:x:conference", jid: DEN }),
          xml("delay", { xmlns: "urn:xmpp:delay", stamp: old }),
        ),
      );
    @Bot({ rooms: [LOBBY], invitations: acceptFrom({}) })
    class Strict {}
    const strict = await withHost(Strict);
    stale(strict.alice);
    await decided(strict);
    expect(decisions(strict)).toEqual(["ignore by Strict: too old"]);
    @Bot({ rooms: [LOBBY], invitations: acceptFrom({}), invited: { maxAgeMs: 7 * 86_400_000 } })
    class Patient {}
    const patient = await withHost(Patient);
    stale(patient.alice);
    await joined(patient);
  });

  it("reports a join that fails, and lets the same come again", async () => {
    @Bot({ rooms: [LOBBY], invitations: acceptFrom({}) })
    class Keeper {}
    const started = await withHost(Keeper);
    started.server.room(DEN).configure({ roomSecret: "pw" });
    direct(started.alice);
    await until("it is logged", () => started.log.complaints.length > 0);
    expect(started.log.complaints[0]).toBe("warn A decision about an invitation came to nothing");
    direct(started.alice, DEN, { password: "pw" });
    await joined(started);
  });

  it("keeps the rooms for the next start, and has a cap on them", async () => {
    const kept: InvitedRoom[] = [];
    @Bot({
      rooms: [LOBBY],
      invitations: acceptFrom({}),
      invited: { maxRooms: 1, keep: (room) => void kept.push(room) },
    })
    class Keeper {}
    const started = await withHost(Keeper);
    started.server.room("other@rooms.example.org").open();
    direct(started.alice);
    await joined(started);
    await until("it is kept", () => kept.length > 0);
    expect(kept.map(({ jid, nick, password }) => [jid.toString(), nick, password])).toEqual([
      [DEN, "bot", null],
    ]);
    direct(started.alice, "other@rooms.example.org");
    await until("it is refused", () => started.log.complaints.length > 0);
    expect(started.app.muc.rooms.size).toBe(2);
  });

  it.each([
    [
      "a policy without its parentheses",
      ignoreAll as never,
      "ignoreAll stands there without its parentheses",
    ],
    ["what is no policy", "accept" as never, "this is no policy"],
    [
      "a policy with a mistake in it",
      firstOf(acceptFrom({ domains: undefined as never })),
      "domains has to be a list",
    ],
  ])("%s is a mistake that the start reports", async (_what, invitations, problem) => {
    @Bot({ rooms: [LOBBY], invitations })
    class Wrong {
      @OnInvitation(invitations) invited() {}
    }
    const error: unknown = await makeApp({ bots: [Wrong] })
      .app.start()
      .catch((each: unknown) => each);
    expect(error).toMatchObject({ name: "AuthoringError" });
    expect(String(error)).toContain(problem);
    for (const where of ["Wrong:", "Wrong.invited"]) expect(String(error)).toContain(where);
  });

  it("a bound that is none is a mistake that the start reports", async () => {
    @Bot({ rooms: [LOBBY], invited: { maxRooms: -1, maxAgeMs: 0, expiresMs: Number.NaN } })
    class Wrong {}
    const error: unknown = await makeApp({ bots: [Wrong] })
      .app.start()
      .catch((each: unknown) => each);
    for (const name of ["maxRooms", "maxAgeMs", "expiresMs"])
      expect(String(error)).toContain(`invited.${name} is`);
  });

  it("needs no other room: nobody is warned then", async () => {
    @Bot({ invitations: acceptFrom({}) })
    class Guest {}
    const started = makeApp({ bots: [Guest] });
    await started.app.start();
    expect(started.log.complaints).toEqual([]);
    const alice = await started.enter("alice", DEN);
    direct(alice);
    await joined(started);
  });
});
