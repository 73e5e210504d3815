import { CommandTable } from "./command-table.js";
import { CompiledClass, type ClassContext } from "./compile-class.js";
import type { CompiledBot, EventHandler } from "./compiled.js";
import type { BotSettings } from "./decorators.js";
import type { AuthoringMistake } from "./errors.js";
import { featureMistakes, featuresIn } from "./features.js";
import { botSettings, type Class } from "./metadata.js";
import { botOptionMistakes } from "./option-keys.js";
import { textProblems, textsOf } from "./texts.js";

/** A compiled bot, with every mistake that was found in it. */
export interface Compiled {
  readonly bot: CompiledBot;
  readonly mistakes: readonly AuthoringMistake[];
}

/** Where a bot is to have more than everywhere, or something else. */
export interface BotVariant {
  /** Beside those of `@Bot`. */
  readonly features?: readonly Class[];
  readonly prefix?: string | null;
}

/**
 * Compiles one bot for an application. What stands before a handler remembers who was there (a cooldown), so each class is
 * compiled once, however many rooms have it.
 */
export class BotCompiler {
  readonly #type: Class;
  readonly #prefix: string | null;
  readonly #settings: BotSettings;
  readonly #context: ClassContext;
  readonly #classes = new Map<Class, CompiledClass>();

  constructor(type: Class, prefix: string | null) {
    this.#type = type;
    this.#prefix = prefix;
    this.#settings = botSettings(type) ?? {};
    const { texts, refusals, use } = this.#settings;
    const mistakes = settingsMistakes(type, prefix, this.#settings);
    const context = { texts: textsOf(texts), tellsRefusals: refusals !== "silent" };
    const own = new CompiledClass(type, { ...context, use, outer: null, mistakes });
    this.#classes.set(type, own);
    this.#context = { ...context, outer: own.guards };
  }

  #classOf(type: Class): CompiledClass {
    let compiled = this.#classes.get(type);
    if (compiled === undefined) this.#classes.set(type, (compiled = new CompiledClass(type, this.#context)));
    return compiled;
  }

  /** The bot with its features: in general, or as it is somewhere. */
  compile({ features = [], prefix = this.#prefix }: BotVariant = {}): Compiled {
    const { help = true, explains = false, features: everywhere } = this.#settings;
    const types = [...new Set([this.#type, ...featuresIn(everywhere), ...features])];
    const classes = types.map((type) => this.#classOf(type));
    const commands = new CommandTable(prefix);
    for (const each of classes) for (const command of each.commands) commands.add(command);
    return {
      bot: {
        type: this.#type,
        classes: types,
        prefix,
        texts: this.#context.texts,
        help,
        explains,
        middlewares: classes.flatMap(({ guards }) => guards.slots),
        commands: commands.byWord,
        commandList: commands.list,
        messages: classes.flatMap(({ messages }) => messages),
        events: eventsOf(classes),
      },
      mistakes: [...classes.flatMap(({ mistakes }) => mistakes), ...commands.mistakes],
    };
  }
}

/** The handlers of several classes by the type of the event, in the order of the classes. */
function eventsOf(classes: readonly CompiledClass[]): ReadonlyMap<string, readonly EventHandler[]> {
  const events = new Map<string, EventHandler[]>();
  for (const [type, handler] of classes.flatMap((each) => each.events)) {
    const list = events.get(type);
    if (list === undefined) events.set(type, [handler]);
    else list.push(handler);
  }
  return events;
}

/** What a bot class and the features of its `@Bot` handle, and every mistake that was found in them. */
export function compileBot(type: Class, prefix: string | null): Compiled {
  return new BotCompiler(type, prefix).compile();
}

/** What is wrong with what `@Bot` was given. */
function settingsMistakes(
  type: Class,
  prefix: string | null,
  settings: BotSettings,
): readonly AuthoringMistake[] {
  const where = type.name;
  const { texts, refusals, scope, features } = settings;
  const mistakes = [...botOptionMistakes(where, settings), ...featureMistakes(where, features)];
  for (const problem of textProblems(texts))
    mistakes.push({ where, problem, fix: "Name texts of BotTexts, each with a text or a function" });
  const add = (problem: string, fix: string): void => void mistakes.push({ where, problem, fix });
  if (prefix === "")
    add(
      "its prefix is empty: every line would be a command",
      "Write prefix: null for commands by mention only",
    );
  if (refusals !== undefined && refusals !== "silent")
    add("its refusals are neither silent nor left out", 'Write refusals: "silent"');
  if (scope !== undefined && scope !== "app" && scope !== "room")
    add(
      `its scope is ${JSON.stringify(scope)}`,
      'Write scope: "room" for one instance a room, or leave it out',
    );
  return mistakes;
}
