import { beforeAll, describe, expect, it } from "vitest";

import { BUILD_TIMEOUT_MS, ensureBuilt, mucwright, ROOT } from "../app/support/commands.js";

const TIMEOUT_MS = 120_000;

beforeAll(ensureBuilt, BUILD_TIMEOUT_MS);

describe("mucwright dev, with the examples", { timeout: TIMEOUT_MS }, () => {
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
        "lobby <carol> !strangers listen",
        "lobby <moderator> Only members get voice.",
        "lobby * dave has no voice",
        "lobby <moderator> to dave alone: Only members may speak at present.",
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
});
