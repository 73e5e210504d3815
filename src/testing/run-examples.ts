import { createBotApp, type BotAppOptions } from "../app/bot-app.js";
import { prefixOf } from "../app/speaking.js";
import { systemClock } from "../base/clock.js";
import { ArgumentError } from "../base/errors.js";
import { silentLogger, type LogRecord } from "../base/logger.js";
import { BotCompiler } from "../bot/compile.js";
import type { CommandHandler } from "../bot/compiled.js";
import { AuthoringError, type AuthoringMistake } from "../bot/errors.js";
import type { ExampleOptions } from "../bot/example-decorator.js";
import { featuresOfRooms, type FeatureClass } from "../bot/features.js";
import { exampleInput } from "../bot/help.js";
import { botSettings, type Class, type ExampleSpec, type ExpectedAnswer } from "../bot/metadata.js";
import { ExampleError, linesOf, type RanExample } from "./example-error.js";
import { settle } from "./settle.js";
import { TestLog } from "./test-log.js";
import { TestServer } from "./test-server.js";
import { readMessage } from "./user/message-queue.js";

/** What the bots run with: as `createBotApp`, but for the account, and what connects it. */
export type RunExamplesOptions = Partial<
  Omit<BotAppOptions, "bots" | "jid" | "password" | "service" | "connect" | "rooms" | "ca">
> & {
  /** The nick of who gives the commands; default `visitor`. */
  readonly visitor?: string;
};

/** An example that can be run by itself. */
export interface BotExample {
  /** `Keeper.roll`. */
  readonly handler: string;
  /** What is said, as the example has it. */
  readonly input: string;
  readonly expected: ExpectedAnswer;
  /** Runs it. Rejects with `ExampleError` when it is answered in another way. */
  readonly run: () => Promise<RanExample>;
}

const ACCOUNT = "bot@example.org";
const SERVICE = "rooms.example.org";
const ROOM = `examples@${SERVICE}`;

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
  { visitor = "visitor", logger = silentLogger, ...how }: RunExamplesOptions,
  features: readonly FeatureClass[],
): Promise<{
  readonly said: string;
  readonly answers: readonly string[];
  readonly log: readonly LogRecord[];
}> {
  const log = new TestLog(how.clock ?? systemClock, logger);
  const server = new TestServer({ domain: "example.org" });
  const app = createBotApp({
    ...how,
    logger: log.logger,
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
    const answers = messages.flatMap((message) => (message?.nick === app.nick ? [message.body] : []));
    return { said, answers, log: log.records };
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

/** An example with how to run it, whatever comes of it. */
interface Prepared extends Omit<BotExample, "run"> {
  readonly play: () => Promise<RanExample>;
}

function prepare(bots: Class | readonly Class[], options: RunExamplesOptions): readonly Prepared[] {
  const classes = typeof bots === "function" ? [bots] : bots;
  const sets = classes.flatMap(exampleSets);
  const mistakes = sets.flatMap((each) => each.mistakes);
  if (mistakes.length > 0) throw new AuthoringError(mistakes);
  const prepared = sets.flatMap(({ bot, features, commands }) =>
    commands.flatMap(({ name: handler, about }) =>
      about.examples.map((example): Prepared => {
        const { input, expected } = example;
        const play = async (): Promise<RanExample> => {
          const { said, ...came } = await answersTo(classes, example, bot, options, features);
          return { handler, input: said, expected, ...came, passed: passes(came.answers, expected) };
        };
        return { handler, input, expected, play };
      }),
    ),
  );
  if (prepared.length === 0) throw new ArgumentError("There is no @Example on any command of these bots");
  return prepared;
}

function passes(answers: readonly string[], expected: ExpectedAnswer): boolean {
  const wanted = linesOf(expected);
  return answers.length === wanted.length && wanted.every((each, index) => fits(answers[index] ?? "", each));
}

/**
 * Every `@Example` of some bots, each to be run as a test of its own:
 * `it.each(examplesOf(Keeper))("$handler: $input", ({ run }) => run())`. Options and what it throws are those of
 * {@link runExamples}.
 */
export function examplesOf(
  bots: Class | readonly Class[],
  options: RunExamplesOptions = {},
): readonly BotExample[] {
  return prepare(bots, options).map(({ play, ...example }) => ({
    ...example,
    run: async () => {
      const ran = await play();
      if (!ran.passed) throw new ExampleError([ran]);
      return ran;
    },
  }));
}

/**
 * Runs every `@Example` of some bots through the whole of them: a room, an occupant who says the input, the guards, the
 * command, and what is answered. Resolves with all examples when each was answered as it says. Rejects with
 * `ExampleError` that names those that were not, and what was thrown where, with `AuthoringError` for mistakes in the
 * bots, with `ArgumentError` where there is no example at all.
 */
export async function runExamples(
  bots: Class | readonly Class[],
  options: RunExamplesOptions = {},
): Promise<readonly RanExample[]> {
  const ran: RanExample[] = [];
  for (const { play } of prepare(bots, options)) ran.push(await play());
  const failed = ran.filter(({ passed }) => !passed);
  if (failed.length > 0) throw new ExampleError(failed);
  return ran;
}
