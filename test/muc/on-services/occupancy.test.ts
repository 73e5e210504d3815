// What an occupant does for himself beside talking: the same on all services.
import { expect, it } from "vitest";

import { describeOnServices } from "../../support/services.js";
import { Cast, lines, occupant, seen, until } from "./support.js";

describeOnServices("an occupant", (service) => {
  it("takes another nick, and stays who he is; a nick that is taken is refused (XEP-0045 §7.6)", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("nick"), "owner");
    const guest = await cast.enter(owner.room.jid.toString(), "guest");
    await seen(owner, "guest");
    const before = occupant(owner, "guest");
    const { me } = guest.room;
    await guest.room.setPresence({ show: "dnd", status: "busy" });
    await until(() => before.presence.show === "dnd", "the presence is seen");
    await guest.room.setNick("visitor 2");
    expect([guest.room.nick, guest.room.me === me]).toEqual(["visitor 2", true]);
    await until(() => owner.room.getOccupant("visitor 2") === before, "the same occupant");
    expect(lines(owner.events, "nick", "leave")).toEqual(["nick guest → visitor 2"]);
    await until(() => before.presence.show === "dnd" && before.status.toString() === "busy", "still busy");
    await guest.room.setNick("visitor 2");
    await expect(guest.room.setNick("owner")).rejects.toMatchObject({ code: "xmpp", condition: "conflict" });
    expect(guest.room.nick).toBe("visitor 2");
  });

  it("shows a presence, which lasts over a rejoin (XEP-0045 §7.7)", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("presence"), "owner");
    const guest = await cast.enter(owner.room.jid.toString(), "guest");
    await seen(owner, "guest");
    await guest.room.setPresence({ show: "away", status: "gone to dig up roots" });
    await until(() => occupant(owner, "guest").presence.show === "away", "the presence is seen");
    expect(occupant(owner, "guest").status.toString()).toBe("gone to dig up roots");
    await guest.room.setPresence({});
    await until(() => occupant(owner, "guest").presence.show === null, "back again");
    await expect(guest.room.setPresence({ show: "here" as never })).rejects.toMatchObject({
      code: "argument",
    });
  });

  it("comes under another nick where the first is taken (XEP-0045 §7.2.8)", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("taken"), "owner");
    const jid = owner.room.jid.toString();
    await expect(cast.enter(jid, "owner")).rejects.toMatchObject({ reason: "nickConflict" });
    const second = await cast.enter(jid, "owner", { nickConflict: "suffix" });
    expect(second.room.nick).toBe("owner-2");
    const third = await cast.enter(jid, "owner", { nickConflict: (nick, attempt) => `${nick}${attempt}` });
    expect(third.room.nick).toBe("owner1");
  });

  it("asks for voice, and gets it (XEP-0045 §7.13)", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("voice"), "owner");
    const guest = await cast.enter(owner.room.jid.toString(), "guest");
    await seen(owner, "guest");
    expect(await guest.room.requestVoice()).toBe("granted");
    await owner.room.setRole("guest", "visitor");
    await until(() => guest.room.me?.role === "visitor", "no voice");
    const outcome = guest.room.requestVoice();
    await owner.room.setRole("guest", "participant");
    expect(await outcome).toBe("granted");
  });

  it("registers a nick, which is reserved then, and gives it up again (XEP-0045 §7.10, §7.12)", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("register"), "owner");
    const guest = await cast.enter(owner.room.jid.toString(), "guest");
    await owner.room.setAffiliation(guest.account.jid, "member");
    await until(() => guest.room.me?.affiliation === "member", "a member");
    expect(await guest.room.getReservedNick()).toBeNull();
    // With ejabberd it is the nick of that account in all rooms, so no two tests may want the same.
    const nick = `hag-${guest.account.jid.split("@")[0]}`;
    await guest.room.register({ nick });
    expect(await guest.room.getReservedNick()).toBe(nick);
    await expect(cast.enter(owner.room.jid.toString(), nick)).rejects.toMatchObject({
      reason: "nickConflict",
    });
    await guest.room.unregister();
    expect(await guest.room.getReservedNick()).toBeNull();
  });
});
