import { forgotParentheses } from "./handler-decorator.js";
import type { MiddlewareClass } from "./guards/guard-decorators.js";
import type { Middleware } from "./guards/middleware.js";
import type { FeatureClass } from "./features.js";
import { injectable } from "./injection.js";
import type { InvitedRoom } from "../muc/invitations/invited-rooms.js";
import type { OnCause } from "../muc/causes.js";
import { recordBot } from "./metadata.js";
import type { InvitationPolicy } from "./policies/invitation-policy.js";
import type { BotTexts } from "./texts.js";
import type { RoleRequestPolicy } from "./policies/role-request-policy.js";

/** A room that a bot sits in. */
export interface BotRoom {
  /** The bare JID. */
  readonly jid: string;
  /** Another nick than the bot has elsewhere. */
  readonly nick?: string;
  /** The password of the room. */
  readonly password?: string;
  /** What to do here about causes of being out, where it is not what the bot does elsewhere. */
  readonly onCause?: OnCause;
  /** What commands begin with here, where it is not what they begin with elsewhere; null: only by mention. */
  readonly prefix?: string | null;
  /** What the bot can do here and not elsewhere, beside its own {@link BotSettings.features}. */
  readonly features?: readonly FeatureClass[];
}

/** How a bot takes invitations. */
export interface InvitedSettings {
  /** In how many rooms it may be by invitation at a time; default 50. */
  readonly maxRooms?: number;
  /** How old an invitation may be for policies to look at it, in milliseconds; default a day. Older ones they ignore. */
  readonly maxAgeMs?: number;
  /** How long an invitation can be decided, in milliseconds; default a day. */
  readonly expiresMs?: number;
  /** Told of each room that was entered by invitation, so that it can be entered again at the next start. */
  readonly keep?: (room: InvitedRoom) => void | Promise<void>;
}

/** What `@Bot` takes. */
export interface BotSettings {
  /** Where the bot sits. `MUCWRIGHT_ROOMS` and the options of `run` take their place. */
  readonly rooms?: readonly (string | BotRoom)[];
  /** Its nick; default the local part of the account. */
  readonly nick?: string;
  /**
   * How many instances there are of it: `app` (default), one for all rooms; `room`, one for each room, from joining it
   * until it is over for good. Such a bot, and its features, may ask for `Room` in their constructors.
   */
  readonly scope?: "app" | "room";
  /**
   * Classes whose methods handle events as the bot's own do: commands, messages and the rest, behind the bot's own and in
   * this order. What stands before the bot's handlers (`use`, `@Require` and the like on its class) stands before theirs.
   * Of each class there is one instance for an application, however many bots list it; for each room in a bot of
   * scope `room`.
   */
  readonly features?: readonly FeatureClass[];
  /**
   * What to do about causes of being out of a room: `{ banned: "rejoin", alternative: "follow" }`. What is not named is
   * left to the defaults; who is kicked comes back once, after a minute. Of several bots in a room the first that names
   * a cause counts.
   */
  readonly onCause?: OnCause;
  /** Decides about invitations; without it, and where it leaves one undecided, `@OnInvitation` methods do, or nobody. */
  readonly invitations?: InvitationPolicy;
  /** The rooms that are entered by invitation. Of several bots of an application the smallest bounds count. */
  readonly invited?: InvitedSettings;
  /** Decides about requests for voice; where it leaves one undecided, `@OnRoleRequest` methods do, or nobody. */
  readonly roleRequests?: RoleRequestPolicy;
  /** What commands begin with; default `!`. Null: commands only by mention (`keeper: roll 6`). */
  readonly prefix?: string | null;
  /** False: `help` is a command as any other, and nobody answers it unless somebody declares it. */
  readonly help?: boolean;
  /** What stands before each handler: middlewares, as in `@Use`. */
  readonly use?: readonly (Middleware | MiddlewareClass)[];
  /** `silent`: who may not give a command, or not so often, is not told so. */
  readonly refusals?: "silent";
  /** True: everybody may ask `whoami`, and `why <command>`, which tells what rule refuses them. */
  readonly explains?: boolean;
  /** What the bot says by itself, in other words or another language: `{ tooMuch: '"{word}" ist zu viel' }`. */
  readonly texts?: Partial<BotTexts>;
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
export { Example, type ExampleOptions } from "./example-decorator.js";
export * from "./event-decorators.js";
export {
  Cooldown,
  Require,
  Use,
  type GuardDecorator,
  type MiddlewareClass,
} from "./guards/guard-decorators.js";
export type { EventDecorator, EventMethod, HandlerDecorator } from "./handler-decorator.js";
export * from "./cron-decorator.js";
export * from "./invitation-decorators.js";
export * from "./lifecycle-decorators.js";
export * from "./role-request-decorators.js";
export * from "./message-decorators.js";
