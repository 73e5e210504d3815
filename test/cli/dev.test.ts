import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { beforeAll, describe, expect, it } from "vitest";

import { BUILD_TIMEOUT_MS, ensureBuilt, mucwright, ROOT } from "../app/support/commands.js";
import { authorFolder } from "./loader/support/author.js";

const TIMEOUT_MS = 120_000;

beforeAll(ensureBuilt, BUILD_TIMEOUT_MS);

const BOT = `import { Bot, Command, MessageReceived, OnJoin, OccupantJoined, OnEnter } from "mucwright";
@Bot({ nick: "echo" })
export class Echo {
  @OnJoin() greet(e: OccupantJoined) { return ["hi " + e.occupant.nick, "again"]; }
  @Command("say <text...>") async say(m: MessageReceived, { text }: { text: string }) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return m.nick + " says " + text;
  }
  @Command("fail") fail() { throw new Error("boom"); }
}
`;

describe("mucwright dev", { timeout: TIMEOUT_MS }, () => {
  it("plays lines from standard input, and waits for what each leads to", async () => {
    const folder = authorFolder({ "bot.ts": BOT });
    const visit =
      "# a remark\n\nhello\n!say one\n/nick bob\n!say  two  three \n/leave\n/enter carol\n/quit\nnever";
    for (const script of [["--script", "-"], []]) {
      const run = await mucwright(["dev", "bot.ts", ...script], { cwd: folder }).type(visit).ended;
      expect(run).toEqual({
        status: 0,
        stderr: "",
        stdout: [
          "lobby <echo> hi guest",
          "lobby <echo> again",
          "lobby <guest> hello",
          "lobby <guest> !say one",
          "lobby <echo> guest says one",
          "lobby <bob> !say  two  three",
          "lobby <echo> bob says two  three",
          "lobby <echo> hi carol",
          "lobby <echo> again",
          "",
        ].join("\n"),
      });
    }
  });

  it("plays a script, in the room of the bot, whatever the environment says", async () => {
    const folder = authorFolder({
      "bot.ts": `import { Bot, OnMessage, MessageReceived, run } from "mucwright";
        @Bot({ rooms: [{ jid: "den@muc.example.net", nick: "dee" }] })
        export class Dee { @OnMessage() hear(m: MessageReceived) { return m.body + "!"; } }
        await run(Dee, { service: "xmpp://nowhere.invalid", logLevel: "info" });
        console.log("over");`,
      "a.visit": "one\n",
    });
    const env = { MUCWRIGHT_ROOMS: "x@y", MUCWRIGHT_SERVICE: "nonsense", MUCWRIGHT_JID: "nonsense" };
    const run = await mucwright(["dev", "bot", "--script", "a.visit"], { cwd: folder, env }).ended;
    expect(run).toEqual({ status: 0, stderr: "", stdout: "den <guest> one\nden <dee> one!\nover\n" });
  });

  it("ends without a word where nobody reads what it shows any more", async () => {
    const line = `"${process.execPath}" dist/cli/main.js dev examples/poll.ts </dev/null | head -1`;
    const { stdout, stderr } = await promisify(execFile)("sh", ["-c", line], { cwd: ROOT });
    expect([stdout, stderr]).toEqual(["lobby <bob> !poll start Are we done?\n", ""]);
  });

  it("tells of a handler that fails, and where in the author's files, and goes on", async () => {
    const folder = authorFolder({ "bot.ts": BOT });
    const run = await mucwright(["dev", "bot.ts"], { cwd: folder }).type("!fail\n!say on\n").ended;
    expect(run.status).toBe(0);
    expect(run.stdout).toContain("<echo> guest says on");
    expect(run.stderr).toMatch(
      /^\d\d:\d\d:\d\d error A handler failed handler=Echo\.fail room=lobby@rooms\.example\.org ref=\w{4}: Error: boom\n {4}at Echo\.fail \(bot\.ts:9:\d+\)\n$/,
    );
    const verbose = await mucwright(["dev", "bot.ts", "--verbose"], { cwd: folder }).type("!fail\n").ended;
    expect(verbose.stderr).toMatch(/\n {4}at .*dist\/bot\/invoke\.js/);
  });

  it("warns of what would go wrong later", async () => {
    const folder = authorFolder({
      "bot.ts": `import { Bot, injectable } from "mucwright";
        @injectable() class Muted { readonly nicks = new Set<string>(); }
        @injectable() class List { constructor(readonly muted: Muted) {} }
        @Bot() export class Keeper { constructor(readonly muted: Muted, readonly list: List) {} }`,
    });
    const run = await mucwright(["dev", "bot.ts"], { cwd: folder }).type("hi\n").ended;
    expect(run).toMatchObject({ status: 0, stdout: "lobby <guest> hi\n" });
    expect(run.stderr).toMatch(
      /^\d\d:\d\d:\d\d warn {2}Each class that asks for this service .*service=Muted.*\n$/,
    );
  });

  it("names the @OnStart method that fails, and where in the author's files", async () => {
    const folder = authorFolder({
      "bot.ts": `import { Bot, OnStart } from "mucwright";
        @Bot() export class Keeper { @OnStart() async load() { throw new TypeError("no list"); } }`,
    });
    const run = await mucwright(["dev", "bot.ts"], { cwd: folder }).type("hi\n").ended;
    expect(run).toMatchObject({ status: 1, stdout: "" });
    expect(run.stderr).toMatch(
      /^mucwright: Keeper\.load \(@OnStart\): TypeError: no list\n {4}at Keeper\.load \(.*bot\.ts:2:\d+\)\n$/,
    );
    const verbose = await mucwright(["dev", "bot.ts", "--verbose"], { cwd: folder }).type("hi\n").ended;
    expect(verbose.stderr).toMatch(/\n {4}at .*dist\/app\/lifecycle\.js/);
  });

  it("shows what is said to the visitor alone, and what the visitor may not say, and goes on", async () => {
    const folder = authorFolder({
      "bot.ts": `import { Bot, Command, MessageReceived, OnRoleRequest, RoleRequest } from "mucwright";
        @Bot({ nick: "mod" })
        export class Mod {
          @OnRoleRequest() async asked(r: RoleRequest) { await r.deny({ tell: "not now" }); }
          @Command("secret") async secret(m: MessageReceived) { await m.whisper("psst"); return "told"; }
        }`,
    });
    const visit = "!secret\n/voice\nbut I want to\n/leave\n/enter eve\nhi\n";
    const run = await mucwright(["dev", "bot.ts"], { cwd: folder }).type(visit).ended;
    expect(run).toEqual({
      status: 0,
      stderr: "",
      stdout: [
        "lobby <guest> !secret",
        "lobby <mod> told",
        "lobby <mod> to guest alone: psst",
        "lobby * guest has no voice",
        "lobby <mod> to guest alone: not now",
        "lobby * guest cannot say that: You do not currently have permission to speak in this chat",
        "lobby * eve cannot say that: You do not currently have permission to speak in this chat",
        "",
      ].join("\n"),
    });
  });

  const VISIT = "/enter zoe\n!say visited\n";

  it("plays what is piped and not the visit beside the bot, which is played where nothing is", async () => {
    const folder = authorFolder({ "bot.ts": BOT, "bot.visit": VISIT });
    const play = async (input: string, ...more: string[]) =>
      (await mucwright(["dev", "bot.ts", ...more], { cwd: folder }).type(input).ended).stdout;
    expect(await play("\n/enter alice\n!say piped\n")).toBe(
      "lobby <echo> hi alice\nlobby <echo> again\nlobby <alice> !say piped\nlobby <echo> alice says piped\n",
    );
    for (const nothing of ["", "\n \n"]) expect(await play(nothing)).toContain("<echo> zoe says visited");
    expect(await play("/enter alice\n", "--script", "bot.visit")).not.toContain("alice");
  });

  it("plays the visit beside the bot where a pipe is open and nobody writes", async () => {
    const folder = authorFolder({ "bot.ts": BOT, "bot.visit": VISIT });
    const run = await mucwright(["dev", "bot.ts"], { cwd: folder }).ended;
    expect(run).toMatchObject({ status: 0, stderr: "" });
    expect(run.stdout).toContain("<echo> zoe says visited");
  });

  it("says so where nothing is said", async () => {
    const folder = authorFolder({ "bot.ts": BOT, "empty.visit": "\n" });
    const said = async (...more: string[]) => {
      const { status, stdout, stderr } = await mucwright(["dev", "bot.ts", ...more], { cwd: folder }).type("")
        .ended;
      expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
      return stderr;
    };
    expect(await said()).toBe(
      "mucwright: nothing was said: standard input is no terminal and empty, and there is no bot.visit beside bot.ts. " +
        "Write one, or pipe lines: printf '/enter alice\\nhello\\n' | mucwright dev bot.ts\n",
    );
    expect(await said("--script", "-")).toBe("mucwright: nothing was said: standard input is empty\n");
    expect(await said("--script", "empty.visit")).toBe("mucwright: nothing was said: empty.visit is empty\n");
  });

  const WARDEN = `import { Bot, Command, MessageReceived, Occupant, OnJoin, OccupantJoined, Require } from "mucwright";
    @Bot({ nick: "warden" })
    export class Warden {
      @OnJoin() async greet(e: OccupantJoined) { await e.room.sendPrivate(e.occupant, "be good"); }
      @Command("kick <who:occupant> [why...]") @Require({ role: "moderator" })
      async kick(m: MessageReceived, { who, why }: { who: Occupant; why?: string }) {
        await m.room.kick(who, { reason: why });
        return who.nick + " is out";
      }
      @Command("topic <text...>") async topic(m: MessageReceived, { text }: { text: string }) {
        await m.room.setSubject(text);
      }
    }`;

  it("lets a moderator bot be tried: made an admin by a line, by visitors of each rank, who can come back", async () => {
    const folder = authorFolder({ "bot.ts": WARDEN });
    const visit = [
      "/op",
      "/enter bob",
      "/enter alice as moderator",
      "!kick bob shouting",
      "/enter bob",
      "!kick alice",
      "/enter bob as admin",
      "!kick alice",
      "!topic peace",
      "/enter bob as visitor",
      "am I heard?",
    ].join("\n");
    const run = await mucwright(["dev", "bot.ts"], { cwd: folder }).type(visit).ended;
    expect(run).toEqual({
      status: 0,
      stderr: "",
      stdout: [
        "lobby * warden is an admin now",
        "lobby <warden> to bob alone: be good",
        "lobby <warden> to alice alone: be good",
        "lobby <alice> !kick bob shouting",
        "lobby * bob is kicked: shouting",
        "lobby <warden> bob is out",
        "lobby <warden> to bob alone: be good",
        "lobby <bob> !kick alice",
        "lobby <warden> You may not do that",
        "lobby <bob> !kick alice",
        "lobby * alice is kicked",
        "lobby <warden> alice is out",
        "lobby <bob> !topic peace",
        "lobby * warden sets the subject: peace",
        "lobby * bob cannot say that: You do not currently have permission to speak in this chat",
        "",
      ].join("\n"),
    });
  });

  it("only changes who speaks where somebody enters who is there, and shows once what is said to him alone", async () => {
    const folder = authorFolder({ "bot.ts": WARDEN });
    const visit =
      "/enter bob\n/enter bob\n/enter bob@example.org\nhi\n/enter alice\n/nick al\n/enter bob\nho\n/enter al\nhm\n";
    const run = await mucwright(["dev", "bot.ts"], { cwd: folder }).type(visit).ended;
    expect(run).toEqual({
      status: 0,
      stderr: "",
      stdout: [
        "lobby <warden> to bob alone: be good",
        "lobby <bob> hi",
        "lobby <warden> to alice alone: be good",
        "lobby <bob> ho",
        "lobby <al> hm",
        "",
      ].join("\n"),
    });
    const other = await mucwright(["dev", "bot.ts"], { cwd: folder }).type(
      "/enter bob\n/enter bob@evil.example",
    ).ended;
    expect(other.stderr).toContain('Nobody can enter as "bob": The service refused: conflict');
  });

  it("visits each of the rooms of a bot", async () => {
    const folder = authorFolder({
      "bot.ts": `import { Bot, Command, Room } from "mucwright";
        @Bot({ rooms: ["lobby@rooms.example.org", "games@muc.example.net"], nick: "two", scope: "room" })
        export class Two {
          #n = 0;
          constructor(private readonly room: Room) {}
          @Command("count") count() { return ++this.#n + " in " + this.room.jid.local; }
        }`,
    });
    const visit =
      "!count\n/enter bob in games\n!count\n/enter bob in lobby@rooms.example.org\n!count\n/enter al in den";
    const run = await mucwright(["dev", "bot.ts"], { cwd: folder }).type(visit).ended;
    expect(run).toEqual({
      status: 1,
      stderr:
        'mucwright: standard input:6: The bot is not in "den": it is in lobby@rooms.example.org, games@muc.example.net\n',
      stdout: [
        "lobby <guest> !count",
        "lobby <two> 1 in lobby",
        "games <bob> !count",
        "games <two> 1 in games",
        "lobby <bob> !count",
        "lobby <two> 2 in lobby",
        "",
      ].join("\n"),
    });
  });

  it.each([
    ["a line that is none", "hi\n/dance\n", [], 'standard input:2: There is no "/dance" here'],
    [
      "a line of a script that is none",
      "",
      ["--script", "bad.visit"],
      'bad.visit:3: "/leave now" is not understood',
    ],
    [
      "an invitation to an account",
      "/invite bot@example.org\n",
      [],
      'standard input:1: Nobody can be invited to "bot@example.org"',
    ],
    ["a script that is not there", "", ["--script", "none.visit"], "There is no script none.visit"],
    [
      "a nick that is taken",
      "/enter echo\n",
      [],
      'Nobody can enter as "echo": The service refused: conflict',
    ],
    ["another nick that is taken", "hi\n/nick echo\n", [], "standard input:2: The service refused: conflict"],
  ])("ends with one message for %s", async (_name, input, args, message) => {
    const folder = authorFolder({ "bot.ts": BOT, "bad.visit": "# bad\nhi\n/leave now\nhi\n" });
    const run = await mucwright(["dev", "bot.ts", ...args], { cwd: folder }).type(input).ended;
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(/^mucwright: .*\n$/);
    expect(run.stderr).toContain(message);
  });
});
