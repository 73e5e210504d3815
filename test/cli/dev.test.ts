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
  it("plays the visit beside the example, to the line", async () => {
    const run = await mucwright(["dev", "examples/keeper.ts"], { cwd: ROOT }).type("").ended;
    expect(run).toEqual({ status: 0, stderr: "", stdout: expect.any(String) });
    const lines = run.stdout.split("\n");
    expect(lines[4]).toMatch(/^lobby <keeper> alice rolls [1-6]$/);
    lines[4] = "…";
    expect(lines).toEqual([
      "lobby <keeper> Welcome, alice!",
      "lobby <alice> hello",
      "lobby <keeper> hello yourself",
      "lobby <alice> !roll 6",
      "…",
      "lobby <alice> !roll six",
      'lobby <keeper> sides: "six" is not a whole number. Usage: !roll <sides:int> [times:int=1]',
      "",
    ]);
  });

  it("plays the visit of the doorkeeper: who invites it to which room, and what it says to that", async () => {
    const run = await mucwright(["dev", "examples/doorkeeper.ts"], { cwd: ROOT }).type("").ended;
    expect(run).toEqual({
      status: 0,
      stderr: "",
      stdout: [
        "den * doorkeeper comes in",
        "den <doorkeeper> Thank you for the invitation. I will mind the door.",
        "trap * declined: I only keep the doors of rooms.example.org",
        "",
      ].join("\n"),
    });
  });

  it("plays the visit of the moderator: who asks for voice, and gets it or not", async () => {
    const run = await mucwright(["dev", "examples/moderator.ts"], { cwd: ROOT }).type("").ended;
    expect(run).toEqual({
      status: 0,
      stderr: "",
      stdout: [
        "lobby * alice has voice",
        "lobby <alice> thank you",
        "lobby <alice> !strangers listen",
        "lobby <moderator> You may not do that",
        "lobby * bob has voice",
        "lobby * bob has voice",
        "lobby * bob has no voice",
        "",
      ].join("\n"),
    });
  });

  it("plays the visit of the dice, which are addressed by their nick", async () => {
    const run = await mucwright(["dev", "examples/dice.ts"], { cwd: ROOT }).type("").ended;
    expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: "" });
    expect(run.stdout.split("\n").slice(0, 7)).toEqual([
      "lobby <alice> dice: roll 6",
      expect.stringMatching(/^lobby <dice> alice rolls [1-6]$/),
      "lobby <alice> dice, r 20 3",
      expect.stringMatching(/^lobby <dice> alice rolls \d+, \d+, \d+$/),
      "lobby <alice> dice: roll six",
      'lobby <dice> sides: "six" is not a whole number. Usage: dice: roll <sides:int> [times:int=1]',
      "lobby <alice> dice: help roll",
    ]);
  });

  it("plays the visit of the reminders, which are those of a person and not of a nick", async () => {
    const run = await mucwright(["dev", "examples/reminders.ts"], { cwd: ROOT }).type("").ended;
    expect(run).toEqual({
      status: 0,
      stderr: "",
      stdout: [
        "lobby <alice> !remind me in 10m to stretch",
        "lobby <memo> alice: in 10 min",
        "lobby <alice> !remind me in 2h call mum",
        "lobby <memo> alice: in 120 min",
        "lobby <alicia> !reminders",
        "lobby <memo> 1. to stretch, in 10 min",
        "2. call mum, in 120 min",
        "lobby <alicia> !forget 1",
        "lobby <memo> Forgotten: to stretch",
        "lobby <alicia> !reminders",
        "lobby <memo> 1. call mum, in 120 min",
        "",
      ].join("\n"),
    });
  });

  it("plays the visit of the poll: a member asks, which others may not, and votes once under two nicks", async () => {
    const run = await mucwright(["dev", "examples/poll.ts"], { cwd: ROOT }).type("").ended;
    const choices = ["1. tea", "2. coffee"];
    expect(run).toEqual({
      status: 0,
      stderr: "",
      stdout: [
        "lobby <bob> !poll start Are we done?",
        "lobby <pollster> You may not do that",
        "lobby <alice> !poll start Tea or coffee?",
        "lobby <pollster> What are the answers? Say them in one line, with commas",
        "lobby <alice> tea, coffee",
        "lobby <pollster> Tea or coffee?",
        ...choices,
        "lobby <alice> !poll add water",
        "lobby <pollster> Tea or coffee?",
        ...choices,
        "3. water",
        "lobby <alice> !poll vote 1",
        "lobby <pollster> alice votes for tea",
        "lobby <alicia> !poll vote 3",
        "lobby <pollster> alicia votes for water",
        "lobby <alicia> !poll close",
        "lobby <pollster> Tea or coffee?",
        "0 for tea",
        "0 for coffee",
        "1 for water",
        "",
      ].join("\n"),
    });
  });

  it("plays the visit of the quiz: the first right answer has the point, under any nick", async () => {
    const run = await mucwright(["dev", "examples/quiz.ts"], { cwd: ROOT }).type("").ended;
    expect(run).toEqual({
      status: 0,
      stderr: "",
      stdout: [
        "lobby <alice> !quiz",
        "lobby <quizzer> What is 6 times 7?",
        "lobby <alice> 41",
        "lobby <bob> 42",
        "lobby <quizzer> 42 it is, bob! That makes 1",
        "lobby <quizzer> Which planet is the largest?",
        "lobby <bob> Jupiter",
        "lobby <quizzer> Jupiter it is, bob! That makes 2",
        "lobby <quizzer> How many sides has a die?",
        "lobby <bobby> 6",
        "lobby <quizzer> 6 it is, bobby! That makes 3",
        "",
      ].join("\n"),
    });
  });

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

  it("tells of a handler that fails, and goes on", async () => {
    const folder = authorFolder({ "bot.ts": BOT });
    const run = await mucwright(["dev", "bot.ts"], { cwd: folder }).type("!fail\n!say on\n").ended;
    expect(run.status).toBe(0);
    expect(run.stdout).toContain("<echo> guest says on");
    expect(run.stderr.trim().split("\n")).toEqual([expect.stringContaining('"msg":"A handler failed"')]);
    expect(run.stderr).toContain("boom");
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

  it.each([
    ["a line that is none", "/dance\n", [], '"/dance" is no line of a visit'],
    ["an invitation to nowhere", "/invite nowhere\n", [], '"/invite nowhere" is no line of a visit'],
    [
      "an invitation to an account",
      "/invite bot@example.org\n",
      [],
      'Nobody can be invited to "bot@example.org"',
    ],
    ["a script that is not there", "", ["--script", "none.visit"], "There is no script none.visit"],
    ["a nick that is taken", "/enter echo\n", [], "echo"],
  ])("ends with one message for %s", async (_name, input, args, message) => {
    const folder = authorFolder({ "bot.ts": BOT });
    const run = await mucwright(["dev", "bot.ts", ...args], { cwd: folder }).type(input).ended;
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(/^mucwright: .*\n$/);
    expect(run.stderr).toContain(message);
  });
});
