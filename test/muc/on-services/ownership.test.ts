// What owners do to the room itself: the same on all services.
import { expect, it } from "vitest";

import { ArgumentError } from "../../../src/base/errors.js";
import { ConfigurationForm } from "../../../src/muc/forms/configuration-form.js";
import { describeOnServices } from "../../support/services.js";
import { Cast, lines, seen, until } from "./support.js";

describeOnServices("ownership", (service) => {
  it("makes a reserved room as its owner wants it, before anybody else gets in (XEP-0045 §7.2.5, §10.1.3)", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("reserved"), "owner", {
      create: (form) => {
        form.roomName = "Coven";
        form.roomDesc = "A dark cave";
        form.roomSecret = "cauldronburn";
        if (form.passwordProtectedRoom !== null) form.passwordProtectedRoom = true;
        form.moderatedRoom = false;
        return form;
      },
    });
    const jid = owner.room.jid.toString();
    const guest = await cast.actor("guest");
    await expect(cast.enterAs(guest, jid, "guest")).rejects.toMatchObject({ reason: "passwordRequired" });
    await cast.enterAs(guest, jid, "guest", { password: "cauldronburn" });
    await seen(owner, "guest");
    await until(() => owner.room.features.has("muc_passwordprotected"), "the features are known");
  });

  it("leaves a new room that cannot be configured (XEP-0045 §10.1.3)", async () => {
    await using cast = new Cast(service);
    const owner = await cast.actor("owner");
    const { room, entered } = owner.client.join(service.room("failed"), "owner", {
      create: (form) => {
        form.set("muc#roomconfig_whois", "martians");
        return form;
      },
    });
    await expect(entered).rejects.toMatchObject({ reason: "other" });
    await until(() => room.state === "left", "the room is left");
  });

  it("tells of itself, and of its changes (XEP-0045 §6.4, §10.2)", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("configured"), "owner");
    const guest = await cast.enter(owner.room.jid.toString(), "guest");
    const blank = new ConfigurationForm();
    blank.roomDesc = "A dark cave";
    blank.whois = "anyone";
    await owner.client.setRoomConfig(owner.room.jid, blank);
    await until(() => lines(guest.events, "config").length > 0, "the change is told");
    await until(() => guest.room.features.has("muc_nonanonymous"), "the features are asked anew");
    const info = await guest.room.getInfo();
    expect([info.description, info.occupants]).toEqual(["A dark cave", "2"]);
    expect((await owner.client.getRoomInfo(owner.room.jid)).description).toBe("A dark cave");
    expect((await owner.client.getRoomConfig(owner.room.jid)).roomDesc).toBe("A dark cave");
    const martians = new ConfigurationForm();
    martians.whois = "martians";
    await expect(owner.room.setConfig(martians)).rejects.toBeInstanceOf(ArgumentError);
  });

  it("made members-only, loses those who are none; nobody keeps a ghost (XEP-0045 §7.2.6, §10.2)", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("members"), "owner");
    const jid = owner.room.jid.toString();
    const member = await cast.actor("member");
    await owner.room.setAffiliation(member.account.jid, "member");
    const staying = await cast.enterAs(member, jid, "member");
    const guest = await cast.enter(jid, "guest");
    await seen(owner, "member", "guest");
    await seen(staying, "guest");
    for (const { events } of [owner, staying]) events.length = 0;
    const form = await owner.room.getConfig();
    form.membersOnly = true;
    await owner.room.setConfig(form);
    await until(() => guest.room.state === "left", "the guest is out");
    expect(guest.events.find((event) => event.type === "exit")).toMatchObject({ mode: "moderationChange" });
    for (const each of [owner, staying]) {
      await until(() => each.room.getOccupant("guest") === null, "the guest is seen no more");
      expect(each.room.occupants).toHaveLength(2);
    }
    // It was not left for that, and nothing of the past was heard twice.
    for (const { events } of [owner, staying])
      expect(lines(events, "enter", "join", "subject", "message", "caughtUp")).toEqual([]);
    await expect(cast.enterAs(guest, jid, "guest")).rejects.toMatchObject({ reason: "membersOnly" });
  });

  it("is destroyed, and tells where it went (XEP-0045 §10.9)", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("destroyed"), "owner");
    const guest = await cast.enter(owner.room.jid.toString(), "guest");
    const alternative = service.room("elsewhere");
    await owner.room.destroy({ reason: "Macbeth doth come.", alternative, password: "cauldronburn" });
    for (const { room, events } of [owner, guest]) {
      await until(() => room.state === "left", "it is over");
      const exit = events.find((event) => event.type === "exit");
      expect(exit).toMatchObject({
        mode: "destroyed",
        reason: "Macbeth doth come.",
        password: "cauldronburn",
      });
      expect(exit?.alternative?.toString()).toBe(alternative);
    }
  });

  it("is listed with the other rooms of its service, a page at a time (XEP-0045 §6.3, XEP-0059)", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("listed-a"), "owner");
    const other = await cast.enterAs(owner, service.room("listed-b"), "owner");
    const hidden = await cast.enterAs(owner, service.room("listed-c"), "owner", {
      create: (form) => {
        form.publicRoom = false;
        return form;
      },
    });
    // Whoever is in a hidden room sees it in ejabberd's list.
    const stranger = await cast.actor("stranger");
    const rooms = await stranger.client.listRooms(service.mucDomain, { pageSize: 1 });
    const listed = rooms.map(({ jid }) => jid.toString());
    expect(listed).toEqual(expect.arrayContaining([owner.room.jid.toString(), other.room.jid.toString()]));
    expect(listed).not.toContain(hidden.room.jid.toString());
    expect(await owner.client.listRooms(service.mucDomain, { limit: 1 })).toHaveLength(1);
    await expect(owner.client.listRooms(owner.room.jid)).rejects.toBeInstanceOf(ArgumentError);
  });
});
