import type { Clock } from "../base/clock.js";
import type { Element } from "../base/element.js";
import { LanguageMap } from "../base/language-map.js";
import type { Logger } from "../base/logger.js";
import type { Prepare } from "../muc/room-host.js";
import type { Draft } from "../muc/wire/draft.js";
import { answeredBy } from "./answered.js";
import { BOT_MARK_ELEMENT, isBotMarked } from "./bot-mark.js";
import { LoopCap, type LoopLimits } from "./loop-cap.js";
import { splitText } from "./split.js";

const ONLY_MARK = [BOT_MARK_ELEMENT];

/** How what bots say is shaped. */
export interface PrepareOptions extends LoopLimits {
  /** How long one message may be, in bytes of UTF-8: what is longer is said in several. */
  readonly maxMessageBytes: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The texts of each part, by language: a language whose text is shorter has none in the last ones. */
function splitBodies(body: string | LanguageMap, maxBytes: number): readonly (string | LanguageMap)[] {
  if (typeof body === "string") return splitText(body, maxBytes);
  const byLanguage = [...body].map(([language, text]) => [language, splitText(text, maxBytes)] as const);
  const count = Math.max(1, ...byLanguage.map(([, parts]) => parts.length));
  if (count === 1) return [body];
  return Array.from({ length: count }, (_, index) => {
    const entries = byLanguage.flatMap(([language, parts]) => {
      const part = parts[index];
      return part === undefined ? [] : [[language, part] as const];
    });
    return new LanguageMap(entries);
  });
}

/**
 * One draft in several: what belongs to it as a whole stays with the first. Each marks those whom it names; of whom no
 * part names, the first does.
 */
function splitDraft(draft: Draft, maxBytes: number): readonly Draft[] {
  const { body, thread, mentions = [] } = draft;
  if (body === undefined || (typeof body === "string" && body.length * 3 <= maxBytes)) return [draft];
  const bodies = splitBodies(body, maxBytes);
  if (bodies.length === 1) return [draft];
  const left = new Set(mentions);
  const parts = bodies.map((part): Draft => {
    const text = typeof part === "string" ? part : [...part.values()].join("\n");
    const named = [...left].filter((each) => text.includes(typeof each === "string" ? each : each.nick));
    for (const each of named) left.delete(each);
    return {
      body: part,
      extensions: ONLY_MARK,
      ...(thread !== undefined && { thread }),
      ...(named.length > 0 && { mentions: named }),
    };
  });
  const [first = {}, ...rest] = parts;
  const named = [...(first.mentions ?? []), ...left];
  return [{ ...draft, body: first.body ?? "", mentions: named }, ...rest];
}

/**
 * What bots say, before it is sent: marked as said by a bot, in parts that are not too long, and not at all where it
 * would be one answer too many.
 */
export function botPrepare(options: PrepareOptions): Prepare {
  const cap = new LoopCap(options.clock, options.logger, options);
  return (draft, cause) => {
    const answered = cause ?? answeredBy(draft);
    if (answered !== null) {
      const { stanza } = answered as { readonly stanza?: Element | null };
      if (!cap.allows(answered, stanza != null && isBotMarked(stanza))) return [];
    }
    if (draft.body === undefined) return [draft];
    const extensions = draft.extensions === undefined ? ONLY_MARK : [...draft.extensions, BOT_MARK_ELEMENT];
    return splitDraft({ ...draft, extensions }, options.maxMessageBytes);
  };
}
