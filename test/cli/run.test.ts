import { createConnection, createServer, type Server } from "node:net";

import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { TestServer, type TestUser } from "../../src/testing/index.js";
import { until } from "../app/support/apps.js";
import {
  BUILD_TIMEOUT_MS,
  Command,
  ensureBuilt,
  mucwright,
  readErrors,
  REGISTER,
} from "../app/support/commands.js";
import { authorFolder } from "./loader/support/author.js";

const LOBBY = "lobby@rooms.example.org";
const TIMEOUT_MS = 120_000;

let server: TestServer;
let env: Record<string, string>;
const commands: Command[] = [];
const listeners: Server[] = [];

beforeAll(ensureBuilt, BUILD_TIMEOUT_MS);

beforeEach(async () => {
  server = new TestServer({ accounts: { "bot@example.org": "s3cret" } });
  const { port } = await server.listen();
  env = {
    MUCWRIGHT_JID: "bot@example.org",
    MUCWRIGHT_PASSWORD: "s3cret",
    MUCWRIGHT_SERVICE: `xmpp://127.0.0.1:${port}`,
  };
});

afterEach(async () => {
  for (const command of commands.splice(0)) command.signal("SIGKILL");
  for (const listener of listeners.splice(0)) listener.close();
  await server.close();
});

function start(
  args: readonly string[],
  files: Record<string, string>,
  more: Record<string, string> = {},
): Command {
  const command = mucwright(args, { cwd: authorFolder(files), env: { ...env, ...more } });
  commands.push(command);
  return command;
}

const KEEPER = `import { Bot, Command, MessageReceived } from "mucwright";
@Bot({ rooms: ["${LOBBY}"], nick: "keeper" })
export class Keeper {
  @Command("roll <sides:int>") roll(m: MessageReceived, { sides }: { sides: number }) { return "rolled d" + sides; }
}
`;

/** Somebody who is there before the bot is, and sees it come. */
async function watch(): Promise<TestUser> {
  server.room(LOBBY).open();
  return server.enter(LOBBY, "alice");
}

async function present(nick = "keeper"): Promise<void> {
  const isThere = (): boolean => server.room(LOBBY).occupants.some((occupant) => occupant.nick === nick);
  await until(`${nick} is there`, isThere, 60_000);
}

describe("mucwright run", { timeout: TIMEOUT_MS }, () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "runs a bot until %s, which it follows in order",
    async (signal) => {
      const alice = await watch();
      const command = start(["run", "bot.ts"], { "bot.ts": KEEPER });
      await present();
      await alice.say("!roll 6");
      expect((await alice.nextMessage()).text).toBe("rolled d6");
      command.signal(signal);
      const { status, stdout, stderr } = await command.ended;
      expect({ status, stdout, said: readErrors(stderr).said }).toEqual({ status: 0, stdout: "", said: "" });
      const last = alice.received.at(-1);
      expect(last?.attrs).toMatchObject({ from: `${LOBBY}/keeper`, type: "unavailable" });
      expect(server.room(LOBBY).occupants.map(({ nick }) => nick)).toEqual(["alice"]);
      expect(readErrors(stderr).log.every(({ level }) => level === "info")).toBe(true);
    },
  );

  it("ends by a signal while it connects, and that is no failure", async () => {
    let reached = false;
    const silent = createServer(() => (reached = true)).listen(0, "127.0.0.1");
    listeners.push(silent);
    await until("it listens", () => silent.listening);
    const { port } = silent.address() as { port: number };
    const command = start(
      ["run", "bot.ts"],
      { "bot.ts": KEEPER },
      { MUCWRIGHT_SERVICE: `xmpp://127.0.0.1:${port}` },
    );
    await until("it connects", () => reached, 60_000);
    command.signal("SIGTERM");
    const { status, stderr } = await command.ended;
    expect({ status, said: readErrors(stderr).said }).toEqual({ status: 0, said: "" });
  });

  it("ends although the bot left a timer running", async () => {
    await watch();
    const timer = `setInterval(() => {}, 1000);\n`;
    const command = start(["run", "bot.ts"], { "bot.ts": KEEPER + timer });
    await present();
    command.signal("SIGTERM");
    expect((await command.ended).status).toBe(0);
  });

  const MAIN = `import { run } from "mucwright";
    import { Keeper } from "./bot.js";
    await run(Keeper, { nick: "warden" });
    console.log("the bot has ended");
    `;

  it("outlives a promise that a handler forgot to await, and says so", async () => {
    const alice = await watch();
    const command = start(["run", "bot.ts"], {
      "bot.ts": `import { Bot, Command } from "mucwright";
@Bot({ rooms: ["${LOBBY}"], nick: "keeper" })
export class Keeper {
  @Command("save") save() { void this.store(); return "saved"; }
  async store() { throw new Error("disk full"); }
}
`,
    });
    await present();
    const answers = (): number =>
      alice.received.filter((stanza) => stanza.getChildText("body") === "saved").length;
    for (const times of [1, 2]) {
      await alice.say("!save");
      await until("the bot answers", () => answers() >= times);
    }
    command.signal("SIGTERM");
    const { status, stderr } = await command.ended;
    expect(status).toBe(0);
    expect(stderr).toContain("A promise that nobody awaited was rejected");
    expect(stderr).toContain("disk full");
  });

  it("says so when a room cannot be joined for now, and tries on", async () => {
    server.unreachable("rooms.example.org");
    const command = start(["run", "bot.ts"], { "bot.ts": KEEPER });
    await until(
      "the bot tells of the refusal",
      () => command.stderr.includes("it will be tried again"),
      TIMEOUT_MS,
    );
    expect(command.stderr).toContain(`${LOBBY} cannot be joined`);
    server.unreachable("rooms.example.org", false);
    await present();
    command.signal("SIGTERM");
    expect((await command.ended).status).toBe(0);
  });

  it("starts what a file hands to run itself, with one connection; what stands behind waits", async () => {
    const alice = await watch();
    const command = start(["run", "main.ts"], { "bot.ts": KEEPER, "main.ts": MAIN });
    await present("warden");
    await alice.say("!roll 6");
    expect((await alice.nextMessage()).text).toBe("rolled d6");
    expect(server.room(LOBBY).occupants).toHaveLength(2);
    expect(command.stdout).toBe("");
    command.signal("SIGTERM");
    const { status, stdout, stderr } = await command.ended;
    expect({ status, stdout }).toEqual({ status: 0, stdout: "the bot has ended\n" });
    expect(stderr.match(/Session established/g)).toHaveLength(1);
  });

  it("gives each call of run a session of its own", async () => {
    await watch();
    const two = `import { run, Bot } from "mucwright";
      @Bot({ rooms: ["${LOBBY}"] }) class Any {}
      void run(Any, { nick: "one" });
      void run(Any, { nick: "two" });`;
    const command = start(["run", "main.ts"], { "main.ts": two });
    await Promise.all([present("one"), present("two")]);
    command.signal("SIGTERM");
    expect((await command.ended).status).toBe(0);
  });

  it("is not needed: node --import mucwright/register runs the same file", async () => {
    const alice = await watch();
    const cwd = authorFolder({ "bot.ts": KEEPER, "main.ts": MAIN });
    const command = new Command(["--import", REGISTER, "main.ts"], { cwd, env });
    commands.push(command);
    await present("warden");
    await alice.say("warden: roll 6");
    expect((await alice.nextMessage()).text).toBe("rolled d6");
    expect(server.room(LOBBY).occupants).toHaveLength(2);
    command.signal("SIGINT");
    const { status, stdout } = await command.ended;
    expect({ status, stdout }).toEqual({ status: 0, stdout: "the bot has ended\n" });
  });

  it("reports what stands behind run, when that fails", async () => {
    await watch();
    const main = MAIN.replace(/console.log.*/, 'throw new Error("afterwards");');
    const command = start(["run", "main.ts"], { "bot.ts": KEEPER, "main.ts": main });
    await present("warden");
    command.signal("SIGTERM");
    const { status, stderr } = await command.ended;
    expect({ status, said: readErrors(stderr).said }).toEqual({
      status: 1,
      said: expect.stringMatching(/^mucwright: main.ts:4:\d+: afterwards\n$/),
    });
  });
});

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
    const { status, stdout, stderr } = await start(["run", "bot.ts"], { "bot.ts": file }, more).ended;
    const { log, said } = readErrors(stderr);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(said.match(/mucwright: /g)).toHaveLength(1);
    for (const message of messages) expect(said).toContain(message);
    expect(said).not.toMatch(/^\s+at /m);
    expect(stderr).not.toMatch(/s3cret|wr0ng/);
    expect(log.filter(({ level }) => level === "error")).toEqual([]);
  });

  it("for a file that is not there", async () => {
    const { status, stderr } = await start(["run", "none.ts"], {}).ended;
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/^mucwright: there is no file .*none\.ts\n$/),
    });
  });

  it("for a room that refuses for good", async () => {
    server.room(LOBBY).open().configure({ membersOnly: true });
    const { status, stderr } = await start(["run", "bot.ts"], { "bot.ts": KEEPER }).ended;
    expect(status).toBe(1);
    expect(readErrors(stderr).said).toMatch(
      /^mucwright: lobby@rooms\.example\.org cannot be joined: only members may enter: ask an admin of the room.*\n$/,
    );
  });

  it("for a host that nobody knows, and for one that nobody answers on", async () => {
    const patient = `import { run } from "mucwright"; import { Keeper } from "./bot.js";
      await run(Keeper, { connectTimeoutMs: 1500 });`;
    const files = { "bot.ts": KEEPER, "main.ts": patient };
    const [unknown, closed] = await Promise.all([
      start(["run", "main.ts"], files, { MUCWRIGHT_SERVICE: "xmpp://nobody.invalid:5222" }).ended,
      start(["run", "main.ts"], files, { MUCWRIGHT_SERVICE: "xmpp://127.0.0.1:1" }).ended,
    ]);
    for (const [{ status, stderr }, message] of [
      [unknown, "nobody.invalid"],
      [closed, "127.0.0.1:1"],
    ] as const) {
      const { said } = readErrors(stderr);
      expect(status).toBe(1);
      expect(said).toMatch(/^mucwright: .*\n  → .*MUCWRIGHT_SERVICE.*\n$/);
      expect(said).toContain(message);
    }
  });

  it("for a server without TLS on any but a loopback address", async () => {
    const { port } = new URL(env["MUCWRIGHT_SERVICE"] ?? "");
    const relay = createServer((socket) => {
      const onward = createConnection(Number(port), "127.0.0.1");
      for (const each of [socket, onward]) each.on("error", () => {});
      socket.pipe(onward).pipe(socket);
    }).listen(0, "0.0.0.0");
    listeners.push(relay);
    await until("it listens", () => relay.listening);
    const address = relay.address() as { port: number };
    const service = `xmpp://0.0.0.0:${address.port}`;
    const { status, stderr } = await start(
      ["run", "bot.ts"],
      { "bot.ts": KEEPER },
      { MUCWRIGHT_SERVICE: service },
    ).ended;
    expect(status).toBe(1);
    expect(readErrors(stderr).said).toMatch(/^mucwright: .*TLS.*\n  → The server needs TLS.*\n$/);
    expect(stderr).not.toContain("s3cret");
  });

  it("unless it is asked for one", async () => {
    const file = `import { Bot } from "mucwright"; @Bot() export class Keeper { constructor() { throw new Error("no config"); } }`;
    const { status, stderr } = await start(["run", "--verbose", "bot.ts"], { "bot.ts": file }).ended;
    expect(status).toBe(1);
    expect(stderr).toMatch(/^\s+at new Keeper \(.*bot\.ts:1:/m);
  });
});
