import type { HandlerContext } from "./handler-context.js";
import { forgotParentheses, isBare, nameOf, PLAIN, type HandlerDecorator } from "./handler-decorator.js";
import type { SilentResult } from "./message-decorators.js";
import { recordHandler } from "./metadata.js";

/** A method that is called when the application starts or stops. */
export type LifecycleMethod = (ctx: HandlerContext) => SilentResult;

function lifecycle(name: string, event: "start" | "stop"): () => HandlerDecorator<LifecycleMethod> {
  return function decorate() {
    // oxlint-disable-next-line prefer-rest-params -- how many there are is what tells
    if (isBare(arguments)) return forgotParentheses(arguments[0] as object, nameOf(arguments), name);
    const spec = { ...PLAIN, event, answer: "nowhere" } as const;
    return (target, method, descriptor) => recordHandler(target, method, descriptor, spec, name);
  };
}

/**
 * Called before the application connects, bot after bot in the order in which they are declared: to open what the
 * handlers need. What it throws ends the start, which rejects with it. The method returns no text.
 */
export const OnStart: () => HandlerDecorator<LifecycleMethod> = lifecycle("OnStart", "start");

/**
 * Called when the application stops, in the reverse order: handlers have ended, the rooms are not left yet. Of every bot
 * whose `@OnStart` methods were done, also where the start failed after that. What it throws reaches the log, and the
 * others are called all the same. The method returns no text.
 */
export const OnStop: () => HandlerDecorator<LifecycleMethod> = lifecycle("OnStop", "stop");
