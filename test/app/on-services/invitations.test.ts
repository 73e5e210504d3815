// Bots that are invited, by real clients: the same on all services.
import { expect, it } from "vitest";

import { Bot, OnInvitation } from "../../../src/bot/decorators.js";
import { acceptFrom } from "../../../src/bot/policies/accept-from.js";
import { askAdmins } from "../../../src/bot/policies/ask-admins.js";
import { firstOf } from "../../../src/bot/policies/first-of.js";
import { declineAll } from "../../../src/bot/policies/invitation-policy.js";
import type { Invitation } from "../../../src/muc/invitations/invitation.js";
import { Cast, seen, until } from "../../muc/on-services/support.js";
import { describeOnServices } from "../../support/services.js";
import { RunningApp } from "../support/running-app.js";

describeOnServices("bots that are invited", (service) => {
  it("by several handlers of two bots in one application: the first decision wins, the rest see it", async () => {
    const told: string[] = [];
    @Bot({ nick: "keeper" })
    class First {
      @OnInvitation() take(i: Invitation) {
        told.push(`first ${i.decided}`);
        return i.accept();
      }
    }
    @Bot({ nick: "keeper" })
    class Second {
      @OnInvitation() async refuse(i: Invitation) {
        told.push(`second ${i.decided}`);
        await i.decline("no").catch((error: Error) => told.push(error.name));
      }
    }
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("both"), "owner");
    const declined: unknown[] = [];
    owner.client.on("invitationDeclined", (event) => declined.push(event));
    await using bot = await RunningApp.start(service, First, Second);
    await owner.room.invite(bot.account.jid, { mode: "mediated" });
    await seen(owner, "keeper");
    await until(() => told.length === 3, "both are told");
    expect(told).toEqual(["first false", "second true", "DecidedError"]);
    expect([bot.decisions, declined]).toEqual([["accept by First.take"], []]);
  });

  it("by policy: who is proven to be of the domain is followed, and the others are told why not", async () => {
    const policy = firstOf(acceptFrom({ domains: [service.domain] }), declineAll("only for our own"));
    @Bot({ nick: "keeper", invitations: policy })
    class Keeper {}
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("policy"), "owner");
    const second = await cast.enter(service.room("policy"), "second");
    const reasons: (string | null)[] = [];
    second.client.on("invitationDeclined", ({ reason }) => reasons.push(reason));
    await using bot = await RunningApp.start(service, Keeper);
    await owner.room.invite(bot.account.jid);
    await seen(owner, "keeper");
    await second.room.invite(bot.account.jid, { mode: "mediated" });
    // ejabberd names the account of who invites, and it is a service of our own; Prosody names the nick.
    if (service.name === "ejabberd") await seen(second, "keeper");
    else await until(() => reasons.length > 0, "the refusal");
    expect(reasons).toEqual(service.name === "ejabberd" ? [] : ["only for our own"]);
    expect(bot.decisions).toEqual([
      "accept by Keeper: acceptFrom domains",
      service.name === "ejabberd" ? "accept by Keeper: acceptFrom domains" : "decline by Keeper: declineAll",
    ]);
  });

  it("by their admins, who are asked in a room, and there by nobody else", async () => {
    await using cast = new Cast(service);
    const boss = await cast.enter(service.room("office"), "boss");
    const office = boss.room.jid.toString();
    const guest = await cast.enter(office, "guest");
    const owner = await cast.enter(service.room("asked"), "owner");
    @Bot({ rooms: [office], nick: "keeper", invitations: askAdmins({ room: office }) })
    class Keeper {}
    await using bot = await RunningApp.start(service, Keeper);
    await seen(boss, "keeper");
    const heard: string[] = [];
    boss.room.on("message", ({ nick, body }) => heard.push(`${nick}: ${body}`));
    await owner.room.invite(bot.account.jid, { reason: "we need you" });
    await until(() => heard.length === 1, "the question");
    expect(heard[0]).toContain(`Invitation 1: ${owner.account.jid} wants me in ${owner.room.jid.toString()}`);
    await guest.room.sendMessage("accept 1");
    await until(() => heard.length === 2, "what the guest says");
    expect(bot.decisions).toEqual([]);
    await boss.room.sendMessage("accept 1");
    await seen(owner, "keeper");
    expect(bot.decisions).toEqual(["accept by Keeper: askAdmins, by boss"]);
  });

  it("by their admins, who are asked in a direct chat", async () => {
    await using cast = new Cast(service);
    const boss = await cast.actor("boss");
    const owner = await cast.enter(service.room("direct"), "owner");
    @Bot({ nick: "keeper", invitations: askAdmins({ jids: [boss.account.jid] }) })
    class Keeper {}
    const heard: string[] = [];
    boss.client.on("directMessage", (message) => {
      heard.push(message.body);
      if (heard.length === 1) void message.reply("decline 1 not today");
    });
    await using bot = await RunningApp.start(service, Keeper);
    const reasons: (string | null)[] = [];
    owner.client.on("invitationDeclined", ({ reason }) => reasons.push(reason));
    await owner.room.invite(bot.account.jid, { mode: "mediated" });
    await until(() => reasons.length > 0, "the refusal");
    await until(() => heard.length === 2, "the confirmation");
    expect([reasons, heard[1]]).toEqual([["not today"], "Invitation 1 is declined"]);
    expect(bot.decisions).toEqual([`decline by Keeper: askAdmins, by ${boss.account.jid}`]);
  });

  it("and invite, each into the room of the other, where both then are", async () => {
    @Bot({ nick: "alpha", invitations: acceptFrom({ modes: ["direct"] }) })
    class Alpha {}
    @Bot({ nick: "beta", invitations: acceptFrom({ modes: ["direct"] }) })
    class Beta {}
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("meeting"), "owner");
    await using alpha = await RunningApp.start(service, Alpha);
    await using beta = await RunningApp.start(service, Beta);
    await owner.room.invite(alpha.account.jid);
    await seen(owner, "alpha");
    await until(() => alpha.app.muc.getRoom(owner.room.jid)?.active === true, "alpha knows that it is in");
    await alpha.app.muc.getRoom(owner.room.jid)?.invite(beta.account.jid, { reason: "come, too" });
    await seen(owner, "alpha", "beta");
    expect([alpha.decisions, beta.decisions]).toEqual([
      ["accept by Alpha: acceptFrom modes"],
      ["accept by Beta: acceptFrom modes"],
    ]);
  });
});
