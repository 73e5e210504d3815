// Being out of a room without a word: how each service answers, and that it is noticed.
import { expect, it } from "vitest";

import { xml } from "../../../src/base/element.js";
import { EmbeddedService } from "../../support/embedded-service.js";
import { Prosody } from "../../support/servers/prosody.js";
import type { Service } from "../../support/service.js";
import { describeOnServers, describeOnServices } from "../../support/services.js";
import { types } from "../support/stage.js";
import { Cast, lines, seen, until, type Insider } from "./support.js";

const PING = (): ReturnType<typeof xml> => xml("ping", { xmlns: "urn:xmpp:ping" });

const PRIVACY = "jabber:iq:privacy";

/** The bot is out of the room, and was not told. */
async function forget(service: Service, bot: Insider, owner: Insider): Promise<void> {
  const room = bot.room.jid.toString();
  if (service instanceof EmbeddedService) return service.server.ghost(room, bot.room.nick);
  if (service instanceof Prosody) return service.ghost(room, bot.room.nick);
  // ejabberd: what tells it does not get through
  const privately = (...children: readonly ReturnType<typeof xml>[]): Promise<unknown> =>
    bot.session.iq.set(null, xml("query", { xmlns: PRIVACY }, ...children));
  const deaf = { type: "jid", value: room, action: "deny", order: "1" };
  await privately(xml("list", { name: "deaf" }, xml("item", deaf, xml("presence-in"))));
  await privately(xml("active", { name: "deaf" }));
  await owner.room.kick(bot.room.nick);
  await until(() => owner.room.getOccupant(bot.room.nick) === null, "the bot is gone");
  await privately(xml("active"));
}

describeOnServices("a room that is asked whether we are in", (service) => {
  it("says so where we are, however often (XEP-0410 §3.2)", async () => {
    await using cast = new Cast(service);
    const { room, events } = await cast.enter(service.room("ping"), "bot");
    const count = (type: string): number => types(events).filter((each) => each === type).length;
    room.selfPing = { softTimeoutMs: 60, hardTimeoutMs: 30, intervalMs: 1_000 };
    await until(() => count("fresh") >= 3, "three answers");
    expect([room.active, count("suspend"), count("stale") - count("fresh") <= 1]).toEqual([true, 0, true]);
  });

  it("says so under the nick that we took meanwhile", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("ping-nick"), "owner");
    const { room, events } = await cast.enter(owner.room.jid.toString(), "bot");
    await room.setNick("robot");
    room.selfPing = { softTimeoutMs: 60, hardTimeoutMs: 30 };
    await until(() => types(events).includes("fresh"), "an answer");
    expect([room.active, types(events).includes("suspend")]).toEqual([true, false]);
  });

  it("refuses who is not in, with the condition that says so", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("ping-out"), "owner");
    const outsider = await cast.actor("outsider");
    await expect(outsider.session.iq.get(owner.room.jid.withResource("owner"), PING())).rejects.toMatchObject(
      {
        condition: "not-acceptable",
      },
    );
    await expect(owner.session.iq.get(owner.room.jid.withResource("nobody"), PING())).rejects.toMatchObject({
      condition: "item-not-found",
    });
    await expect(outsider.session.iq.get(`${service.room("no-room")}/owner`, PING())).rejects.toMatchObject({
      condition: "item-not-found",
    });
  });

  it("tells us that we are out, where nobody did: we suspend, and are in again", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("forgotten"), "owner");
    const bot = await cast.enter(owner.room.jid.toString(), "bot");
    await seen(owner, "bot");
    await forget(service, bot, owner);
    expect([bot.room.active, lines(bot.events, "suspend", "exit")]).toEqual([true, []]);
    bot.room.selfPing = { softTimeoutMs: 100, intervalMs: 200 };
    await until(() => types(bot.events).filter((type) => type === "enter").length === 2, "in again");
    expect(lines(bot.events, "suspend", "resume", "exit")).toEqual(["suspend selfPing", "resume 1"]);
    await bot.room.sendMessage("I am back");
    await until(() => lines(owner.events, "message").length > 0, "it is heard");
  });
});

// QUIRK(prosody 0.12): a temporary room ends when the only one in it changes his nick, and he is not told. Unasked, we
// would believe for good that we are in a room that is not there.
describeOnServers("a room that ended without a word", (server) => {
  it.runIf(server.name === "prosody")("says so twice before we believe it", async () => {
    await using cast = new Cast(server);
    const { room, events } = await cast.enter(server.room("alone"), "bot");
    await room.setNick("robot");
    expect(await server.rooms()).not.toContain(room.jid.toString());
    room.selfPing = { softTimeoutMs: 50, intervalMs: 50 };
    await until(() => types(events).includes("suspend"), "it is noticed");
    expect(lines(events, "suspend")).toEqual(["suspend selfPing"]);
  });

  it.runIf(server.name === "prosody")("is asked at once where a message of ours comes back", async () => {
    await using cast = new Cast(server);
    const { room, events } = await cast.enter(server.room("alone"), "bot");
    await room.setNick("robot");
    room.selfPing = { intervalMs: 50 };
    await room.sendMessage("is anybody there?");
    await until(() => types(events).includes("suspend"), "it is noticed");
    expect(lines(events, "messageError", "suspend")).toEqual([
      expect.stringMatching(/^messageError .* item-not-found$/),
      "suspend selfPing",
    ]);
  });
});
