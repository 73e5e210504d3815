import { readFileSync } from "node:fs";
import { join } from "node:path";

import { beforeAll, describe, expect, it } from "vitest";

import { BUILD_TIMEOUT_MS, ensureBuilt, mucwright, ROOT } from "../app/support/commands.js";
import { ArgumentError } from "../../src/base/errors.js";
import { LINES_HELP, RANKS, readLine } from "../../src/cli/visit-line.js";

beforeAll(ensureBuilt, BUILD_TIMEOUT_MS);

describe("the command line", { timeout: 120_000 }, () => {
  it("tells its version, and what it can do", async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
    expect(await mucwright(["--version"], { cwd: ROOT }).ended).toEqual({
      status: 0,
      stdout: `${version}\n`,
      stderr: "",
    });
    const help = await mucwright(["--help"], { cwd: ROOT }).ended;
    expect(help).toMatchObject({ status: 0, stderr: "" });
    for (const word of ["run", "dev", "JID", "PASSWORD", "SERVICE", "ROOMS", "NICK", "CA", "LOG_LEVEL"])
      expect(help.stdout).toContain(word);
  });

  it("tells whoever asks for nothing what it can do", async () => {
    const run = await mucwright([], { cwd: ROOT }).ended;
    expect(run).toMatchObject({ status: 2, stdout: "" });
    expect(run.stderr).toMatch(/^mucwright: what shall be done\?\n\nmucwright: bots for XMPP rooms\n/);
  });

  it.each([
    [["walk"], 'there is no command "walk"'],
    [["rnu", "a.ts"], 'there is no command "rnu": did you mean run?'],
    [["run"], "run wants the file of a bot"],
    [["dev", "a.ts", "b.ts"], '"b.ts" is too much'],
    [["run", "a.ts", "--loud"], "there is no option --loud"],
    [["dev", "a.ts", "--room", "den"], "there is no option --room"],
    [["dev", "a.ts", "-x"], "there is no option -x"],
    [["dev", "a.ts", "--scirpt", "x"], "there is no option --scirpt: did you mean --script?"],
    [["dev", "--verbose=2", "a.ts"], "--verbose takes no value"],
    [["dev", "a.ts", "--script"], "--script wants a file, or - for standard input"],
    [["dev", "a.ts", "--script="], "--script wants a file, or - for standard input"],
    [["dev", "a.ts", "--script", "--verbose"], "--script wants a file, or - for standard input"],
    [["run", "a.ts", "--script", "x"], "--script is for dev"],
  ])("%j is answered with what is wrong, in one line", async (args, problem) => {
    expect(await mucwright(args, { cwd: ROOT }).ended).toEqual({
      status: 2,
      stdout: "",
      stderr: `mucwright: ${problem}${problem.endsWith("?") ? " See" : "; see"} mucwright --help\n`,
    });
  });
});

/** Somebody who comes in, unless it is said otherwise. */
const enter = (nick: string, more: object = {}) => ({
  do: "enter",
  nick,
  account: null,
  room: null,
  rank: null,
  ...more,
});

describe("a line of a visit", () => {
  it.each([
    ["", { do: "nothing" }],
    ["  # remark", { do: "nothing" }],
    [" hello there ", { do: "say", text: "hello there" }],
    ["/say /me waves", { do: "say", text: "/me waves" }],
    ["/enter alice", enter("alice")],
    ["/enter two words", enter("two words")],
    ["/enter alice as member", enter("alice", { rank: "member" })],
    ["/enter alice as moderator", enter("alice", { rank: "moderator" })],
    ["/enter alice  as  visitor", enter("alice", { rank: "visitor" })],
    ["/enter bob@evil.example as admin", enter("bob", { account: "bob@evil.example", rank: "admin" })],
    ["/enter alice in den", enter("alice", { room: "den" })],
    [
      "/enter alice in den@muc.example.net as owner",
      enter("alice", { room: "den@muc.example.net", rank: "owner" }),
    ],
    [
      "/invite den@rooms.example.org come in",
      { do: "invite", room: "den@rooms.example.org", reason: "come in" },
    ],
    ["/voice", { do: "voice", affiliation: "none" }],
    ["/voice member", { do: "voice", affiliation: "member" }],
    ["/op", { do: "op", affiliation: "admin" }],
    ["/op owner", { do: "op", affiliation: "owner" }],
    ["/nick  two words", { do: "nick", nick: "two words" }],
    ["/leave", { do: "leave" }],
    ["/help", { do: "help" }],
    ["/quit", { do: "quit" }],
  ])("%j", (line, expected) => {
    expect(readLine(line)).toEqual(expected);
  });

  it.each([
    ["/enter", '"/enter" is not understood: write /enter NICK [in ROOM] [as RANK]'],
    ["/nick ", '"/nick" is not understood: write /nick NICK'],
    ["/say", '"/say" is not understood: write /say TEXT'],
    ["/invite nowhere", '"/invite nowhere" is not understood: write /invite ROOM@SERVICE [REASON]'],
    ["/voice owner", '"/voice owner" is not understood: write /voice [member]'],
    ["/op member", '"/op member" is not understood: write /op [owner]'],
    ["/leave bob", '"/leave bob" is not understood: write /leave'],
    [
      "/enter alice as moderatr",
      '"moderatr" is nothing that one can enter as: write member, admin, owner, moderator, visitor',
    ],
    [
      "/enter alice as a judge",
      '"a judge" is nothing that one can enter as: write member, admin, owner, moderator, visitor',
    ],
    [
      "/enter alice as",
      '"" is nothing that one can enter as: write member, admin, owner, moderator, visitor',
    ],
    [
      "/dance",
      'There is no "/dance" here: use /enter, /nick, /leave, /op, /voice, /invite, /say, /help, /quit; /say /dance says it',
    ],
    ["/", /^There is no "\/" here: use /],
    ["/toString", /^There is no "\/toString" here: use /],
  ])("%j is none, and that is explained", (line, message) => {
    expect(() => readLine(line)).toThrow(ArgumentError);
    expect(() => readLine(line)).toThrow(message);
  });

  it("is listed, with each rank, in the help", () => {
    for (const word of [
      "/enter",
      "/nick",
      "/leave",
      "/op",
      "/voice",
      "/invite",
      "/say",
      "/help",
      "/quit",
      ...RANKS,
    ])
      expect(LINES_HELP).toContain(word);
    expect(LINES_HELP.split("\n").every((line) => line.length <= 120)).toBe(true);
  });
});
