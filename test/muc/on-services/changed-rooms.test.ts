// A room that is another one when we come back.
import { expect, it } from "vitest";

import { RawPeer } from "../../support/raw-peer.js";
import { describeOnServices } from "../../support/services.js";
import { types } from "../support/stage.js";
import { Cast, until } from "./support.js";

describeOnServices("a room that changed while we were out", (service) => {
  it("is left where it was gone, and exit says so (XEP-0045 §10.1)", async () => {
    await using cast = new Cast(service);
    const jid = service.room("gone");
    const account = await service.createAccount("bot");
    const actor = await cast.actorOf(account);
    const { session, room, events } = await cast.enterAs(actor, jid, "bot", { password: "secret" });
    // Another client ends our session: the room, which was empty but for us, ends with it.
    const rival = await RawPeer.connect(account, session.jid?.resource ?? "");
    await until(() => room.state === "left", "the room is left");
    const exits = events.flatMap((event) => (event.type === "exit" ? [event] : []));
    expect(exits.map(({ mode, reason }) => [mode, reason])).toEqual([
      ["normal", "The room was gone when it was joined again"],
    ]);
    expect([room.password, actor.client.rooms.size]).toEqual([null, 0]);
    await rival.stop();
  });

  it("tells everybody real addresses now, and that is told (XEP-0045 §10.2.1)", async () => {
    await using cast = new Cast(service);
    const jid = service.room("opened");
    const owner = await cast.enter(jid, "owner");
    const anonymous = await owner.room.getConfig();
    anonymous.whois = "moderators";
    await owner.room.setConfig(anonymous);
    const bot = await cast.enter(jid, "bot", { onCause: { kicked: { afterMs: 6_000 } } });
    await owner.room.kick("bot");
    await until(() => types(bot.events).includes("suspend"), "the bot is out");
    const form = await owner.room.getConfig();
    form.whois = "anyone";
    await owner.room.setConfig(form);
    await until(() => bot.room.active, "the bot is back");
    const told = bot.events.flatMap((event) => (event.type === "config" ? [...event.statusCodes] : []));
    expect(told).toEqual([172]);
  });
});
