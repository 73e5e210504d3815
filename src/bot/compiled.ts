import type { Guards, MiddlewareSlot } from "./guards/compile-guards.js";
import type { AnswerGoes, Class, EventSpec, ExampleSpec, HandlerOptions } from "./metadata.js";
import type { ScheduleSpec } from "./schedule.js";
import type { Template } from "./template.js";
import type { BotTexts } from "./texts.js";

/** A method to call, with the names that logs and errors give it. */
export interface HandlerRef {
  readonly method: string | symbol;
  /** `Keeper.roll`. */
  readonly name: string;
  /** What its bot says by itself; default: what bots say. */
  readonly texts?: BotTexts;
  /** What stands before it; undefined for nothing. */
  readonly guards?: Guards | undefined;
  /** Whether who is refused is told. */
  readonly tellsRefusals?: boolean;
}

/** A compiled handler of an event: which of those of its type it takes, and where what it returns goes. */
export interface EventHandler extends HandlerRef {
  /** The class whose method it is: the bot's, or that of one of its features. */
  readonly owner: Class;
  /** What its decorator said. */
  readonly spec: EventSpec;
  readonly options: HandlerOptions;
  readonly answer: AnswerGoes;
  /** What decides before the method is told, null for nothing. */
  readonly policy: unknown;
  /** When it is called, for what is called by the clock; else null. */
  readonly schedule: ScheduleSpec | null;
  /** Only what names us. */
  readonly mention: boolean;
  /** Lower case, for a text that has to be contained. */
  readonly text: string | null;
  /** A copy of the author's; what it remembers of one message is not to count for the next. */
  readonly pattern: RegExp | null;
  readonly test: ((message: never) => boolean) | null;
}

/** A compiled `@Command`. */
export interface CommandHandler extends HandlerRef {
  /** The class whose method it is: the bot's, or that of one of its features. */
  readonly owner: Class;
  readonly options: HandlerOptions;
  readonly template: Template;
  /** What is told of it, the same under each of its names. */
  readonly about: CommandAbout;
}

/** What is told of a command. */
export interface CommandAbout {
  readonly aliases: readonly string[];
  readonly description: string | null;
  readonly examples: readonly ExampleSpec[];
}

/** What a bot class and its features handle. Compiled once, when the application starts. */
export interface CompiledBot {
  readonly type: Class;
  /** The bot's own class, then its features. */
  readonly classes: readonly Class[];
  readonly prefix: string | null;
  /** By the first word of the command and of its aliases; the longest path first. */
  readonly commands: ReadonlyMap<string, readonly CommandHandler[]>;
  /** Each command once, by its own name, as they are declared. */
  readonly commandList: readonly CommandHandler[];
  /** Whether we answer `help` for it. */
  readonly help: boolean;
  /** Whether we answer `whoami` and `why` for it. */
  readonly explains: boolean;
  readonly texts: BotTexts;
  /** The middlewares that have to be made before anything is handled. */
  readonly middlewares: readonly MiddlewareSlot[];
  /** `@OnMessage` and `@OnMention`, as they are declared. */
  readonly messages: readonly EventHandler[];
  /** All others, by the type of the event. */
  readonly events: ReadonlyMap<string, readonly EventHandler[]>;
}
