import { createBotApp, type BotAppOptions } from "../app/bot-app.js";
import { prefixOf } from "../app/speaking.js";
import { ArgumentError, MucwrightError } from "../base/errors.js";
import { silentLogger } from "../base/logger.js";
import { BotCompiler } from "../bot/compile.js";
import type { CommandHandler } from "../bot/compiled.js";
import { AuthoringError, type AuthoringMistake } from "../bot/errors.js";
import type { ExampleOptions } from "../bot/example-decorator.js";
import { featuresOfRooms, type FeatureClass } from "../bot/features.js";
import { exampleInput } from "../bot/help.js";
import { botSettings, type Class, type ExampleSpec, type ExpectedAnswer } from "../bot/metadata.js";
import { settle } from "./settle.js";
import { TestServer } from "./test-server.js";
import { readMessage } from "./user/message-queue.js";

/** What the bots run with: as `createBotApp`, but for the account, and what connects it. */
export type RunExamplesOptions = Partial<
  Omit<BotAppOptions, "bots" | "jid" | "password" | "service" | "connect" | "rooms" | "ca">
> & {
  /** The nick of who gives the commands; default `visitor`. */
  readonly visitor?: string;
};

/** An example, and what came of it. */
export interface RanExample {
  /** `Keeper.roll`. */
  readonly handler: string;
  /** What was said. */
  readonly input: string;
  readonly expected: ExpectedAnswer;
  /** What the bots said to it: one text for each message. */
  readonly answers: readonly string[];
  readonly passed: boolean;
}

/** Bots did not answer as their examples say. */
export class ExampleError extends MucwrightError {
  /** Those that did not pass. */
  readonly failed: readonly RanExample[];

  constructor(failed: readonly RanExample[]) {
    super("example", failed.map(describe).join("\n"));
    this.failed = failed;
  }
}

const ACCOUNT = "bot@example.org";
const SERVICE = "rooms.example.org";
const ROOM = `examples@${SERVICE}`;

function listOf(expected: ExpectedAnswer): readonly (string | RegExp)[] {
  return typeof expected === "string" || expected instanceof RegExp ? [expected] : expected;
}

function shown(lines: readonly (string | RegExp)[]): string {
  if (lines.length === 0) return "nothing";
  return lines.map((line) => (typeof line === "string" ? JSON.stringify(line) : String(line))).join(", ");
}

function describe({ handler, input, expected, answers }: RanExample): string {
  return `${handler}: ${JSON.stringify(input)} is to be answered with ${shown(listOf(expected))}, and was with ${shown(answers)}`;
}

function fits(answer: string, expected: string | RegExp): boolean {
  // what a global pattern remembers of one text is not to count for the next
  return typeof expected === "string"
    ? answer === expected
    : new RegExp(expected.source, expected.flags.replace(/[gy]/g, "")).test(answer);
}

/** One example, in a service, a room and an application of its own: no example knows of another. */
async function answersTo(
  bots: readonly Class[],
  { input, options }: ExampleSpec,
  bot: Class,
  { visitor = "visitor", ...how }: RunExamplesOptions,
  features: readonly FeatureClass[],
): Promise<{ readonly said: string; readonly answers: readonly string[] }> {
  const server = new TestServer({ domain: "example.org" });
  const app = createBotApp({
    logger: silentLogger,
    ...how,
    bots,
    jid: ACCOUNT,
    password: "examples",
    connect: server.connect,
    rooms: [{ jid: ROOM, features }],
  });
  try {
    await app.ready();
    const user = await server.enter(ROOM, visitor, options as ExampleOptions);
    // what somebody is greeted with is no answer
    await settle(app, SERVICE, () => user.received.length);
    const before = user.received.length;
    const said = exampleInput({ prefix: prefixOf(bot) }, input, app.nick);
    await user.say(said);
    await settle(app, SERVICE, () => user.received.length);
    const messages = user.received.slice(before).map((stanza) => readMessage(stanza, user.room, user.nick));
    const answers = messages.flatMap((message) => (message?.nick === app.nick ? [message.text] : []));
    return { said, answers };
  } finally {
    await app.stop();
    await server.close();
  }
}

/** Commands whose examples are run in a room of the same kind. */
interface ExampleSet {
  readonly bot: Class;
  /** What the bot has there beside what it has everywhere. */
  readonly features: readonly FeatureClass[];
  readonly commands: readonly CommandHandler[];
  readonly mistakes: readonly AuthoringMistake[];
}

/** The commands that a bot has everywhere, then those of each feature that only some of its rooms have. */
function exampleSets(type: Class): readonly ExampleSet[] {
  const compiler = new BotCompiler(type, prefixOf(type));
  const { bot, mistakes } = compiler.compile();
  const everywhere = { bot: type, features: [], commands: bot.commandList, mistakes };
  const ofRooms = featuresOfRooms(botSettings(type)?.rooms).filter((each) => !bot.classes.includes(each));
  return [
    everywhere,
    ...ofRooms.map((feature) => {
      const there = compiler.compile({ features: [feature] });
      const commands = there.bot.commandList.filter(({ owner }) => owner === feature);
      return { bot: type, features: [feature as FeatureClass], commands, mistakes: there.mistakes };
    }),
  ];
}

/**
 * Runs every `@Example` of some bots through the whole of them: a room, an occupant who says the input, the guards, the
 * command, and what is answered. Resolves with all examples when each was answered as it says. Rejects with
 * {@link ExampleError} that names those that were not, with `AuthoringError` for mistakes in the bots, with
 * `ArgumentError` where there is no example at all.
 */
export async function runExamples(
  bots: Class | readonly Class[],
  options: RunExamplesOptions = {},
): Promise<readonly RanExample[]> {
  const classes = typeof bots === "function" ? [bots] : bots;
  const sets = classes.flatMap(exampleSets);
  const mistakes = sets.flatMap((each) => each.mistakes);
  if (mistakes.length > 0) throw new AuthoringError(mistakes);
  const ran: RanExample[] = [];
  for (const { bot, features, commands } of sets)
    for (const { name: handler, about } of commands)
      for (const example of about.examples) {
        const { said: input, answers } = await answersTo(classes, example, bot, options, features);
        const { expected } = example;
        const wanted = listOf(expected);
        const passed =
          answers.length === wanted.length && wanted.every((each, index) => fits(answers[index] ?? "", each));
        ran.push({ handler, input, expected, answers, passed });
      }
  if (ran.length === 0) throw new ArgumentError("There is no @Example on any command of these bots");
  const failed = ran.filter(({ passed }) => !passed);
  if (failed.length > 0) throw new ExampleError(failed);
  return ran;
}
