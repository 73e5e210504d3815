import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { createInterface } from "node:readline/promises";
import type { Readable, Writable } from "node:stream";

import { systemClock, type Clock } from "../base/clock.js";
import { ArgumentError, messageOf, MucwrightError } from "../base/errors.js";
import { Visit, type VisitPlace } from "./visit.js";

/** What a visit is typed or piped into, and answered on. */
export interface Streams {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable;
  readonly errors: Writable;
  readonly clock?: Clock;
}

/** How long a pipe may stay silent before the visit beside the bot is played: many a pipe is open, and nobody writes. */
const SILENT_PIPE_MS = 1_000;

/** Plays lines; what is wrong with one ends the visit, and is told with its place. False where there were none. */
async function playLines(
  place: VisitPlace,
  lines: Iterable<string> | AsyncIterable<string>,
  name: string,
): Promise<boolean> {
  const visit = new Visit(place);
  let number = 0;
  let any = false;
  for await (const line of lines) {
    number++;
    any ||= line.trim() !== "";
    try {
      if (!(await visit.play(line))) break;
    } catch (error) {
      if (!(error instanceof MucwrightError)) throw error;
      throw new ArgumentError(`${name}:${number}: ${messageOf(error)}`, { cause: error });
    }
  }
  return any;
}

function fileLines(path: string): readonly string[] {
  if (!existsSync(path)) throw new ArgumentError(`There is no script ${path}`);
  return readFileSync(path, "utf8").split("\n");
}

/** What is piped; null where that is nothing, or where nothing comes and `onSilence` says not to wait for it. */
async function pipedLines(
  input: Readable,
  clock: Clock,
  onSilence: () => "wait" | "give up",
): Promise<AsyncIterable<string> | null> {
  const reading = createInterface({ input });
  const lines = reading[Symbol.asyncIterator]();
  const blank: string[] = [];
  const first = (async (): Promise<string | null> => {
    for (;;) {
      const { done, value } = await lines.next();
      if (done === true) return null;
      if (value.trim() !== "") return value;
      blank.push(value);
    }
  })();
  const silence = new Promise<string | null>((resolve) => {
    const timer = clock.setTimeout(() => {
      if (onSilence() === "give up") resolve(null);
    }, SILENT_PIPE_MS);
    const cancel = (): void => timer.cancel();
    first.then(cancel, cancel);
  });
  const found = await Promise.race([first, silence]);
  if (found !== null)
    return (async function* () {
      yield* blank;
      yield found;
      yield* lines;
    })();
  reading.close();
  return null;
}

/** Lines from a terminal; one that is none is explained, and the next one is read. */
export async function playTerminal(place: VisitPlace, { input, output }: Streams): Promise<void> {
  const visit = new Visit(place);
  let { speaker } = visit;
  place.show(
    `${place.describe(speaker)} Say something; /enter NICK to be somebody else, /help for the rest.`,
  );
  for await (const line of createInterface({ input, output })) {
    try {
      if (!(await visit.play(line))) return;
    } catch (error) {
      place.show(messageOf(error));
    }
    if (visit.speaker !== speaker) place.show(`You are ${visit.speaker} now.`);
    ({ speaker } = visit);
  }
}

/** `keeper.ts` is visited by `keeper.visit`, where there is no terminal to visit it from. */
function visitOf(file: string): string {
  return `${file.replace(/\.[cm]?[jt]sx?$/, "")}.visit`;
}

/**
 * Visits the bot of a file: by the script that is named (`-` is standard input, to its end), else from the terminal, else
 * by what is piped, else by the visit beside the file.
 */
export async function play(
  place: VisitPlace,
  file: string,
  script: string | null,
  streams: Streams,
): Promise<void> {
  const { input, errors, clock = systemClock } = streams;
  const tell = (what: string): void => void errors.write(`mucwright: ${what}\n`);
  if (script !== null && script !== "-") {
    if (!(await playLines(place, fileLines(script), script))) tell(`nothing was said: ${script} is empty`);
    return;
  }
  if (script === null && input.isTTY === true) return playTerminal(place, streams);
  const visit = visitOf(file);
  const isVisited = script === null && existsSync(visit);
  const piped = await pipedLines(input, clock, () => {
    if (isVisited) return "give up";
    tell("this is no terminal: lines are read from standard input, to its end");
    return "wait";
  });
  if (piped !== null) await playLines(place, piped, "standard input");
  else if (isVisited) await playLines(place, fileLines(visit), visit);
  else if (script !== null) tell("nothing was said: standard input is empty");
  else
    tell(
      `nothing was said: standard input is no terminal and empty, and there is no ${basename(visit)} beside ` +
        `${basename(file)}. Write one, or pipe lines: printf '/enter alice\\nhello\\n' | mucwright dev ${file}`,
    );
}
