import type { JID } from "../../base/jid.js";
import type { Occupant } from "../../muc/occupant.js";
import type { HandlerContext } from "../handler-context.js";
import { roomOf, type HandledEvent } from "../handler-failed.js";
import { occupantOf } from "./standing.js";

/** One call of a handler, as what stands before it sees it. */
export class HandlerCall {
  /** What the handler is called for. */
  readonly event: HandledEvent;
  /** `Keeper.roll`. */
  readonly handler: string;
  /** What the handler is called with: the event, then the arguments of a command, or the match of a pattern. */
  readonly args: readonly unknown[];
  /** As the handler gets it. */
  readonly ctx: HandlerContext;
  readonly #refuse: (rule: string, text: string | null) => void;

  constructor(
    fields: Pick<HandlerCall, "event" | "handler" | "args" | "ctx">,
    refuse: (rule: string, text: string | null) => void,
  ) {
    this.event = fields.event;
    this.handler = fields.handler;
    this.args = fields.args;
    this.ctx = fields.ctx;
    this.#refuse = refuse;
  }

  /** Who caused the event, null where that is nobody, or nobody known. */
  get occupant(): Occupant | null {
    return occupantOf(this.event);
  }

  /** The address of the room that it is about, null for none. */
  get room(): JID | null {
    return roomOf(this.event);
  }

  /**
   * Says why `next` is not called: `rule` goes to the log; `text`, where it is given, is what who gave a command is told
   * (`""`: nothing).
   */
  refuse(rule: string, text?: string): void {
    this.#refuse(rule, text ?? null);
  }
}

/**
 * Stands before handlers, by `@Use` or `use` of `@Bot`. It has the constructor of a class that is injected, and there is
 * one of it for each application.
 */
export abstract class Middleware {
  /**
   * Called for each call of a handler. `next` goes on, and resolves when the handler is done and what it returned was
   * sent; it rejects with what the handler threw. Not to call it is to refuse. What is thrown here is the handler's failure;
   * a `ReplyError` is a reply.
   */
  abstract handle(call: HandlerCall, next: () => Promise<void>): void | Promise<void>;
}
