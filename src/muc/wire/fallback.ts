import type { Element } from "../../base/element.js";
import { NS } from "./namespaces.js";
import { readTexts } from "./texts.js";

/** The features that we read ourselves: what stands in a body for those who do not is nothing that was said. */
const READ: ReadonlySet<string> = new Set([
  NS.reply,
  NS.reactions,
  NS.retract,
  NS.retractV0,
  NS.fasten,
  NS.moderate,
  NS.moderateV0,
]);

/** A part of a body, in characters. */
type Range = readonly [start: number, end: number];

/** XEP-0428 §3: one feature can have several ranges; where none is given, all of it is fallback. */
function rangesOf(fallback: Element): readonly Range[] {
  const bodies = fallback.getChildren("body");
  if (bodies.length === 0) return fallback.getChildElements().length === 0 ? [[0, Infinity]] : [];
  return bodies.map(({ attrs }) => [position(attrs["start"], 0), position(attrs["end"], Infinity)]);
}

/** What is no number is no reason to cut anything. */
function position(text: string | undefined, missing: number): number {
  if (text === undefined) return missing;
  return /^\d{1,9}$/.test(text) ? Number(text) : NaN;
}

/**
 * The text of a body without what is only there for clients that lack a feature which we read (XEP-0428). Positions
 * count code points (XEP-0426). Without `for` it belongs to the one old feature that had none (XEP-0424 v0).
 */
export function withoutFallback(text: string, stanza: Element): string {
  if (text === "" || stanza.getChild("fallback", NS.fallback) === undefined) return text;
  const ranges = stanza
    .getChildren("fallback", NS.fallback)
    .filter(({ attrs }) =>
      attrs["for"] === undefined
        ? stanza.getChild("apply-to", NS.fasten) !== undefined
        : READ.has(attrs["for"]),
    )
    .flatMap(rangesOf)
    .filter(([start, end]) => start < end)
    .toSorted(([a], [b]) => a - b);
  return ranges.length === 0 ? text : cut(Array.from(text), ranges);
}

/** One pass, whatever the number of ranges. */
function cut(characters: readonly string[], ranges: readonly Range[]): string {
  let kept = "";
  let at = 0;
  for (const [start, end] of ranges) {
    if (start > at) kept += characters.slice(at, start).join("");
    at = Math.max(at, end);
  }
  return kept + characters.slice(at).join("");
}

/** Whether all that stands in the bodies of a message is there for clients that know no better. */
export function isAllFallback(stanza: Element): boolean {
  return [...readTexts(stanza, "body").values()].every((text) => withoutFallback(text, stanza).trim() === "");
}
