import { types } from "node:util";

import type { RoomEntered } from "../muc/events/lifecycle.js";
import type { MessageReceived } from "../muc/events/messages.js";
import type { OccupantJoined } from "../muc/events/occupants.js";
import type { HandlerContext } from "./handler-context.js";
import { injectable } from "./injection.js";
import {
  recordBot,
  recordForgottenParentheses,
  recordHandler,
  type Class,
  type MessageFilter,
} from "./metadata.js";
import type { HandlerResult } from "./reply.js";
import type { ArgsOf, CheckTemplate } from "./template-types.js";

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

/** The prototype of a class, and not the class itself, to which static methods belong. */
type NotStatic = object & { readonly prototype?: never };

/** A method decorator that also checks the signature of the method. */
export type HandlerDecorator<Handler> = <T extends Handler>(
  target: NotStatic,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<T>,
) => void;

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

/**
 * A decorator without its parentheses is called with what it stands on. The compiler refuses that, but `mucwright run`
 * asks no compiler. Gives nothing, as TypeScript wants a decorator that changes nothing to.
 */
function forgotParentheses(target: object, method: string | symbol | null, decorator: string): never {
  // A bot without parentheses is a bot all the same: the start reports the mistake by its name.
  if (method === null) recordBot(target as Class, {});
  recordForgottenParentheses(target, method, decorator);
  return undefined as never;
}

/** Whether a decorator factory was called as the decorator itself: with prototype, name and descriptor. */
function isBare(args: IArguments): boolean {
  return args.length >= 2 && typeof args[0] === "object" && typeof args[1] === "string" && args[0] !== null;
}

function nameOf(args: IArguments): string {
  return String(args[1]);
}

/** How `@OnMessage` works beside its filter. */
export interface OnMessageOptions {
  /** Also what was said while the bot was out, as far as the room's history tells (`source: "missed"`). */
  readonly missed?: boolean;
}

/**
 * Handles what others say in the room, now: neither history nor what the bot says itself. A text has to be contained,
 * whatever its case; a RegExp has to match, and the match comes as second parameter; a function decides. What the
 * method returns is said in the room.
 */
export function OnMessage(
  filter: RegExp,
  options?: OnMessageOptions,
): HandlerDecorator<(message: MessageReceived, match: RegExpExecArray, ctx: HandlerContext) => HandlerResult>;
export function OnMessage(
  filter?: string | ((message: MessageReceived) => boolean) | OnMessageOptions,
  options?: OnMessageOptions,
): HandlerDecorator<(message: MessageReceived, ctx: HandlerContext) => HandlerResult>;
export function OnMessage(
  filter?: MessageFilter | OnMessageOptions,
  options: OnMessageOptions = {},
): HandlerDecorator<(...args: never[]) => HandlerResult> {
  // oxlint-disable-next-line prefer-rest-params -- how many there are is what tells
  if (isBare(arguments)) return forgotParentheses(filter as object, nameOf(arguments), "OnMessage");
  const plain = typeof filter === "object" && filter !== null && !types.isRegExp(filter);
  const { missed = false } = plain ? filter : options;
  const spec = { kind: "message", filter: plain ? null : (filter ?? null), missed } as const;
  return (target, method, descriptor) => recordHandler(target, method, descriptor, spec, "OnMessage");
}

/** How a command works beside its template. */
export interface CommandOptions {
  /** Other names of the command. */
  readonly aliases?: readonly string[];
  /** Also what was said while the bot was out, as far as the room's history tells (`source: "missed"`). */
  readonly missed?: boolean;
}

/**
 * Handles a command, `!name …` or `nick: name …`. The template is its usage line: `roll <sides:int> [times:int=1]`,
 * `say <text...>`, `size <of:small|large>`. The arguments come as second parameter, typed by the template
 * ({@link ArgsOf}). What the method returns is said in the room; a line that does not fit is answered with the usage.
 */
export function Command<const T extends string>(
  template: CheckTemplate<T>,
  options: CommandOptions = {},
): HandlerDecorator<(message: MessageReceived, args: ArgsOf<T>, ctx: HandlerContext) => HandlerResult> {
  // oxlint-disable-next-line prefer-rest-params -- how many there are is what tells
  if (isBare(arguments))
    return forgotParentheses(template as unknown as object, nameOf(arguments), "Command");
  const { aliases = [], missed = false } = options;
  const spec = { kind: "command", template: template as string, aliases, missed } as const;
  return (target, method, descriptor) => recordHandler(target, method, descriptor, spec, "Command");
}

/** Handles somebody coming in; with `initial` also those who are found there. What the method returns is said in the room. */
export function OnJoin(
  options: { readonly initial?: boolean } = {},
): HandlerDecorator<(event: OccupantJoined, ctx: HandlerContext) => HandlerResult> {
  // oxlint-disable-next-line prefer-rest-params -- how many there are is what tells
  if (isBare(arguments)) return forgotParentheses(options, nameOf(arguments), "OnJoin");
  const spec = { kind: "event", event: "join", initial: options.initial ?? false } as const;
  return (target, method, descriptor) => recordHandler(target, method, descriptor, spec, "OnJoin");
}

/** Handles entering the room, at the first join and at each rejoin. What the method returns is said in the room. */
export function OnEnter(): HandlerDecorator<(event: RoomEntered, ctx: HandlerContext) => HandlerResult> {
  // oxlint-disable-next-line prefer-rest-params -- how many there are is what tells
  if (isBare(arguments)) return forgotParentheses(arguments[0] as object, nameOf(arguments), "OnEnter");
  const spec = { kind: "event", event: "enter", initial: false } as const;
  return (target, method, descriptor) => recordHandler(target, method, descriptor, spec, "OnEnter");
}
