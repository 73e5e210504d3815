import { readFileSync } from "node:fs";
import { join } from "node:path";

import { beforeAll, describe, expect, it } from "vitest";

import { BUILD_TIMEOUT_MS, ensureBuilt, mucwright, ROOT } from "../app/support/commands.js";
import { ArgumentError } from "../../src/base/errors.js";
import { readLine } from "../../src/cli/visit.js";

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

describe("a line of a visit", () => {
  it.each([
    ["", { do: "nothing" }],
    ["  # remark", { do: "nothing" }],
    [" hello there ", { do: "say", text: "hello there" }],
    ["/enter alice", { do: "enter", nick: "alice", account: null, affiliation: null }],
    ["/enter alice as member", { do: "enter", nick: "alice", account: null, affiliation: "member" }],
    ["/enter alice as judge", { do: "enter", nick: "alice as judge", account: null, affiliation: null }],
    [
      "/enter bob@evil.example as admin",
      { do: "enter", nick: "bob", account: "bob@evil.example", affiliation: "admin" },
    ],
    [
      "/invite den@rooms.example.org come in",
      { do: "invite", room: "den@rooms.example.org", reason: "come in" },
    ],
    ["/voice", { do: "voice", affiliation: "none" }],
    ["/voice member", { do: "voice", affiliation: "member" }],
    ["/nick  two words", { do: "nick", nick: "two words" }],
    ["/leave", { do: "leave" }],
    ["/quit", { do: "quit" }],
  ])("%j", (line, expected) => {
    expect(readLine(line)).toEqual(expected);
  });

  it.each(["/enter", "/nick ", "/dance", "/invite nowhere", "/voice owner", "/"])("%j is none", (line) => {
    expect(() => readLine(line)).toThrow(ArgumentError);
  });
});
