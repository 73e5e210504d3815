// The guide to running: its code compiles, does what the text says, and its tables name what there is.
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";

import { HELP } from "../../src/cli/help.js";
import { LINES_HELP, readLine } from "../../src/cli/visit-line.js";
import { BotApp, createBotApp, type BotAppOptions } from "../../src/app/bot-app.js";
import { Bot } from "../../src/bot/decorators.js";
import { testRoom } from "../../src/testing/index.js";
import { cleanUp, LOBBY, makeServer, startApp, until } from "../app/support/apps.js";
import { BUILD_TIMEOUT_MS, Command, ensureBuilt, REGISTER } from "../app/support/commands.js";
import { authorFolder } from "../cli/loader/support/author.js";
import { COMPILE_TIMEOUT_MS, Guide } from "../support/guide.js";

const guide = new Guide("running.md", "running");

cleanUp();
beforeAll(ensureBuilt, BUILD_TIMEOUT_MS);
afterAll(() => guide[Symbol.dispose]());

async function exportsOf(section: string): Promise<Record<string, unknown>> {
  const [snippet] = guide.snippets(section);
  return (await snippet?.load()) ?? {};
}

/** The address of a server, which is closed with the test. */
async function addressOf(server: Server): Promise<string> {
  if (!server.listening) await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

@Bot({ rooms: [LOBBY], nick: "keeper" })
class Idle {}

it("compiles", { timeout: COMPILE_TIMEOUT_MS }, async () => {
  expect(await guide.compile()).toEqual([]);
});

it("runs a program of one's own, until a signal", { timeout: BUILD_TIMEOUT_MS }, async () => {
  const server = makeServer();
  const { port } = await server.listen();
  server.room(LOBBY).open();
  const alice = await server.enter(LOBBY, "alice");
  const [program] = guide.snippets("A program of your own");
  const cwd = authorFolder({ "main.ts": program?.code ?? "" });
  const env = {
    MUCWRIGHT_JID: "bot@example.org",
    MUCWRIGHT_PASSWORD: "any",
    MUCWRIGHT_SERVICE: `xmpp://127.0.0.1:${port}`,
  };
  const command = new Command(["--import", REGISTER, "main.ts"], { cwd, env });
  onTestFinished(() => command.signal("SIGKILL"));
  const isThere = (): boolean => server.room(LOBBY).occupants.some(({ nick }) => nick === "warden");
  await until("it is there", isThere, 60_000);
  await alice.say("hello");
  expect((await alice.nextMessage()).text).toBe("hello yourself");
  command.signal("SIGTERM");
  const { status, stdout } = await command.ended;
  expect({ status, stdout }).toEqual({ status: 0, stdout: "The bot has ended\n" });
});

it("logs where it is told to", async () => {
  const { logged } = (await exportsOf("The log")) as {
    readonly logged: (account: Omit<BotAppOptions, "bots">, lines: string[]) => BotApp;
  };
  const server = makeServer();
  const lines: string[] = [];
  const app = logged({ jid: "bot@example.org", password: "any", connect: server.connect }, lines);
  await app.ready();
  const alice = await server.enter(LOBBY, "alice");
  await alice.say("!ping");
  expect((await alice.nextMessage()).text).toBe("pong");
  await app.stop();
  expect(lines).toContain('info Played {"game":"table tennis"}');
});

it("tells of its health, and why it is not well", async () => {
  const { health } = (await exportsOf("Health")) as { readonly health: (app: BotApp) => Server };
  const { app, server } = await startApp({ bots: [Idle] });
  const address = await addressOf(health(app));
  const ask = async (): Promise<unknown> => {
    const response = await fetch(address);
    return { status: response.status, ...((await response.json()) as object) };
  };
  expect(await ask()).toEqual({ status: 200, ready: true, session: "online", out: [] });
  server.room(LOBBY).kick("keeper", { status: 301 });
  await until("it is out", () => !app.status().ready);
  expect(await ask()).toEqual({
    status: 503,
    ready: false,
    session: "online",
    out: [{ jid: LOBBY, state: "left", cause: "banned" }],
  });
});

it("speaks from outside, as long as it is there", async () => {
  const { Herald } = (await exportsOf("Speaking from outside")) as {
    readonly Herald: new (...args: never[]) => { readonly server: Server };
  };
  await using room = await testRoom(Herald);
  const address = await addressOf(room.bot.server);
  const say = async (body: string): Promise<number> =>
    (await fetch(address, { method: "POST", body })).status;
  expect(await say("rain")).toBe(204);
  expect((await room.nextReply()).body).toBe("News: rain");
  room.server.restartService();
  await until("it is out", () => room.app.muc.getRoom(room.jid)?.active === false);
  expect(await say("snow")).toBe(503);
  await room.clock.advance("10s");
  room.server.cut(room.botJid);
  await until("it is interrupted", () => room.app.status().session === "interrupted");
  const resumed = say("sun");
  await room.clock.advance("10s");
  expect([await resumed, (await room.nextReply()).body]).toEqual([204, "News: sun"]);
  room.server.expireSession(room.botJid);
  await until("it is interrupted", () => room.app.status().session === "interrupted");
  const lost = say("hail");
  await room.clock.advance("10s");
  expect(await lost).toBe(503);
  room.server.room(room.jid).kick("herald", { status: 301 });
  await until("it is out for good", () => room.app.muc.rooms.size === 0);
  expect(await say("fog")).toBe(410);
});

it("the tables name the options, the variables and the methods that there are", async () => {
  const section = (name: string): string => guide.text.split(`\n## ${name}\n`)[1]?.split("\n## ")[0] ?? "";
  const refused = await createBotApp({ bots: [Idle], nonsense: 1 } as BotAppOptions)
    .start()
    .catch(String);
  const there = String(refused)
    .replace(/^.*there are /, "")
    .split(", ");
  const rows = [...section("Options").matchAll(/^\| (`.+?) \| /gm)].map(([, cell = ""]) => cell);
  const named = rows.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name));
  expect(there.length).toBeGreaterThan(20);
  expect(new Set(named)).toEqual(new Set(there));
  const variables = (text: string): ReadonlySet<string> => new Set(text.match(/MUCWRIGHT_\w+/g));
  expect(variables(section("The environment"))).toEqual(variables(HELP));
  const methods = [...section("A program of your own").matchAll(/app\.(\w+)/g)].map(([, name = ""]) => name);
  const app = createBotApp({ bots: [Idle] });
  expect([methods.length, methods.filter((name) => !(name in app) && !(name in BotApp.prototype))]).toEqual([
    9,
    [],
  ]);
});

it("the table of lines has those that there are, each of which can be read", () => {
  const table = guide.text.split("\n| line | |\n")[1]?.split("\n\n")[0] ?? "";
  const lines = [...table.matchAll(/`(\/[^`]+)`/g)].map(([, line = ""]) => line);
  const verbs = (of: readonly string[]): ReadonlySet<string> =>
    new Set(of.map((line) => /^\/\w+/.exec(line)?.[0] ?? ""));
  expect(verbs(lines)).toEqual(verbs(LINES_HELP.match(/^ +\/\w+/gm)?.map((line) => line.trim()) ?? []));
  for (const line of lines) expect(() => readLine(line)).not.toThrow();
});
