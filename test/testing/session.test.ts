import { expect, test } from "vitest";
import { Session, MucClient } from "../../src/muc/index.js";
import { TestServer } from "../../src/testing/index.js";

test("RFC 7677: a session logs in with SCRAM-SHA-256, and takes the service's proof", async () => {
  const server = new TestServer({ accounts: { "bot@example.org": "pässword" } });
  const make = (password: string): Session =>
    new Session({ jid: "bot@example.org", password, connect: server.connect });
  const session = make("pässword");
  await session.start();
  expect(session.jid?.bare().toString()).toBe("bot@example.org");
  await session.stop();
  await expect(make("password").start()).rejects.toMatchObject({ code: "credentials" });
  await server.close();
});

test("a session joins, somebody speaks", async () => {
  const server = new TestServer();
  const session = new Session({ jid: "bot@example.org", password: "x", connect: server.connect });
  await session.start();
  const client = new MucClient(session);
  const { room, entered } = client.join("lobby@rooms.example.org", "bot");
  await entered;
  const said: string[] = [];
  room.on("message", (m) => said.push(`${m.nick}: ${m.body}`));
  await new Promise<void>((r) => {
    if (room.active) r();
    else room.on("caughtUp", () => r());
  });
  const alice = await server.enter("lobby@rooms.example.org", "alice");
  await alice.say("hello");
  await room.sendMessage("hi");
  const m = await alice.nextMessage();
  expect(m.text).toBe("hi");
  expect(said).toEqual(["alice: hello", "bot: hi"]);
  await session.stop();
  await server.close();
});
