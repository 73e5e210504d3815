// The guide to invitations: its code compiles, and does what the text says.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, it } from "vitest";

import { xml } from "../../src/base/element.js";
import type { Class } from "../../src/bot/metadata.js";
import type { Invitation } from "../../src/muc/invitations/invitation.js";
import type { MucClient } from "../../src/muc/client.js";
import { Session } from "../../src/xmpp/session.js";
import { cleanUp, LOBBY, makeServer, startApp, until } from "../app/support/apps.js";
import { BOT, decided, decisions, DEN, direct, joined } from "../app/support/invited.js";
import { COMPILE_TIMEOUT_MS, Guide } from "../support/guide.js";

cleanUp();

const guide = new Guide("invitations-and-voice.md", "invitations");
const [byPolicy, byMethod, asking, keeping, inviting, alone] = guide.snippets("Invitations");
const OFFICE = "office@rooms.example.org";
afterAll(() => guide[Symbol.dispose]());

/** What the guide's bot is, and somebody in the den, at home or from elsewhere. */
async function withGuide(snippet: typeof byPolicy, { jid = "alice@example.org" } = {}) {
  const server = makeServer();
  for (const room of [LOBBY, DEN, OFFICE]) server.room(room).open();
  const bots = Object.values((await snippet?.load()) ?? {}) as Class[];
  const alice = await server.enter(DEN, "alice", { jid });
  const started = await startApp({ bots }, server);
  return { ...started, alice };
}

describe("the guide to invitations", () => {
  it("compiles", { timeout: COMPILE_TIMEOUT_MS }, async () => {
    expect(await guide.compile()).toEqual([]);
  });

  it("by policy: comes to people of its domain, and declines the others", async () => {
    const home = await withGuide(byPolicy);
    direct(home.alice);
    await joined(home);
    expect(decisions(home)).toEqual(["accept by Keeper: acceptFrom domains"]);
    const away = await withGuide(byPolicy, { jid: "mallory@evil.example" });
    direct(away.alice);
    await decided(away);
    for (let i = 0; i < 3; i++) direct(away.alice, `r${i}@rooms.example.org`);
    await decided(away, 4);
    expect(decisions(away)).toEqual([
      ...Array.from({ length: 3 }, () => "decline by Keeper: declineAll"),
      "ignore by Keeper: limit perInviter",
    ]);
  });

  it("by method: accepts, declines, or waits", async () => {
    const home = await withGuide(byMethod);
    direct(home.alice);
    await joined(home);
    const away = await withGuide(byMethod, { jid: "mallory@evil.example" });
    await away.alice.invite(BOT);
    await decided(away);
    direct(away.alice);
    await away.app.idle();
    expect(decisions(away)).toEqual(["decline by Keeper.invited"]);
  });

  it("asks the admins: those of the office, and the boss need not be asked", async () => {
    const started = await withGuide(asking);
    const boss = await started.server.enter(OFFICE, "boss", {
      affiliation: "admin",
      jid: "boss@example.org",
    });
    direct(started.alice);
    expect((await boss.nextMessage()).text).toContain("Invitation 1");
    await boss.say("accept 1");
    await joined(started);
    direct(boss, "other@rooms.example.org");
    await decided(started, 2);
    expect(decisions(started)[1]).toBe("accept by Keeper: acceptFrom jids");
  });

  it("keeps its rooms over a restart", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mucwright-guide-"));
    process.env["KEEPER_ROOMS"] = join(folder, "rooms.json");
    try {
      const started = await withGuide(keeping);
      started.server.room(DEN).configure({ roomSecret: "cauldronburn" });
      direct(started.alice, DEN, { password: "cauldronburn" });
      await joined(started);
      const written = (): string => readFileSync(join(folder, "rooms.json"), "utf8");
      await until("it is kept", () => {
        try {
          return written().includes(DEN);
        } catch {
          return false;
        }
      });
      expect(JSON.parse(written())).toEqual({ [DEN]: "cauldronburn" });
      await started.app.stop();
      const bots = Object.values((await keeping?.load()) ?? {}) as Class[];
      const again = await startApp({ bots }, started.server);
      expect(again.app.muc.getRoom(DEN)?.active).toBe(true);
    } finally {
      rmSync(folder, { recursive: true, force: true });
      delete process.env["KEEPER_ROOMS"];
    }
  });

  it("invites, and tells the room of refusals", async () => {
    const started = await withGuide(inviting);
    const carol = await started.enter("carol");
    await carol.say("!invite alice@example.org we miss you");
    expect((await carol.nextMessage()).text).toBe("alice@example.org is invited");
    await until("alice is invited", () =>
      started.alice.received.some((each) => each.toString().includes("we miss you")),
    );
    const decline = xml("decline", { to: `${LOBBY}/keeper` }, xml("reason", null, "too busy"));
    started.alice.send(
      xml("message", { to: LOBBY }, xml("x", { xmlns: "http://jabber.org/protocol/muc#user" }, decline)),
    );
    expect((await carol.nextMessage()).text).toBe("alice@example.org does not come: too busy");
    started.server.room(LOBBY).configure({ allowInvites: false });
    await carol.say("!invite alice@example.org");
    const lines = [(await carol.nextMessage()).text, (await carol.nextMessage()).text];
    expect(new Set(lines)).toEqual(new Set(["alice@example.org is invited", "That did not work: forbidden"]));
  });

  it("with the client alone: accepts all", async () => {
    const server = makeServer();
    const alice = await server.enter(DEN, "alice");
    const { acceptAll } = ((await alone?.load()) ?? {}) as {
      readonly acceptAll: (session: Session) => MucClient;
    };
    const session = new Session({ jid: BOT, password: "any", connect: server.connect });
    const client = acceptAll(session);
    const told: Invitation[] = [];
    client.on("invitation", (invitation) => told.push(invitation));
    await session.start();
    direct(alice);
    await until("it is in", () => client.getRoom(DEN)?.active === true);
    expect([client.getRoom(DEN)?.nick, told.map(({ decision }) => decision)]).toEqual(["keeper", ["accept"]]);
    await session.stop();
  });
});
