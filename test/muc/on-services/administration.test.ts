// What moderators, admins and owners do to others: the same on all services.
import { expect, it } from "vitest";

import { ArgumentError } from "../../../src/base/errors.js";
import { describeOnServices } from "../../support/services.js";
import { Cast, lines, occupant, seen, until } from "./support.js";

describeOnServices("administration", (service) => {
  it("kicks with a reason, which both sides are told (XEP-0045 §8.2)", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("kick"), "owner");
    const guest = await cast.enter(owner.room.jid.toString(), "guest");
    await seen(owner, "guest");
    const stale = occupant(owner, "guest");
    await owner.room.kick(stale, { reason: "enough" });
    await until(() => guest.room.state === "left", "the guest is out");
    const exit = guest.events.find((event) => event.type === "exit");
    expect(exit).toMatchObject({ mode: "kicked", reason: "enough", actor: { nick: "owner" } });
    await until(() => owner.room.getOccupant("guest") === null, "the guest is gone");
    expect(lines(owner.events, "role", "leave").join("\n")).toMatch(
      /^role guest participant → none \[307\] .*"enough"\nleave guest kicked \[307\] .*"enough"$/,
    );
    await expect(owner.room.kick(stale)).rejects.toBeInstanceOf(ArgumentError);
    await expect(owner.room.kick("nobody")).rejects.toMatchObject({ code: "xmpp" });
  });

  it("bans by real address, lists the banned, and unbans (XEP-0045 §7.2.7, §9.1, §9.2)", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("ban"), "owner");
    const jid = owner.room.jid.toString();
    const guest = await cast.enter(jid, "guest");
    await seen(owner, "guest");
    await owner.room.ban(occupant(owner, "guest"), { reason: "enough" });
    await until(() => guest.room.state === "left", "the guest is out");
    expect(guest.events.find((event) => event.type === "exit")).toMatchObject({
      mode: "banned",
      reason: "enough",
    });
    const banned = await owner.room.getAffiliated("outcast");
    expect(banned.map((each) => [each.jid.toString(), each.affiliation])).toEqual([
      [guest.account.jid, "outcast"],
    ]);
    await expect(cast.enterAs(guest, jid, "guest")).rejects.toMatchObject({ reason: "banned" });
    await owner.room.setAffiliation(guest.account.jid, "none");
    expect(await owner.client.getAffiliated(jid, "outcast")).toEqual([]);
    await cast.enterAs(guest, jid, "guest");
    await seen(owner, "guest");
  });

  it("makes and unmakes moderators, and takes and gives voice (XEP-0045 §8.3, §8.4, §9.6, §9.7)", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("roles"), "owner");
    const guest = await cast.enter(owner.room.jid.toString(), "guest");
    await seen(owner, "guest");
    for (const role of ["visitor", "participant", "moderator", "participant"] as const) {
      await owner.room.setRole(occupant(owner, "guest"), role, { reason: "so" });
      await until(() => guest.room.me?.role === role, `the guest is ${role}`);
    }
    expect(
      guest.events.flatMap((event) => (event.type === "role" ? [[event.newRole, event.reason]] : [])),
    ).toEqual([
      ["visitor", "so"],
      ["participant", "so"],
      ["moderator", "so"],
      ["participant", "so"],
    ]);
    const [kicked, unknown] = await owner.room.setRoles([
      { occupant: "guest", role: "none" },
      { occupant: "nobody", role: "none" },
    ]);
    expect([kicked?.status, unknown?.status]).toEqual(["fulfilled", "rejected"]);
  });

  it("refuses who may not (XEP-0045 §8.2, §9.1)", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("rank"), "owner");
    const guest = await cast.enter(owner.room.jid.toString(), "guest");
    await seen(guest, "owner");
    await expect(guest.room.kick("owner")).rejects.toMatchObject({ code: "xmpp", condition: "not-allowed" });
    await expect(guest.room.getAffiliated("owner")).rejects.toMatchObject({ condition: "forbidden" });
    await expect(guest.room.getConfig()).rejects.toMatchObject({ condition: "forbidden" });
    await expect(guest.room.ban(occupant(guest, "owner"))).rejects.toBeInstanceOf(ArgumentError);
  });

  it("sets affiliations of who is there and who is not, several at once, each with its result (XEP-0045 §9.3 to §9.5, §10.3 to §10.8)", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("affiliations"), "owner");
    const guest = await cast.enter(owner.room.jid.toString(), "guest");
    const absent = (await service.createAccount("absent")).jid;
    const other = (await service.createAccount("other")).jid;
    await seen(owner, "guest");
    const results = await owner.room.setAffiliations([
      { jid: guest.account.jid, affiliation: "admin", reason: "trusted" },
      { jid: absent, affiliation: "member", nick: "reserved" },
      { jid: owner.account.jid, affiliation: "none" },
      { jid: other, affiliation: "owner" },
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
    await until(() => guest.room.me?.affiliation === "admin", "the guest is an admin");
    expect(guest.room.me?.role).toBe("moderator");
    const listed = async (affiliation: "admin" | "member" | "owner") =>
      (await owner.room.getAffiliated(affiliation))
        .map(({ jid }) => jid.toString())
        .toSorted((a, b) => (a < b ? -1 : 1));
    expect(await listed("admin")).toEqual([guest.account.jid]);
    expect(await listed("member")).toEqual([absent]);
    expect(await listed("owner")).toEqual([other, owner.account.jid].toSorted((a, b) => (a < b ? -1 : 1)));
    const revoked = await owner.room.setAffiliations(
      [guest.account.jid, absent, other].map((jid) => ({ jid, affiliation: "none" as const })),
    );
    expect(revoked.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "fulfilled"]);
    await until(() => guest.room.me?.affiliation === "none", "the guest is nothing any more");
    expect([await listed("admin"), await listed("member"), await listed("owner")]).toEqual([
      [],
      [],
      [owner.account.jid],
    ]);
    // Somebody absent is told of by the room itself.
    await until(
      () => owner.events.some((each) => each.type === "affiliation" && each.realJid?.equals(absent) === true),
      "the room tells of the absent",
    );
  });
});
