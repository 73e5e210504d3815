// Requests for voice, from the visitor to the moderator and back: the same on all services.
import { expect, it } from "vitest";

import { xml } from "../../../src/base/element.js";
import { XmppError } from "../../../src/xmpp/xmpp-error.js";
import type { AnyRoomEvent } from "../../../src/muc/events/event-map.js";
import type { RoleRequest } from "../../../src/muc/voice/role-request.js";
import { describeOnServices, type Service } from "../../support/services.js";
import { Cast, seen, until, type Insider } from "./support.js";

const requests = (events: readonly AnyRoomEvent[]): RoleRequest[] =>
  events.flatMap((event) => (event.type === "roleRequest" ? [event] : []));

const asked = async (by: Insider, count = 1): Promise<RoleRequest> => {
  await until(() => requests(by.events).length >= count, "somebody asks for voice");
  const request = requests(by.events)[count - 1];
  if (request === undefined) throw new Error("nobody asks");
  return request;
};

/** A moderated room with two moderators, and visitors. */
async function moderated(cast: Cast, service: Service, ...visitors: readonly string[]) {
  const owner = await cast.enter(service.room("voice"), "owner");
  const jid = owner.room.jid.toString();
  const form = await owner.room.getConfig();
  form.moderatedRoom = true;
  await owner.room.setConfig(form);
  const mod = await cast.enter(jid, "mod");
  await seen(owner, "mod");
  await owner.room.setRole("mod", "moderator");
  const guests: Insider[] = [];
  for (const nick of visitors) {
    const guest = await cast.enter(jid, nick);
    await seen(owner, nick);
    await owner.room.setRole(nick, "visitor");
    await until(() => guest.room.me?.role === "visitor", `${nick} has no voice`);
    guests.push(guest);
  }
  await until(() => mod.room.me?.role === "moderator", "there is a second moderator");
  return { owner, mod, guests };
}

describeOnServices("a request for voice", (service) => {
  it("211: goes to the moderators, and the first answer counts (XEP-0045 §7.13, §8.6)", async () => {
    await using cast = new Cast(service);
    const { owner, mod, guests } = await moderated(cast, service, "alice");
    const [alice] = guests;
    if (alice === undefined) throw new Error("nobody");
    const wish = alice.room.requestVoice();
    const [first, second] = [await asked(owner), await asked(mod)];
    expect([first.nick, first.realJid?.bare().toString(), first.role, first.mismatch]).toEqual([
      "alice",
      alice.account.jid,
      "participant",
      null,
    ]);
    expect(first.occupant).toBe(owner.room.getOccupant("alice"));
    await first.approve();
    expect(await wish).toBe("granted");
    expect([await first.outcome, await second.outcome]).toEqual(["granted", "answeredElsewhere"]);
    expect(alice.room.me?.role).toBe("participant");
    await expect(second.approve()).rejects.toMatchObject({ code: "decided" });
    await alice.room.sendMessage("thank you");
    await until(
      () => owner.events.some((event) => event.type === "message" && event.body === "thank you"),
      "alice is heard",
    );
  });

  it("that is denied changes nothing, and no service says so: the moderator can (XEP-0045 §8.6)", async () => {
    await using cast = new Cast(service);
    const { owner, guests } = await moderated(cast, service, "alice");
    const [alice] = guests;
    if (alice === undefined) throw new Error("nobody");
    const wish = alice.room.requestVoice();
    const request = await asked(owner);
    await request.deny({ tell: "not today" });
    expect(await request.outcome).toBe("denied");
    await until(
      () => alice.events.some((event) => event.type === "privateMessage" && event.body === "not today"),
      "alice is told",
    );
    expect(alice.room.me?.role).toBe("visitor");
    await alice.room.leave();
    expect(await wish).toBe("left");
  });

  it("of somebody who leaves is over, answered or not", async () => {
    await using cast = new Cast(service);
    const { owner, guests } = await moderated(cast, service, "alice");
    const [alice] = guests;
    if (alice === undefined) throw new Error("nobody");
    void alice.room.requestVoice();
    const request = await asked(owner);
    await alice.room.leave();
    expect(await request.outcome).toBe("left");
  });

  it("cannot be forged by an occupant, in the room or in private", async () => {
    await using cast = new Cast(service);
    const { owner, guests } = await moderated(cast, service, "alice", "mallory");
    const [alice, mallory] = guests;
    if (alice === undefined || mallory === undefined) throw new Error("nobody");
    const field = (name: string, value: string) => xml("field", { var: name }, xml("value", null, value));
    const form = (type: string) =>
      xml(
        "x",
        { xmlns: "jabber:x:data", type },
        field("FORM_TYPE", "http://jabber.org/protocol/muc#request"),
        field("muc#role", "participant"),
        field("muc#jid", mallory.account.jid),
        field("muc#roomnick", "alice"),
        field("muc#request_allow", "true"),
      );
    const jid = owner.room.jid.toString();
    await mallory.session.send(xml("message", { to: `${jid}/owner`, type: "normal" }, form("form")));
    await mallory.session.send(xml("message", { to: `${jid}/owner`, type: "chat" }, form("form")));
    // Streams are in order: when alice's own request is here, what mallory sent before it was answered has come, too.
    await mallory.room.sendPrivate("owner", "done");
    await until(
      () => owner.events.some((event) => event.type === "privateMessage" && event.body === "done"),
      "all of it is here",
    );
    expect(requests(owner.events)).toEqual([]);
    void alice.room.requestVoice();
    expect((await asked(owner)).nick).toBe("alice");
    expect(mallory.room.me?.role).toBe("visitor");
  });

  it("twice in a row is told or refused, as the service has it, and never hangs", async () => {
    await using cast = new Cast(service);
    const { owner, guests } = await moderated(cast, service, "alice");
    const [alice] = guests;
    if (alice === undefined) throw new Error("nobody");
    void alice.room.requestVoice();
    await asked(owner);
    const again = alice.room.requestVoice().catch((error: unknown) => error);
    const outcome = await Promise.race([again, asked(owner, 2)]);
    // QUIRK(ejabberd 23.01): one request in 30 minutes, the next is refused.
    const is = outcome instanceof XmppError ? outcome.condition : `${requests(owner.events).length} requests`;
    expect(["resource-constraint", "2 requests"]).toContain(is);
  });
});
