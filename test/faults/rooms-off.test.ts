// The rooms' domain is switched off and on again, under a client that stays connected.
import { afterEach, expect, it } from "vitest";

import { MucClient } from "../../src/muc/client.js";
import { Session } from "../../src/xmpp/session.js";
import { record } from "../muc/support/stage.js";
import { describeEvent } from "../muc/support/describe-event.js";
import { describeOnOwnServers, type RealServer } from "../support/services.js";
import { eventually } from "../support/wait.js";

const until = (check: () => boolean, what: string): Promise<true> =>
  eventually(check, { timeoutMs: 15_000, what });

const sessions: Session[] = [];
afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session.stop()));
});

/** Somebody in a room, who is quick to try again. */
async function enter(server: RealServer, jid: string, nick: string) {
  const session = new Session({ ...(await server.createAccount(nick)), tls: { required: false } });
  sessions.push(session);
  await session.start();
  const client = new MucClient(session, {
    rejoin: { minDelayMs: 100, maxDelayMs: 400 },
    joinTimeoutMs: 2_000,
  });
  const { room, entered } = client.join(jid, nick);
  await entered;
  await until(() => room.active, "it is active");
  const events = record(room);
  const lines = (...types: string[]): string[] =>
    events.filter(({ type }) => types.includes(type)).map(describeEvent);
  return { room, lines };
}

describeOnOwnServers("rooms that are switched off and on", (server) => {
  // QUIRK(prosody 0.12): nobody is told, and occupants are in afterwards still; ejabberd says so (332).
  const CAUSE = { prosody: "selfPing", ejabberd: "systemShutdown" }[server.name];

  it("are asked where they are silent, tried again, and entered", { timeout: 40_000 }, async () => {
    const owner = await enter(server, server.room("off"), "owner");
    const jid = owner.room.jid.toString();
    await server.setRoomOption(jid, "persistent", true);
    const bot = await enter(server, jid, "bot");
    bot.room.selfPing = { softTimeoutMs: 200, intervalMs: 200 };
    await server.mucDown();
    await until(() => bot.lines("suspend").length > 2, "it is refused meanwhile");
    expect(bot.lines("suspend")[0]).toContain(`suspend ${CAUSE}`);
    expect(bot.lines("suspend")[2]).toContain("suspend refused");
    await server.mucUp();
    await until(() => bot.room.active, "it is back");
    expect(bot.lines("exit")).toEqual([]);
  });

  it("are asked at once where a message comes back from them", { timeout: 40_000 }, async () => {
    const owner = await enter(server, server.room("said"), "owner");
    await server.setRoomOption(owner.room.jid.toString(), "persistent", true);
    await server.mucDown();
    // with ejabberd that may be before we know
    await owner.room.sendMessage("is anybody there?").catch(() => {});
    await until(() => owner.lines("suspend").length > 0, "it is noticed");
    expect(owner.lines("suspend")[0]).toContain(`suspend ${CAUSE}`);
    await server.mucUp();
    await until(() => owner.room.active, "it is back");
  });
});
