// Recordings of real servers: what each participant wrote, and what reached it.
import { readFileSync } from "node:fs";

import type { Element } from "../../../src/base/element.js";
import { StreamParser } from "../../../src/xmpp/stream-parser.js";

export type Server = "prosody" | "ejabberd";
export const SERVERS: readonly Server[] = ["prosody", "ejabberd"];

/** One line of a recording: a step of its script, or a stanza that `who` sent or got. */
export type Line =
  | { readonly kind: "step"; readonly text: string }
  | { readonly kind: "sent" | "recv"; readonly who: string; readonly stanza: Element };

const TRACE = "urn:lab:trace";

/** Reads a recording. */
export function readRecording(server: Server, name: string): readonly Line[] {
  const url = new URL(`../../fixtures/traces/${server}/${name}.xml`, import.meta.url);
  const text = readFileSync(url, "utf8").replaceAll(
    /<!--\s*(.*?)\s*-->/gs,
    (_comment, step: string) => `<t:step>${step.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</t:step>`,
  );
  const lines: Line[] = [];
  const onElement = (line: Element): void => {
    const [stanza] = line.getChildElements();
    const who = line.attrs["by"] ?? line.attrs["to"] ?? "";
    if (line.name === "step") lines.push({ kind: "step", text: line.text() });
    else if (line.xmlns === TRACE && stanza !== undefined)
      lines.push({ kind: line.name === "sent" ? "sent" : "recv", who, stanza });
  };
  new StreamParser({ onStart: () => {}, onElement, onEnd: () => {} }).write(text);
  return lines;
}

/** Who got something in a recording, in order of appearance. */
export function participants(lines: readonly Line[]): readonly string[] {
  return [...new Set(lines.flatMap((line) => (line.kind === "recv" ? [line.who] : [])))];
}
