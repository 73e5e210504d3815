import { ArgumentError } from "../../base/errors.js";
import { XmppError } from "../../xmpp/xmpp-error.js";

/** When and how a silent room is asked whether we are still in (XEP-0410). All in milliseconds. */
export interface SelfPing {
  /** After so long without a presence or groupchat message the room is asked; default 13 minutes. */
  readonly softTimeoutMs: number;
  /** After so long it is `stale`; default 15 minutes. */
  readonly hardTimeoutMs: number;
  /** How long after one question the next is asked, give or take a tenth; default 2 minutes. */
  readonly intervalMs: number;
  /** How long the answer to one question may take; default 8 minutes. */
  readonly timeoutMs: number;
}

const MINUTE_MS = 60_000;

/** What holds where nobody says otherwise. */
export const SELF_PING: SelfPing = Object.freeze({
  softTimeoutMs: 13 * MINUTE_MS,
  hardTimeoutMs: 15 * MINUTE_MS,
  intervalMs: 2 * MINUTE_MS,
  timeoutMs: 8 * MINUTE_MS,
});

/** What is set, with what `changes` names changed. Throws {@link ArgumentError}. */
export function withSelfPing(set: SelfPing, changes: Partial<SelfPing>): SelfPing {
  if (typeof changes !== "object" || changes === null)
    throw new ArgumentError("selfPing is an object, such as { softTimeoutMs: 60_000 }");
  const next: Record<string, number> = { ...set };
  for (const [name, valueMs] of Object.entries(changes)) {
    if (!Object.hasOwn(SELF_PING, name))
      throw new ArgumentError(`selfPing has no ${name}, but ${Object.keys(SELF_PING).join(", ")}`);
    if (valueMs === undefined) continue;
    if (typeof valueMs !== "number" || !Number.isFinite(valueMs) || valueMs <= 0)
      throw new ArgumentError(
        `${name} of selfPing is a positive number of milliseconds, not ${String(valueMs)}`,
      );
    next[name] = valueMs;
  }
  return Object.freeze(next as unknown as SelfPing);
}

/**
 * What the answer to a question says:
 * - `in` we are in
 * - `unsure` nothing; it is asked again
 * - `missing` our nick is not there: our question and a change of nick may have crossed, so once says nothing
 * - `gone` we are out
 */
export type PingVerdict = "in" | "unsure" | "missing" | "gone";

/**
 * What was answered (null for a result). Our own client may have answered (the question is relayed to it, where the
 * room does not say `muc#self-ping-optimization`), or another one with our nick: that they know no ping proves that
 * they are in. The condition alone counts; servers disagree about the type (XEP-0410 §3.2).
 */
export function verdictOn(error: unknown): PingVerdict {
  if (error === null) return "in";
  if (!(error instanceof XmppError)) return "unsure";
  const { condition } = error;
  if (condition === "service-unavailable" || condition === "feature-not-implemented") return "in";
  if (condition.startsWith("remote-server-")) return "unsure";
  return condition === "item-not-found" ? "missing" : "gone";
}
