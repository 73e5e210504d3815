import { Bot, OnMessage } from "../../../src/bot/decorators.js";
import type { HandlerContext } from "../../../src/bot/handler-context.js";
import type { MessageReceived } from "../../../src/muc/events/messages.js";
import { turns } from "./bots-in-room.js";

/** A bot whose one handler does this; another says `next` to show that it was reached. */
export function botThat(handle: (m: MessageReceived, ctx: HandlerContext) => unknown): new () => object {
  @Bot()
  class Keeper {
    @OnMessage((m) => m.body !== "next") hear(m: MessageReceived, ctx: HandlerContext) {
      return handle(m, ctx) as string;
    }
    @OnMessage() next(m: MessageReceived) {
      return m.body === "next" ? "next" : null;
    }
  }
  return Keeper;
}

/** Each value some turns of the event loop after the one before. */
export async function* slowly<T>(...values: T[]): AsyncGenerator<T> {
  for (const value of values) {
    await turns();
    yield value;
  }
}
