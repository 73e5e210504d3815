import { createConnection, createServer } from "node:net";

import { describe, expect, it } from "vitest";

import { until } from "../app/support/apps.js";
import { readErrors } from "../app/support/commands.js";
import { KEEPER, LOBBY, serviceForBots } from "./support/service-for-bots.js";

const TIMEOUT_MS = 120_000;

const service = serviceForBots();

/** Each mistake: the file, the environment, what the message has to say. */
const MISTAKES: readonly [string, { file?: string; env?: Record<string, string> }, readonly string[]][] = [
  [
    "a wrong password",
    { env: { MUCWRIGHT_PASSWORD: "wr0ng" } },
    ["refused to log in", "→ Check MUCWRIGHT_JID and MUCWRIGHT_PASSWORD"],
  ],
  ["no account", { env: { MUCWRIGHT_JID: "" } }, ["There is no account", "MUCWRIGHT_JID"]],
  ["no password", { env: { MUCWRIGHT_PASSWORD: "" } }, ["There is no password", "MUCWRIGHT_PASSWORD"]],
  [
    "a service that is none",
    { env: { MUCWRIGHT_SERVICE: "example.org" } },
    ["MUCWRIGHT_SERVICE", "xmpp://host:port"],
  ],
  [
    "a level that is none",
    { env: { MUCWRIGHT_LOG_LEVEL: "loud" } },
    ["MUCWRIGHT_LOG_LEVEL", "use trace, debug"],
  ],
  [
    "a room that is none",
    { env: { MUCWRIGHT_ROOMS: "lobby" } },
    ["MUCWRIGHT_ROOMS", "room@service", "Rooms are written"],
  ],
  [
    "a decorator on a getter, a static method, a property",
    {
      file: `import { Bot, OnMessage, OnJoin } from "mucwright";
        @Bot() export class Keeper {
          @OnMessage() get a(): never { throw new Error("read"); }
          @OnJoin() static b() {}
          @OnMessage() c = () => "x";
        }`,
    },
    [
      "Keeper.a: @OnMessage is on a getter",
      "Keeper.b: @OnJoin is on a static method",
      "Keeper.c: @OnMessage is on a property",
      "→ Put it on an ordinary method",
    ],
  ],
  [
    "a parameter that nothing is known of",
    {
      file: `import { Bot } from "mucwright"; import type { Rooms } from "mucwright";
        @Bot() export class Keeper { constructor(rooms: Rooms) {} }`,
    },
    ['Keeper (constructor): its parameter "rooms" has a type that is nothing at run time', "without `type`"],
  ],
  [
    "a class that is not marked",
    {
      file: `import { Bot, Rooms, injectable } from "mucwright";
        @injectable() class Base { constructor(readonly rooms: Rooms) {} }
        class Service extends Base {}
        @Bot() export class Keeper { constructor(service: Service) {} }`,
    },
    ["Service (constructor)", "Put @injectable() on Service"],
  ],
  [
    "a constructor that throws",
    {
      file: `import { Bot } from "mucwright"; @Bot() export class Keeper { constructor() { throw new Error("no config"); } }`,
    },
    ["Keeper: it cannot be made: no config", "→"],
  ],
  [
    "an @OnStart method that speaks too early",
    {
      file: `import { Bot, OnStart, Rooms } from "mucwright";
        @Bot({ rooms: ["lobby@rooms.example.org"] }) export class Keeper {
          constructor(private readonly rooms: Rooms) {}
          @OnStart() early() { return this.rooms.get("lobby@rooms.example.org")?.sendMessage("hi"); }
        }`,
    },
    [
      "Keeper.early (@OnStart): lobby@rooms.example.org is joining: nobody there could hear it",
      "→ Rooms are entered after @OnStart",
    ],
  ],
  [
    "commands of one name, in a template that is wrong",
    {
      file: `import { Bot, Command } from "mucwright";
        @Bot() export class Keeper { @Command("a") a() {} @Command("A") b() {} @Command("c <d:dice>") c() {} }`,
    },
    ['Keeper.b: the command "a" is that of Keeper.a already', '"<d:dice>" has a type that is not known'],
  ],
  [
    "a file without a bot",
    { file: "export class Keeper {}" },
    ["There is no bot in bot.ts", "nothing has @Bot()"],
  ],
  [
    "a file that exports nothing",
    { file: "class Keeper {}" },
    ["There is no bot in bot.ts", "write `export`"],
  ],
  [
    "handlers that no bot has",
    {
      file: `import { Bot, OnJoin, OnMessage } from "mucwright";
        export abstract class Shared { @OnJoin() greet() {} }
        export class Base { @OnJoin() greet() {} }
        export class Forgotten { @OnMessage() hear() {} }
        export class Dice { @OnMessage() roll() {} }
        export class Doors { @OnMessage() open() {} }
        @Bot({ features: [Dice], rooms: [{ jid: "lobby@rooms.example.org", features: [Doors] }] })
        export class Keeper extends Base { @OnMessage({ inital: true }) odd() {} }`,
    },
    [
      "mucwright: Forgotten: it has handlers (hear), and no bot has them",
      "Put @Bot() on it",
      'Keeper.odd: there is no option "inital"',
    ],
  ],
  ["a syntax error", { file: "export class {{" }, ["bot.ts:1:"]],
  ["code that throws", { file: `throw new Error("at once");` }, ["bot.ts:1:7: at once"]],
];

describe("mucwright run fails with one message, a status and no stack trace", { timeout: TIMEOUT_MS }, () => {
  it.each(MISTAKES)("for %s", async (_name, { file = KEEPER, env: more = {} }, messages) => {
    const { status, stdout, stderr } = await service.start(["run", "bot.ts"], { "bot.ts": file }, more).ended;
    const { log, said } = readErrors(stderr);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(said.match(/mucwright: /g)).toHaveLength(1);
    for (const message of messages) expect(said).toContain(message);
    expect(said).not.toMatch(/^\s+at /m);
    expect(stderr).not.toMatch(/s3cret|wr0ng/);
    expect(log.filter(({ level }) => level === "error")).toEqual([]);
  });

  it("for a file that is not there", async () => {
    const { status, stderr } = await service.start(["run", "none.ts"], {}).ended;
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/^mucwright: there is no file .*none\.ts\n$/),
    });
  });

  it("for a room that refuses for good", async () => {
    service.server.room(LOBBY).open().configure({ membersOnly: true });
    const { status, stderr } = await service.start(["run", "bot.ts"], { "bot.ts": KEEPER }).ended;
    expect(status).toBe(1);
    expect(readErrors(stderr).said).toMatch(
      /^mucwright: lobby@rooms\.example\.org cannot be joined: only members may enter: ask an admin of the room.*\n$/,
    );
  });

  it("for a room that wants a password, and where to give it", async () => {
    service.server.room(LOBBY).open().configure({ roomSecret: "sesame" });
    const { status, stderr } = await service.start(["run", "bot.ts"], { "bot.ts": KEEPER }).ended;
    expect(status).toBe(1);
    expect(readErrors(stderr).said).toMatch(
      /^mucwright: .* cannot be joined: the room wants a password.*\n  → Give it in @Bot, .*: rooms: \[\{ jid: "lobby@rooms\.example\.org", password: "…" \}\]\n$/,
    );
  });

  it("for a host that nobody knows, and for one that nobody answers on", async () => {
    const patient = `import { run } from "mucwright"; import { Keeper } from "./bot.js";
      await run(Keeper, { connectTimeoutMs: 5000 });`;
    const files = { "bot.ts": KEEPER, "main.ts": patient };
    const [unknown, closed] = await Promise.all([
      service.start(["run", "main.ts"], files, { MUCWRIGHT_SERVICE: "xmpp://nobody.invalid:5222" }).ended,
      service.start(["run", "main.ts"], files, { MUCWRIGHT_SERVICE: "xmpp://127.0.0.1:1" }).ended,
    ]);
    for (const [{ status, stderr }, message] of [
      [unknown, "nobody.invalid"],
      [closed, "127.0.0.1:1"],
    ] as const) {
      const { log, said } = readErrors(stderr);
      expect(status).toBe(1);
      expect(said).toMatch(/^mucwright: .*\n  → .*MUCWRIGHT_SERVICE.*\n$/);
      expect(said).toContain(message);
      const [first, ...more] = log.filter(({ level }) => level === "warn").map(({ msg }) => msg);
      expect(first).toMatch(
        /; it is tried again for 5 s\. Check the domain .*MUCWRIGHT_SERVICE=xmpp:\/\/host:port$/,
      );
      expect(more.length).toBeGreaterThan(0);
      expect(more.join("")).not.toContain("MUCWRIGHT_SERVICE");
    }
  });

  it("for a server without TLS on any but a loopback address", async () => {
    const { port } = new URL(service.env["MUCWRIGHT_SERVICE"] ?? "");
    const relay = createServer((socket) => {
      const onward = createConnection(Number(port), "127.0.0.1");
      for (const each of [socket, onward]) each.on("error", () => {});
      socket.pipe(onward).pipe(socket);
    }).listen(0, "0.0.0.0");
    service.listeners.push(relay);
    await until("it listens", () => relay.listening);
    const address = relay.address() as { port: number };
    const relayed = `xmpp://0.0.0.0:${address.port}`;
    const { status, stderr } = await service.start(
      ["run", "bot.ts"],
      { "bot.ts": KEEPER },
      { MUCWRIGHT_SERVICE: relayed },
    ).ended;
    expect(status).toBe(1);
    expect(readErrors(stderr).said).toMatch(/^mucwright: .*TLS.*\n  → The server needs TLS.*\n$/);
    expect(stderr).not.toContain("s3cret");
  });

  it("unless it is asked for one", async () => {
    const file = `import { Bot } from "mucwright"; @Bot() export class Keeper { constructor() { throw new Error("no config"); } }`;
    const { status, stderr } = await service.start(["run", "--verbose", "bot.ts"], { "bot.ts": file }).ended;
    expect(status).toBe(1);
    expect(stderr).toMatch(/^\s+at new Keeper \(.*bot\.ts:1:/m);
  });
});
