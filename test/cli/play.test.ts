import { PassThrough } from "node:stream";

import { expect, it } from "vitest";

import { play } from "../../src/cli/play.js";
import { LINES_HELP } from "../../src/cli/visit-line.js";
import type { Visitor, VisitPlace } from "../../src/cli/visit.js";
import { ManualClock } from "../support/manual-clock.js";
import { eventually } from "../support/wait.js";
import { authorFolder } from "./loader/support/author.js";

/** A place where everything is noted down. */
class Notes implements VisitPlace {
  readonly lines: string[] = [];

  show(text: string): void {
    this.lines.push(text);
  }

  describe(speaker: string): string {
    return `You are ${speaker}.`;
  }

  promote(): void {}

  settled(): Promise<void> {
    return Promise.resolve();
  }

  enter({ nick }: { readonly nick: string }): Promise<Visitor> {
    const note = (text: string) => Promise.resolve(this.show(text));
    return Promise.resolve({
      nick,
      say: (text) => note(`${nick}: ${text}`),
      setNick: () => note("nick"),
      invite: () => note("invite"),
      askForVoice: () => note("voice"),
      leave: () => note(`${nick} leaves`),
    });
  }
}

/** A visit under way, by somebody at a terminal or not. */
function begin(isTTY: boolean, file = "none.ts") {
  const place = new Notes();
  const input = Object.assign(new PassThrough(), { isTTY });
  const errors = new PassThrough({ encoding: "utf8" });
  const clock = new ManualClock();
  const played = play(place, file, null, { input, output: new PassThrough(), errors, clock });
  return { place, input, errors, clock, played };
}

const GREETING = "You are guest. Say something; /enter NICK to be somebody else, /help for the rest.";

it("says at a terminal who one is, and who one becomes, lists the lines, explains what is none, and reads on", async () => {
  const { place, input, played } = begin(true);
  expect(place.lines).toEqual([GREETING]);
  input.end("hi\n/enter bob\n/enter bob\n/dance\n/enter eve as queen\n/help\nho\n/leave\nhm\n/quit\nnever\n");
  await played;
  expect(place.lines).toEqual([
    GREETING,
    "guest: hi",
    "You are bob now.",
    expect.stringMatching(/^There is no "\/dance" here: use \/enter, .*\/help/),
    expect.stringMatching(/^"queen" is nothing that one can enter as: /),
    LINES_HELP,
    "bob: ho",
    "bob leaves",
    "You are guest now.",
    "guest: hm",
  ]);
});

it("waits for what is piped, and says so, where there is no visit to play", async () => {
  const { place, input, errors, clock, played } = begin(false);
  clock.advance(999);
  expect(errors.read()).toBeNull();
  clock.advance(1);
  expect(errors.read()).toBe(
    "mucwright: this is no terminal: lines are read from standard input, to its end\n",
  );
  input.end("late\n");
  await played;
  expect(place.lines).toEqual(["guest: late"]);
});

it("does not wait long for a pipe that nobody writes into, where there is a visit", async () => {
  const folder = authorFolder({ "bot.visit": "visited\n" });
  const { place, errors, clock, played } = begin(false, `${folder}/bot.ts`);
  clock.advance(1_000);
  await played;
  expect([place.lines, errors.read()]).toEqual([["guest: visited"], null]);
});

it("reads what is piped as it comes, however long it takes, once something came", async () => {
  const folder = authorFolder({ "bot.visit": "visited\n" });
  const { place, input, errors, clock, played } = begin(false, `${folder}/bot.ts`);
  input.write("one\n");
  await eventually(() => place.lines.length === 1, { timeoutMs: 10_000, what: "the first line" });
  clock.advance(10_000);
  input.end("two\n");
  await played;
  expect([place.lines, errors.read()]).toEqual([["guest: one", "guest: two"], null]);
});
