// What is done about causes of being out, where real services make them.
import { expect, it } from "vitest";

import { describeOnServers, describeOnServices } from "../../support/services.js";
import { types } from "../support/stage.js";
import { Cast, lines, seen, until } from "./support.js";

describeOnServices("a cause of being out", (service) => {
  it("kicked: once more where that is allowed, then out (XEP-0045 §8.2)", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("kicked"), "owner");
    const onCause = { kicked: { afterMs: 200 } };
    const bot = await cast.enter(owner.room.jid.toString(), "bot", { onCause });
    await seen(owner, "bot");
    await owner.room.kick("bot", { reason: "Avaunt!" });
    await until(() => types(bot.events).includes("resume"), "it is joined again");
    await until(() => bot.room.active, "it is in again");
    await seen(owner, "bot");
    await owner.room.kick("bot");
    await until(() => types(bot.events).includes("exit"), "it is out");
    expect(lines(bot.events, "suspend", "resume", "exit")).toEqual([
      expect.stringMatching(/^suspend kicked \[(?:110 )?307\] .*"Avaunt!"$/),
      "resume 1",
      expect.stringMatching(/^exit kicked \[(?:110 )?307\]/),
    ]);
  });

  it("banned: tried again where that is wanted, until the ban is lifted (XEP-0045 §9.1)", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("banned"), "owner");
    const onCause = { banned: { afterMs: 200, times: 5_000 } };
    const bot = await cast.enter(owner.room.jid.toString(), "bot", { onCause });
    await owner.room.setAffiliation(bot.account.jid, "outcast");
    const refusals = (): number =>
      lines(bot.events, "suspend").filter((line) => line.includes("refused")).length;
    await until(() => refusals() >= 2, "it is refused twice");
    await owner.room.setAffiliation(bot.account.jid, "none");
    await until(() => bot.room.active, "it is in again");
    expect(types(bot.events)).not.toContain("exit");
    expect(lines(bot.events, "suspend")[0]).toMatch(/^suspend removed \[(?:110 )?301/);
  });

  it("destroyed with an alternative venue: followed where that is allowed (XEP-0045 §10.9)", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("old"), "owner");
    const venue = await cast.enterAs(owner, service.room("new"), "owner");
    const jid = venue.room.jid.toString();
    const bot = await cast.enter(owner.room.jid.toString(), "bot", { onCause: { alternative: "follow" } });
    const stays = await cast.enter(owner.room.jid.toString(), "stays");
    await owner.room.destroy({ alternative: jid, reason: "moved" });
    await until(() => bot.client.getRoom(jid)?.active === true, "it is in the other room");
    expect(lines(bot.events, "exit")).toEqual([expect.stringMatching(/^exit destroyed .*"moved" → new-/)]);
    await until(() => types(stays.events).includes("exit"), "the other is out");
    expect([stays.client.rooms.size, bot.client.rooms.size]).toEqual([0, 1]);
    await seen({ ...venue, events: venue.events }, "bot");
  });
});

// QUIRK(prosody 0.12): for a month it answers for a persistent room that was destroyed, and says where it went on; with
// ejabberd whoever comes first makes the room anew.
describeOnServers("a room that is gone", (server) => {
  it.runIf(server.name === "prosody")("refuses with where it went on (XEP-0045 §10.9)", async () => {
    await using cast = new Cast(server);
    const owner = await cast.enter(server.room("gone"), "owner");
    const gone = owner.room.jid.toString();
    const venue = await cast.enterAs(owner, server.room("went-on"), "owner");
    const alternative = venue.room.jid.toString();
    await server.setRoomOption(gone, "persistent", true);
    await owner.room.destroy({ alternative });
    await expect(cast.enter(gone, "bot")).rejects.toMatchObject({
      reason: "gone",
      alternative: venue.room.jid,
    });
    const late = await cast.actor("late");
    late.client.join(gone, "late", { firstJoin: "persist", onCause: { alternative: "follow" } });
    await until(() => late.client.getRoom(alternative)?.active === true, "it follows");
  });
});
