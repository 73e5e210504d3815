import { forgotParentheses } from "./handler-decorator.js";
import { injectable } from "./injection.js";
import { recordBot } from "./metadata.js";

/** A room that a bot sits in. */
export interface BotRoom {
  /** The bare JID. */
  readonly jid: string;
  /** Another nick than the bot has elsewhere. */
  readonly nick?: string;
  /** The password of the room. */
  readonly password?: string;
}

/** What `@Bot` takes. */
export interface BotSettings {
  /** Where the bot sits. `MUCWRIGHT_ROOMS` and the options of `run` take their place. */
  readonly rooms?: readonly (string | BotRoom)[];
  /** Its nick; default the local part of the account. */
  readonly nick?: string;
  /** What commands begin with; default `!`. Null: commands only by mention (`keeper: roll 6`). */
  readonly prefix?: string | null;
}

/**
 * Marks a class as a bot. `mucwright run` starts each one that a file exports; each application has an instance of its
 * own, with what its constructor asks for.
 */
export function Bot(
  settings: BotSettings = {},
): <T extends abstract new (...args: never[]) => object>(target: T) => void {
  if (typeof settings === "function") return forgotParentheses(settings, null, "Bot");
  return (target) => {
    recordBot(target, settings);
    injectable()(target);
  };
}

export { Command, type CommandOptions } from "./command-decorator.js";
export * from "./event-decorators.js";
export type { EventDecorator, EventMethod, HandlerDecorator } from "./handler-decorator.js";
export * from "./message-decorators.js";
