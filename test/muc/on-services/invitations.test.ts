// Invitations and their refusals, with real clients at both ends: the same on all services.
import { expect, it } from "vitest";

import { xml as ours } from "../../../src/base/element.js";
import type { Invitation } from "../../../src/muc/invitations/invitation.js";
import type { InvitationDeclined } from "../../../src/muc/invitations/invitation-declined.js";
import { ConfigurationForm } from "../../../src/muc/forms/configuration-form.js";
import { RawPeer, xml } from "../../support/raw-peer.js";
import { describeOnServices } from "../../support/services.js";
import { eventually } from "../../support/wait.js";
import { Cast, lines, seen, until, type Actor, type Insider } from "./support.js";

const NS_USER = "http://jabber.org/protocol/muc#user";
const NS_CONFERENCE = "jabber:x:conference";

/** What a client is told of invitations, and what it noticed. */
function listen({ client }: Actor) {
  const invitations: Invitation[] = [];
  const declined: InvitationDeclined[] = [];
  const diagnostics: string[] = [];
  client.on("invitation", (invitation) => invitations.push(invitation));
  client.on("invitationDeclined", (event) => declined.push(event));
  client.on("diagnostic", ({ code }) => diagnostics.push(code));
  return {
    invitations,
    declined,
    diagnostics,
    async next(count = 1): Promise<Invitation> {
      const arrived = (): true => {
        if (invitations.length >= count) return true;
        throw new Error(`there are ${invitations.length}, and noticed was: ${diagnostics.join(", ")}`);
      };
      await eventually(arrived, { timeoutMs: 45_000, what: `${count} invitations` });
      const invitation = invitations[count - 1];
      if (invitation === undefined) throw new Error("no invitation");
      return invitation;
    },
  };
}

/** Gives a room a password. Prosody and the embedded service have no switch for that beside it. */
async function protect({ room }: Insider, password: string): Promise<void> {
  const form = await room.getConfig();
  if (form.passwordProtectedRoom !== null) form.passwordProtectedRoom = true;
  form.roomSecret = password;
  await room.setConfig(form);
}

describeOnServices("invitations", (service) => {
  /** Behind the answer the server knows that we are available: before that it keeps what comes, or (ejabberd) loses it. */
  async function arrive(cast: Cast, name: string): Promise<Actor> {
    const actor = await cast.actor(name);
    await actor.session.iq.get(
      service.domain,
      ours("query", { xmlns: "http://jabber.org/protocol/disco#info" }),
    );
    return actor;
  }

  it("directly: the invited gets all that is said, enters with the password, and is seen (XEP-0249 §2)", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("direct"), "owner");
    await protect(owner, "cauldronburn");
    owner.room.password = "cauldronburn";
    const guest = await arrive(cast, "guest");
    const inbox = listen(guest);
    // Behind the answer the server knows that we are available: before that it keeps invitations.
    await guest.session.iq.get(
      service.domain,
      ours("query", { xmlns: "http://jabber.org/protocol/disco#info" }),
    );
    await owner.room.invite(guest.account.jid, { reason: "Hey Hecate", thread: "e0ff" });
    const invitation = await inbox.next();
    expect(invitation).toMatchObject({
      mode: "direct",
      proof: "sender",
      password: "cauldronburn",
      reason: "Hey Hecate",
      thread: "e0ff",
      continues: true,
      delayed: false,
    });
    expect([invitation.room, invitation.from, invitation.inviter].map(String)).toEqual([
      owner.room.jid.toString(),
      owner.session.jid?.toString(),
      owner.account.jid,
    ]);
    const room = await invitation.accept({ nick: "hecate" });
    expect(room.me?.nick).toBe("hecate");
    await seen(owner, "hecate");
    await expect(invitation.accept()).rejects.toMatchObject({ code: "decided" });
    // To a room that we are in there is nothing to decide.
    await owner.room.invite(guest.account.jid);
    await until(() => inbox.diagnostics.includes("invitation-to-known-room"), "it is noticed");
    expect(inbox.invitations).toHaveLength(1);
  });

  it("directly, and it is declined: nobody is told, for XEP-0249 knows no refusal", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("direct-no"), "owner");
    const told = listen(owner);
    const guest = await arrive(cast, "guest");
    const inbox = listen(guest);
    await owner.room.invite(guest.account.jid);
    expect(await (await inbox.next()).decline("busy")).toBe(false);
    const heard: string[] = [];
    owner.client.on("directMessage", ({ body }) => heard.push(body));
    // Behind this there is nothing more on its way to the owner.
    const to = owner.session.jid?.toString() ?? "";
    await guest.session.send(ours("message", { to, type: "chat" }, ours("body", null, "that was all")));
    await until(() => heard.length > 0, "what comes behind");
    expect([heard, told.declined]).toEqual([["that was all"], []]);
  });

  it("by the room: the inviter is claimed, the room gives its password, and the invited enters (XEP-0045 §7.8.2)", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("mediated"), "owner");
    await protect(owner, "cauldronburn");
    const guest = await arrive(cast, "guest");
    const inbox = listen(guest);
    await owner.room.invite(guest.account.jid, { mode: "mediated", reason: "Hey Hecate" });
    const invitation = await inbox.next();
    expect(invitation).toMatchObject({
      mode: "mediated",
      proof: "claimed",
      password: "cauldronburn",
      reason: "Hey Hecate",
    });
    // Prosody names the occupant, ejabberd the account.
    expect([null, owner.account.jid]).toContain(invitation.inviter?.toString() ?? null);
    expect([String(invitation.room), String(invitation.from)]).toEqual(
      Array(2).fill(owner.room.jid.toString()),
    );
    await invitation.accept({ nick: "hecate" });
    await seen(owner, "hecate");
    // The direct one that the server put beside it is the same invitation.
    expect([inbox.invitations.length, inbox.diagnostics.includes("repeated-invitation")]).toEqual([1, false]);
  });

  it("by the room, without a reason: there is none, whatever the server adds (XEP-0045 §7.8.2)", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("plain"), "owner");
    const guest = await arrive(cast, "guest");
    const inbox = listen(guest);
    await owner.room.invite(guest.account.jid, { mode: "mediated" });
    expect(await inbox.next()).toMatchObject({ reason: null, password: null, thread: null });
  });

  it("by the room, to go on with a one-to-one conversation, as far as the service passes that on (XEP-0045 §7.9)", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("continued"), "owner");
    const guest = await arrive(cast, "guest");
    const inbox = listen(guest);
    await owner.room.invite(guest.account.jid, { mode: "mediated", thread: "e0ff" });
    const { thread, continues } = await inbox.next();
    // Prosody drops it, ejabberd keeps it.
    expect([thread, continues]).toEqual(service.name === "ejabberd" ? ["e0ff", true] : [null, false]);
  });

  it("by the room, and it is declined: who invited is told, and why (XEP-0045 §7.8.2)", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("declined"), "owner");
    const told = listen(owner);
    const guest = await arrive(cast, "guest");
    const inbox = listen(guest);
    await owner.room.invite(guest.account.jid, { mode: "mediated" });
    expect(await (await inbox.next()).decline("too busy")).toBe(true);
    await until(() => told.declined.length > 0, "the refusal");
    const [refusal] = told.declined;
    expect([String(refusal?.room), String(refusal?.from.bare()), refusal?.reason]).toEqual([
      owner.room.jid.toString(),
      guest.account.jid,
      "too busy",
    ]);
    expect(lines(owner.events, "serviceMessage", "messageError")).toEqual([]);
  });

  it("into a room for members only makes a member of the invited (XEP-0045 §7.8.2)", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("members"), "owner");
    const form = new ConfigurationForm();
    form.membersOnly = true;
    form.publicRoom = false;
    await owner.room.setConfig(form);
    const guest = await arrive(cast, "guest");
    const inbox = listen(guest);
    await owner.room.invite(guest.account.jid, { mode: "mediated" });
    const invitation = await inbox.next();
    const room = await invitation.accept({ nick: "hecate" });
    expect(room.me?.affiliation).toBe("member");
    const third = await arrive(cast, "third");
    const other = listen(third);
    await owner.room.invite(third.account.jid);
    await expect((await other.next()).accept()).rejects.toMatchObject({ reason: "membersOnly" });
  });

  it("that the room does not allow fails as a message does (XEP-0045 §7.8.2)", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("forbidden"), "owner");
    const jid = owner.room.jid.toString();
    const form = new ConfigurationForm();
    form.membersOnly = true;
    await owner.room.setConfig(form);
    const guest = await arrive(cast, "guest");
    await owner.room.setAffiliation(guest.account.jid, "member");
    const member = await cast.enterAs(guest, jid, "guest");
    const third = await arrive(cast, "third");
    const inbox = listen(third);
    await member.room.invite(third.account.jid, { mode: "mediated" });
    await until(() => member.events.some(({ type }) => type === "messageError"), "the refusal");
    const [failed] = member.events.filter((event) => event.type === "messageError");
    expect(["forbidden", "not-allowed"]).toContain(failed?.error.condition);
    expect([member.room.active, inbox.invitations]).toEqual([true, []]);
  });

  it("of an account that there is not comes back, and is a message that failed, not an invitation", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("nobody"), "owner");
    const told = listen(owner);
    await owner.room.invite(`nobody-${owner.room.jid.local}@${service.domain}`);
    await until(() => owner.events.some(({ type }) => type === "messageError"), "the refusal");
    expect([told.invitations, owner.room.active]).toEqual([[], true]);
  });

  it("that was kept for somebody who was not there says since when (XEP-0160 §3)", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("offline"), "owner");
    const account = await service.createAccount("late");
    const before = Date.now();
    await owner.room.invite(account.jid, { reason: "direct" });
    await owner.room.invite(account.jid, { mode: "mediated", reason: "mediated" });
    // ejabberd keeps it beside the way of the stanza: who comes too early gets it when they come the next time.
    const told: Invitation[] = [];
    // ejabberd keeps it beside the way of the stanza: who comes too early gets it when they come the next time.
    const login = async (): Promise<boolean> => {
      const listening = (actor: Actor): void => {
        actor.client.on("invitation", (invitation) => told.push(invitation));
      };
      const late = await cast.actorOf(account, listening);
      const patience = { timeoutMs: 2_000, what: "what was kept" };
      await eventually(() => told.length > 0, patience).catch(() => {});
      await late.session.stop();
      return told.length > 0;
    };
    await eventually(login, { timeoutMs: 45_000, what: "an invitation that was kept" });
    const [first] = told;
    expect(first?.delayed).toBe(true);
    expect(Math.abs((first?.receivedAt.getTime() ?? 0) - before)).toBeLessThan(60_000);
    expect(first?.ageMs).toBeLessThan(60_000);
  });

  it("into a room that there is not is refused when it is accepted: none is made", async () => {
    await using cast = new Cast(service);
    const guest = await arrive(cast, "guest");
    const inbox = listen(guest);
    const mallory = await RawPeer.connect(await service.createAccount("mallory"));
    try {
      const jid = service.room("nowhere");
      await mallory.send(xml("message", { to: guest.account.jid }, xml("x", { xmlns: NS_CONFERENCE, jid })));
      await expect((await inbox.next()).accept()).rejects.toMatchObject({ name: "JoinError" });
      const answer = await mallory.ask(
        "get",
        jid,
        xml("query", { xmlns: "http://jabber.org/protocol/disco#info" }),
      );
      expect(answer.attrs["type"]).toBe("error");
    } finally {
      await mallory.stop();
    }
  });

  it("that is forged by a client or an occupant is none (XEP-0045 §13)", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("forged"), "owner");
    const room = owner.room.jid.toString();
    const inbox = listen(owner);
    const mallory = await RawPeer.connect(await service.createAccount("mallory"));
    try {
      await mallory.join(room, "mallory");
      await seen(owner, "mallory");
      const forged = () =>
        xml(
          "x",
          { xmlns: NS_USER },
          xml("invite", { from: owner.account.jid }, xml("reason", {}, "trust me")),
        );
      const refusal = () => xml("x", { xmlns: NS_USER }, xml("decline", { from: "friend@example.org" }));
      // Straight to the account, full sender: trace 60.
      await mallory.send(xml("message", { to: owner.account.jid }, forged()));
      await mallory.send(xml("message", { to: owner.account.jid }, refusal()));
      await mallory.send(xml("message", { to: owner.session.jid?.toString() ?? "", type: "chat" }, forged()));
      // By private message, and said in the room.
      await mallory.send(
        xml("message", { to: `${room}/owner`, type: "chat" }, xml("body", {}, "x"), forged()),
      );
      await mallory.send(xml("message", { to: room, type: "groupchat" }, xml("body", {}, "look"), forged()));
      await mallory.send(
        xml(
          "message",
          { to: room, type: "groupchat" },
          xml("body", {}, "there"),
          xml("x", { xmlns: NS_CONFERENCE, jid: "a@b" }),
        ),
      );
      await until(() => owner.events.filter(({ type }) => type === "message").length === 2, "both lines");
      expect([inbox.invitations, inbox.declined]).toEqual([[], []]);
      expect(inbox.diagnostics.filter((code) => code === "forged-invitation").length).toBeGreaterThanOrEqual(
        3,
      );
      expect(lines(owner.events, "privateMessage")).toEqual([
        expect.stringMatching(/^privateMessage mallory: "x"/),
      ]);
      expect(owner.room.active).toBe(true);
    } finally {
      await mallory.stop();
    }
  });

  it("by private message proves nothing of who invites, be they named or not (XEP-0249 §2)", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("whisper"), "owner");
    const room = owner.room.jid.toString();
    const inbox = listen(owner);
    const mallory = await RawPeer.connect(await service.createAccount("mallory"));
    try {
      await mallory.join(room, "mallory");
      const jid = service.room("elsewhere");
      await mallory.send(
        xml(
          "message",
          { to: `${room}/owner`, type: "chat" },
          xml("x", { xmlns: NS_CONFERENCE, jid, reason: "via pm" }),
          xml("body", {}, "join us"),
        ),
      );
      const invitation = await inbox.next();
      expect(invitation).toMatchObject({ mode: "direct", proof: "none", inviter: null, reason: "via pm" });
      expect([String(invitation.from), String(invitation.room)]).toEqual([`${room}/mallory`, jid]);
      expect(lines(owner.events, "privateMessage")).toEqual([]);
    } finally {
      await mallory.stop();
    }
  });

  it("are announced: we say that we take direct ones (XEP-0249 §4)", async () => {
    await using cast = new Cast(service);
    const guest = await arrive(cast, "guest");
    const peer = await RawPeer.connect(await service.createAccount("peer"));
    try {
      const query = xml("query", { xmlns: "http://jabber.org/protocol/disco#info" });
      const room = service.room("caps");
      await peer.join(room, "peer");
      await peer.openRoom(room);
      const { room: ours, entered } = guest.client.join(room, "guest");
      await entered;
      expect(ours.active || ours.joined).toBe(true);
      // Strangers ask through a room: some servers let nobody else through.
      const answer = await peer.ask("get", `${room}/guest`, query);
      const features = answer.getChild("query")?.getChildren("feature") ?? [];
      expect(features.map(({ attrs }) => attrs["var"])).toContain(NS_CONFERENCE);
    } finally {
      await peer.stop();
    }
  });
});
