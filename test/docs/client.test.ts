// The guide to the client: its code compiles, and does what the text says.
import { afterAll, expect, it, onTestFinished } from "vitest";

import * as client from "../../src/muc/index.js";
import { TestServer } from "../../src/testing/index.js";
import type { SessionOptions } from "../../src/xmpp/session-options.js";
import { COMPILE_TIMEOUT_MS, Guide } from "../support/guide.js";

const guide = new Guide("client.md", "client");

afterAll(() => guide[Symbol.dispose]());

it("compiles", { timeout: COMPILE_TIMEOUT_MS }, async () => {
  expect(await guide.compile()).toEqual([]);
});

it("comes, hears, says something and knows that it was said, and leaves", async () => {
  const server = new TestServer();
  onTestFinished(() => server.close());
  const room = server.room("lobby@rooms.example.org").open();
  const alice = await server.enter(room.jid, "alice");
  const [snippet] = guide.snippets("A client in a room");
  const exported = await snippet?.load();
  const visit = exported?.["visit"] as (options: SessionOptions) => Promise<string[]>;
  const options = { jid: "keeper@example.org", password: "any", connect: server.connect };
  expect(await visit(options)).toEqual(["keeper: hello", "delivered: are you there?"]);
  expect((await alice.nextMessage()).nick).toBe("keeper");
  expect(server.room(room.jid).occupants.map(({ nick }) => nick)).toEqual(["alice"]);
});

it("names what there is", () => {
  const room = new Set(Object.getOwnPropertyNames(client.Room.prototype));
  const rows = guide.text.slice(
    guide.text.indexOf("## What a room has"),
    guide.text.indexOf("A handler of a bot has"),
  );
  const named = [...rows.matchAll(/`(\w+)(?:\(\w+\))?`/g)].map(([, name = ""]) => name);
  expect([named.length > 20, named.filter((name) => !room.has(name))]).toEqual([true, []]);
  const errors = [...guide.text.matchAll(/^\| `(\w+Error)` \|/gm)].map(([, name = ""]) => name);
  expect([errors.length, errors.filter((name) => !(name in client))]).toEqual([8, []]);
});
