// Bots that decide about requests for voice, with real clients that ask: the same on all services.
import { expect, it } from "vitest";

import { Moderator } from "../../../examples/moderator.js";
import { Bot, OnRoleRequest } from "../../../src/bot/decorators.js";
import type { Class } from "../../../src/bot/metadata.js";
import { firstOf } from "../../../src/bot/policies/first-of.js";
import { approveMembers, denyAll } from "../../../src/bot/policies/role-request-policy.js";
import type { RoleRequest } from "../../../src/muc/voice/role-request.js";
import { Cast, seen, until, type Insider } from "../../muc/on-services/support.js";
import { describeOnServices, type Service } from "../../support/services.js";
import { RunningApp } from "../support/running-app.js";

/** A moderated room, with its owner in it. */
async function moderated(cast: Cast, service: Service): Promise<Insider> {
  const owner = await cast.enter(service.room("voice"), "owner");
  const form = await owner.room.getConfig();
  form.moderatedRoom = true;
  await owner.room.setConfig(form);
  return owner;
}

/** An application in the room of the owner, as one of the moderators. */
async function moderator(service: Service, { room }: Insider, nick: string, bot: Class): Promise<RunningApp> {
  const running = await RunningApp.startIn(service, room.jid.toString(), bot);
  await until(() => room.getOccupant(nick) !== null, `${nick} is there`);
  await room.setAffiliation(running.account.jid, "admin");
  const seat = running.app.muc.getRoom(room.jid);
  await until(() => seat?.active === true && seat.me?.role === "moderator", `${nick} is a moderator`);
  return running;
}

/** Somebody without voice. */
async function visitor(
  cast: Cast,
  owner: Insider,
  nick: string,
  affiliation: "none" | "member" = "none",
): Promise<Insider> {
  const guest = await cast.enter(owner.room.jid.toString(), nick);
  await seen(owner, nick);
  if (affiliation === "member") {
    await owner.room.setAffiliation(guest.account.jid, "member");
    await until(() => owner.room.getOccupant(nick)?.affiliation === "member", `${nick} is a member`);
  }
  await owner.room.setRole(nick, "visitor");
  await until(() => guest.room.me?.role === "visitor", `${nick} has no voice`);
  return guest;
}

describeOnServices("bots that are asked for voice", (service) => {
  it("by policy: members get it, others do not, and the log names the rule (XEP-0045 §8.6)", async () => {
    @Bot({ nick: "keeper", roleRequests: firstOf(approveMembers(), denyAll()) })
    class Keeper {}
    await using cast = new Cast(service);
    const owner = await moderated(cast, service);
    await using bot = await moderator(service, owner, "keeper", Keeper);
    const bob = await visitor(cast, owner, "bob");
    void bob.room.requestVoice();
    await until(() => bot.decisions.length === 1, "bob is denied");
    const alice = await visitor(cast, owner, "alice", "member");
    expect(await alice.room.requestVoice()).toBe("granted");
    expect(bot.decisions).toEqual(["deny by Keeper: denyAll", "approve by Keeper: approveMembers"]);
    expect(bob.room.me?.role).toBe("visitor");
  });

  it("two of them in one room: one approves, the other sees it, and its own decision comes too late", async () => {
    const told: string[] = [];
    @Bot({ nick: "quick" })
    class Quick {
      @OnRoleRequest() async voice(r: RoleRequest) {
        void r.approve();
        told.push(`quick ${await r.outcome}`);
      }
    }
    @Bot({ nick: "slow" })
    class Slow {
      @OnRoleRequest() async voice(r: RoleRequest) {
        const outcome = await r.outcome;
        await r.deny().catch((error: Error) => told.push(`slow ${outcome} ${r.decided} ${error.name}`));
      }
    }
    await using cast = new Cast(service);
    const owner = await moderated(cast, service);
    await using quick = await moderator(service, owner, "quick", Quick);
    await using slow = await moderator(service, owner, "slow", Slow);
    const alice = await visitor(cast, owner, "alice");
    expect(await alice.room.requestVoice()).toBe("granted");
    await until(() => told.length === 2, "both are told");
    expect(told.toSorted()).toEqual(["quick granted", "slow answeredElsewhere true DecidedError"]);
    expect([quick.decisions, slow.decisions]).toEqual([["approve by Quick.voice"], []]);
  });

  it("two of them at once: alice has voice, both are told, and the room goes on", async () => {
    const outcomes: string[] = [];
    const make = (nick: string): Class => {
      @Bot({ nick })
      class Keeper {
        @OnRoleRequest() async voice(r: RoleRequest) {
          void r.approve().catch(() => {});
          outcomes.push(await r.outcome);
        }
      }
      return Keeper;
    };
    await using cast = new Cast(service);
    const owner = await moderated(cast, service);
    await using one = await moderator(service, owner, "one", make("one"));
    await using two = await moderator(service, owner, "two", make("two"));
    const alice = await visitor(cast, owner, "alice");
    expect(await alice.room.requestVoice()).toBe("granted");
    await until(() => outcomes.length === 2, "both are told");
    // Who hears of the change before it has answered has nothing to answer any more.
    for (const outcome of outcomes) expect(["granted", "answeredElsewhere"]).toContain(outcome);
    expect(outcomes).toContain("granted");
    await alice.room.sendMessage("thank you");
    await until(
      () => owner.events.some((event) => event.type === "message" && event.body === "thank you"),
      "alice is heard",
    );
    for (const { app } of [one, two]) expect(app.muc.getRoom(owner.room.jid)?.active).toBe(true);
  });

  it("as the moderator of the examples: members by its policy, strangers by its method", async () => {
    await using cast = new Cast(service);
    const owner = await moderated(cast, service);
    await using bot = await moderator(service, owner, "moderator", Moderator);
    const alice = await visitor(cast, owner, "alice", "member");
    expect(await alice.room.requestVoice()).toBe("granted");
    const bob = await visitor(cast, owner, "bob");
    expect(await bob.room.requestVoice()).toBe("granted");
    await owner.room.sendMessage("!strangers listen");
    await until(
      () =>
        owner.events.some((event) => event.type === "message" && event.body.startsWith("Only members get")),
      "the moderator has heard",
    );
    const carol = await visitor(cast, owner, "carol");
    void carol.room.requestVoice();
    await until(
      () =>
        carol.events.some(
          (event) => event.type === "privateMessage" && event.body.startsWith("Only members may"),
        ),
      "carol is told",
    );
    expect(carol.room.me?.role).toBe("visitor");
    expect(bot.decisions).toEqual([
      "approve by Moderator: approveMembers",
      "approve by Moderator.strangers",
      "deny by Moderator.strangers",
    ]);
  });
});
