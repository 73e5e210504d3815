// Invitations that methods of bots decide about, or are told of.
import { describe, expect, it } from "vitest";

import { xml } from "../../src/base/element.js";
import { DecidedError } from "../../src/base/errors.js";
import { Bot, OnInvitation, OnInvitationDeclined } from "../../src/bot/decorators.js";
import type { HandlerContext } from "../../src/bot/handler-context.js";
import { acceptFrom } from "../../src/bot/policies/accept-from.js";
import { declineAll, ignoreAll, type InvitationPolicy } from "../../src/bot/policies/invitation-policy.js";
import type { Invitation } from "../../src/muc/invitations/invitation.js";
import type { InvitationDeclined } from "../../src/muc/invitations/invitation-declined.js";
import { cleanUp, LOBBY, startApp, until } from "./support/apps.js";
import { BOT, decided, decisions, DEN, direct, joined, withHost } from "./support/invited.js";

cleanUp();

describe("@OnInvitation()", () => {
  it("decides by its method, which may return the promise of that", async () => {
    const seen: [string, boolean][] = [];
    @Bot({ rooms: [LOBBY] })
    class Keeper {
      @OnInvitation() invited(i: Invitation) {
        seen.push([String(i.inviter), i.decided]);
        return i.accept({ nick: "guest" });
      }
    }
    const started = await withHost(Keeper);
    direct(started.alice);
    await joined(started);
    await started.app.idle();
    expect(seen).toEqual([["alice@example.org", false]]);
    expect(started.app.muc.getRoom(DEN)?.nick).toBe("guest");
    expect([decisions(started), started.log.complaints]).toEqual([["accept by Keeper.invited"], []]);
  });

  it("is told of mediated ones, and may decline them", async () => {
    @Bot({ rooms: [LOBBY] })
    class Keeper {
      @OnInvitation() async invited(i: Invitation, ctx: HandlerContext) {
        ctx.log.info({ sent: await i.decline("no, thanks") }, "Answered");
        return true;
      }
    }
    const started = await withHost(Keeper);
    await started.alice.invite(BOT);
    await until("alice is told", () =>
      started.alice.received.some((each) => each.toString().includes("no, thanks")),
    );
    await started.app.idle();
    const answered = started.log.records.find(({ text }) => text === "Answered");
    expect(answered?.fields).toMatchObject({ handler: "Keeper.invited", room: DEN, sent: true });
    expect(started.log.complaints).toEqual([]);
  });

  it("may decide later, and is logged by name then, too; until it expires", async () => {
    const held: Invitation[] = [];
    let later = (): void => {};
    @Bot({ rooms: [LOBBY] })
    class Keeper {
      @OnInvitation({ expiresMs: 30 }) hold(i: Invitation) {
        held.push(i);
        if (held.length === 1)
          return new Promise<void>((resolve) => (later = resolve)).then(() => i.ignore());
        return undefined;
      }
    }
    const started = await withHost(Keeper);
    direct(started.alice);
    await until("it is held", () => held.length === 1);
    held[0]?.expiresIn(60_000);
    later();
    await decided(started);
    direct(started.alice, "other@rooms.example.org");
    await until("it expires", () => held[1]?.decided === true);
    expect(decisions(started)).toEqual(["ignore by Keeper.hold", "expired by nobody, in time"]);
    await expect(held[1]?.accept()).rejects.toThrow(DecidedError);
  });

  it("of several handlers the first decision wins, the rest see it, and deciding twice is refused", async () => {
    const seen: unknown[] = [];
    @Bot({ rooms: [LOBBY] })
    class First {
      @OnInvitation() look(i: Invitation) {
        seen.push(i.decision);
      }
      @OnInvitation() take(i: Invitation) {
        void i.accept();
      }
    }
    @Bot({ rooms: [LOBBY] })
    class Second {
      @OnInvitation() async late(i: Invitation) {
        seen.push(i.decided, i.decision);
        await i.decline().catch((error: unknown) => seen.push(error instanceof DecidedError));
        i.ignore();
      }
    }
    const started = await withHost(First, Second);
    direct(started.alice);
    await joined(started);
    await started.app.idle();
    expect(seen).toEqual([null, true, "accept", true]);
    expect(decisions(started)).toEqual(["accept by First.take"]);
    // What it threw itself is a handler's failure like any other.
    expect(started.log.complaints).toContain("error A handler failed");
  });

  it("of a room where a handler takes its time hold up no other room's, and those of one room come in order", async () => {
    const seen: string[] = [];
    let goOn = (): void => {};
    @Bot({ rooms: [LOBBY] })
    class Keeper {
      @OnInvitation() async slow(i: Invitation) {
        seen.push(`${i.room.local ?? ""} ${i.from.resource ?? ""}`);
        if (i.room.toString() === DEN) await new Promise<void>((resolve) => (goOn = resolve));
      }
    }
    const started = await withHost(Keeper);
    const bob = await started.enter("bob", DEN);
    direct(started.alice);
    direct(bob);
    direct(bob, "other@rooms.example.org");
    await until("the other is told", () => seen.length === 2);
    const [alice, , other] = [started.alice.jid.resource ?? "", "", bob.jid.resource ?? ""];
    expect(seen).toEqual([`den ${alice}`, `other ${other}`]);
    goOn();
    await until("the second of the den is told", () => seen.length === 3);
    expect(seen[2]).toBe(`den ${other}`);
    goOn();
    await started.app.idle();
  });

  it("returns no text", async () => {
    @Bot({ rooms: [LOBBY] })
    class Keeper {
      @OnInvitation() invited() {
        return "come in" as never;
      }
    }
    const started = await withHost(Keeper);
    direct(started.alice);
    await until("it is reported", () => started.log.complaints.length > 0);
    expect(started.log.complaints).toEqual(["error A handler failed"]);
  });
});

describe("@OnInvitation(policy)", () => {
  it("is told when the policy has decided", async () => {
    const seen: unknown[] = [];
    @Bot({ rooms: [LOBBY] })
    class Keeper {
      @OnInvitation(declineAll("busy")) told(i: Invitation) {
        seen.push(i.decision);
      }
      @OnInvitation(acceptFrom({})) toldToo(i: Invitation) {
        seen.push(i.decision);
      }
    }
    const started = await withHost(Keeper);
    direct(started.alice);
    await until("both are told", () => seen.length === 2);
    expect(seen).toEqual(["decline", "decline"]);
    expect(decisions(started)).toEqual(["decline by Keeper.told: declineAll"]);
  });

  it("decides itself where the policy leaves it undecided, and waits for nobody else's", async () => {
    let settle: (ruling: undefined) => void = () => {};
    const slow: InvitationPolicy = () => new Promise<undefined>((resolve) => (settle = resolve));
    const seen: string[] = [];
    @Bot({ rooms: [LOBBY] })
    class Keeper {
      @OnInvitation(slow, { parallel: true }) slow(i: Invitation) {
        seen.push(`slow ${i.decided}`);
        i.ignore();
      }
      @OnInvitation() quick(i: Invitation) {
        seen.push(`quick ${i.decided}`);
      }
    }
    const started = await withHost(Keeper);
    direct(started.alice);
    await until("the quick one is told", () => seen.length === 1);
    // Nothing waits for a policy that takes its time: neither the queue nor who asks whether all is done.
    await started.app.idle();
    settle(undefined);
    await decided(started);
    expect(seen).toEqual(["quick false", "slow false"]);
    expect(decisions(started)).toEqual(["ignore by Keeper.slow"]);
  });

  it("comes after the policy of the bot", async () => {
    const seen: unknown[] = [];
    @Bot({ rooms: [LOBBY], invitations: ignoreAll() })
    class Keeper {
      @OnInvitation() told(i: Invitation) {
        seen.push(i.decision);
      }
    }
    const started = await withHost(Keeper);
    direct(started.alice);
    await until("it is told", () => seen.length === 1);
    expect(seen).toEqual(["ignore"]);
  });
});

describe("@OnInvitationDeclined()", () => {
  it("is told who does not come, and why", async () => {
    const seen: InvitationDeclined[] = [];
    @Bot({ rooms: [DEN] })
    class Keeper {
      @OnInvitationDeclined() declined(e: InvitationDeclined) {
        seen.push(e);
      }
    }
    const { app, server, enter } = await startApp({ bots: [Keeper] });
    const bob = await enter("bob", LOBBY);
    await app.muc.getRoom(DEN)?.invite(bob.jid, { mode: "mediated", reason: "join us" });
    await until("bob is invited", () => bob.received.some((each) => each.toString().includes("join us")));
    const decline = xml("decline", { to: `${DEN}/bot` }, xml("reason", null, "too busy"));
    bob.send(
      xml("message", { to: DEN }, xml("x", { xmlns: "http://jabber.org/protocol/muc#user" }, decline)),
    );
    await until("it is told", () => seen.length === 1);
    expect([String(seen[0]?.room), String(seen[0]?.from.bare()), seen[0]?.reason]).toEqual([
      DEN,
      "bob@example.org",
      "too busy",
    ]);
    expect(server.room(DEN).occupants).toHaveLength(1);
  });
});
