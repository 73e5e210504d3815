// The guide to requests for voice: its code compiles, and does what the text says.
import { afterAll, describe, expect, it } from "vitest";

import type { Class } from "../../src/bot/metadata.js";
import type { TestUser } from "../../src/testing/index.js";
import { cleanUp, LOBBY, makeServer, startApp, until, type Started } from "../app/support/apps.js";
import { COMPILE_TIMEOUT_MS, Guide } from "../support/guide.js";

cleanUp();

const guide = new Guide("invitations-and-voice.md", "voice");
const [byPolicy, byMethod, byForm, asking] = guide.snippets("Voice requests");
afterAll(() => guide[Symbol.dispose]());

/** What the guide's bot is, in a moderated lobby. */
async function withGuide(
  snippet: typeof byPolicy,
  affiliation: "admin" | "none" = "admin",
): Promise<Started> {
  const server = makeServer();
  const room = server.room(LOBBY).open();
  room.configure({ moderatedRoom: true });
  room.setAffiliation("bot@example.org", affiliation);
  if (affiliation === "none") room.reserveRole("bot@example.org", "visitor");
  return startApp({ bots: Object.values((await snippet?.load()) ?? {}) as Class[] }, server);
}

async function asks(
  { server, enter }: Started,
  nick: string,
  affiliation: "none" | "member",
): Promise<TestUser> {
  const user = await enter(nick);
  server.room(LOBBY).setAffiliation(user.jid.bare(), affiliation);
  server.room(LOBBY).setRole(nick, "visitor");
  await user.requestVoice();
  return user;
}

const roleOf = ({ server }: Started, nick: string): string | undefined =>
  server.room(LOBBY).occupants.find((each) => each.nick === nick)?.role;

const outcomes = ({ log }: Started): string[] =>
  log.records.flatMap(({ fields }) =>
    "outcome" in fields ? [`${String(fields["nick"])} ${String(fields["outcome"])}`] : [],
  );

const decided = (started: Started): number =>
  started.log.records.filter(({ text }) => text === "A request for voice was decided").length;

describe("the guide to requests for voice", () => {
  it("compiles", { timeout: COMPILE_TIMEOUT_MS }, async () => {
    expect(await guide.compile()).toEqual([]);
  });

  it("by policy: members speak, others do not", async () => {
    const started = await withGuide(byPolicy);
    await asks(started, "alice", "member");
    await asks(started, "bob", "none");
    await until("both are decided", () => decided(started) === 2);
    await until("alice has voice", () => roleOf(started, "alice") === "participant");
    expect(roleOf(started, "bob")).toBe("visitor");
  });

  it("by method: likewise, and who is denied is told", async () => {
    const started = await withGuide(byMethod);
    await asks(started, "alice", "member");
    const bob = await asks(started, "bob", "none");
    await until("both are over", () => outcomes(started).length === 2);
    expect(outcomes(started)).toEqual(["alice granted", "bob denied"]);
    await until("bob is told", () =>
      bob.received.some((each) => each.getChildText("body")?.startsWith("Ask an admin")),
    );
  });

  it("by form: whoever asks to speak may", async () => {
    const started = await withGuide(byForm);
    await asks(started, "bob", "none");
    await until("bob has voice", () => roleOf(started, "bob") === "participant");
    expect(decided(started)).toBe(1);
  });

  it("asks, and says thank you", async () => {
    const server = makeServer();
    const room = server.room(LOBBY).open();
    const owner = await server.enter(LOBBY, "owner", { affiliation: "owner" });
    room.configure({ moderatedRoom: true });
    room.reserveRole("bot@example.org", "visitor");
    await startApp({ bots: Object.values((await asking?.load()) ?? {}) as Class[] }, server);
    await until("the owner is asked", () =>
      owner.received.some((each) => each.getChild("x", "jabber:x:data") !== undefined),
    );
    room.setRole("speaker", "participant");
    expect((await owner.nextMessage()).text).toBe("Thank you for letting me speak.");
  });
});
