import type { MessageReceived } from "../muc/events/messages.js";
import type { HandlerContext } from "./handler-context.js";
import { forgotParentheses, isBare, nameOf, type HandlerDecorator } from "./handler-decorator.js";
import { recordHandler, type HandlerOptions } from "./metadata.js";
import type { HandlerResult } from "./reply.js";
import type { ArgsOf, CheckTemplate } from "./template-types.js";

/** How a command works beside its template. */
export interface CommandOptions extends Pick<HandlerOptions, "corrections" | "missed" | "parallel"> {
  /** Other names of the command. */
  readonly aliases?: readonly string[];
  /** What it does, for the help: a few words. */
  readonly description?: string;
}

/**
 * Handles a command, `!name …` or `nick: name …`. The template is its usage line: `roll <sides:int> [times:int=1]`,
 * `say <text...>`, `size <of:small|large>`. The arguments come as second parameter, typed by the template
 * ({@link ArgsOf}). What the method returns goes to where the command came from: the room, or privately. A line that
 * does not fit is answered with what is wrong and the usage.
 */
export function Command<const T extends string>(
  template: CheckTemplate<T>,
  options: CommandOptions = {},
): HandlerDecorator<(message: MessageReceived, args: ArgsOf<T>, ctx: HandlerContext) => HandlerResult> {
  // oxlint-disable-next-line prefer-rest-params -- how many there are is what tells
  if (isBare(arguments))
    return forgotParentheses(template as unknown as object, nameOf(arguments), "Command");
  const { aliases = [], description = null, ...others } = options;
  const spec = {
    kind: "command",
    template: template as string,
    aliases,
    description,
    options: others,
  } as const;
  return (target, method, descriptor) => recordHandler(target, method, descriptor, spec, "Command");
}
