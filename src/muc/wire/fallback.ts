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

/** What in the bodies is fallback: in order, and no two ranges touch. */
function fallbackOf(stanza: Element): readonly Range[] {
  const isFastened = stanza.getChild("apply-to", NS.fasten) !== undefined;
  const ranges = stanza
    .getChildren("fallback", NS.fallback)
    // Without `for` it belongs to the one old feature that had none (XEP-0424 v0).
    .filter(({ attrs }) => (attrs["for"] === undefined ? isFastened : READ.has(attrs["for"])))
    .flatMap(rangesOf)
    .filter(([start, end]) => start < end)
    .toSorted(([a], [b]) => a - b);
  const merged: Range[] = [];
  for (const [start, end] of ranges) {
    const last = merged.at(-1);
    if (last === undefined || start > last[1]) merged.push([start, end]);
    else merged[merged.length - 1] = [last[0], Math.max(last[1], end)];
  }
  return merged;
}

/**
 * The text of a body without what is only there for clients that lack a feature which we read (XEP-0428). Positions
 * count code points (XEP-0426).
 */
export function withoutFallback(text: string, stanza: Element): string {
  if (text === "" || stanza.getChild("fallback", NS.fallback) === undefined) return text;
  return cut(text, fallbackOf(stanza));
}

/** One pass, whatever the number of ranges: those behind the end are not looked at. */
function cut(text: string, ranges: readonly Range[]): string {
  if (ranges.length === 0) return text;
  const characters = Array.from(text);
  let kept = "";
  let at = 0;
  for (const [start, end] of ranges) {
    if (start >= characters.length) break;
    kept += characters.slice(at, start).join("");
    at = end;
  }
  return kept + characters.slice(at).join("");
}

/** Whether all that stands in the bodies of a message is there for clients that know no better. */
export function isAllFallback(stanza: Element): boolean {
  // Read once: a message may have thousands of bodies, in as many languages.
  const ranges = fallbackOf(stanza);
  for (const text of readTexts(stanza, "body").values()) if (cut(text, ranges).trim() !== "") return false;
  return true;
}
