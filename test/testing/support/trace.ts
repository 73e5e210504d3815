import { readFileSync } from "node:fs";

import type { Element, Node } from "../../../src/base/element.js";
import { StreamParser } from "../../../src/xmpp/stream-parser.js";

/** One line of a recording: what somebody sent, or got. */
export interface TraceEvent {
  readonly kind: "sent" | "recv";
  readonly who: string;
  readonly stanza: Element;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const TRACE = "urn:lab:trace";

/** Reads a recording of Prosody, from test/fixtures/traces/prosody. */
export function readTrace(name: string): readonly TraceEvent[] {
  const url = new URL(`../../fixtures/traces/prosody/${name}.xml`, import.meta.url);
  const text = readFileSync(url, "utf8").replaceAll(/<!--[^]*?-->/g, "");
  const events: TraceEvent[] = [];
  let begin = 0;
  const parser = new StreamParser({
    onStart: (trace) => {
      begin = Date.parse(trace.attrs["recorded"] ?? "");
    },
    onElement: (line) => {
      const kind = line.name === "sent" ? "sent" : "recv";
      const [stanza] = line.getChildElements();
      const who = line.attrs["by"] ?? line.attrs["to"] ?? "";
      if (line.xmlns === TRACE && stanza !== undefined)
        events.push({ kind, who, stanza, at: begin + Number(line.attrs["ms"]) });
    },
    onEnd: () => {},
  });
  parser.write(text);
  return events;
}

/** Names for what is random: the first id that is seen is `#1`, and so on; the same id has the same name. */
class Names {
  readonly #names = new Map<string, string>();

  of(id: string): string {
    const name = this.#names.get(id) ?? `#${this.#names.size + 1}`;
    this.#names.set(id, name);
    return name;
  }
}

function isDropped(child: Node): boolean {
  if (typeof child === "string") return false;
  // mod_vcard_legacy adds a picture's hash, mod_mam an id by the account; neither is part of a room.
  if (child.is("x", "vcard-temp:x:update")) return true;
  return child.is("stanza-id", "urn:xmpp:sid:0") && !(child.attrs["by"] ?? "").includes("conference");
}

/** Content that the two services word differently: forms and disco have tests of their own. */
function isOpaque(element: Element): boolean {
  return (
    element.is("x", "jabber:x:data") ||
    element.is("query", "http://jabber.org/protocol/disco#info") ||
    element.is("query", "http://jabber.org/protocol/disco#items")
  );
}

/** The stanza as a text that is equal for equal stanzas: attributes and extensions in order, random ids named. */
function canonical(element: Element, names: Pick<Names, "of">): string {
  const attrs = Object.entries(element.attrs)
    .filter(([name]) => name !== "xmlns" && name !== "xml:lang" && name !== "stamp")
    .map(([name, value = ""]) => `${name}=${isRandom(element, name, value) ? names.of(value) : value}`)
    .sort();
  const children = isOpaque(element)
    ? ["…"]
    : element.children
        .filter((child) => !isDropped(child))
        .map((child) => (typeof child === "string" ? JSON.stringify(child) : canonical(child, names)));
  // The order of extensions means nothing; that of several bodies does, but none are mixed here.
  const xmlns = element.xmlns ?? "jabber:client";
  return `${element.name}{${xmlns}}[${attrs.join(" ")}](${children.sort().join(",")})`;
}

function isRandom(element: Element, name: string, value: string): boolean {
  if (name !== "id") return false;
  return element.name === "occupant-id" || element.name === "stanza-id" || value.length >= 24;
}

/** Whether this is the presence of somebody else who is in the room: at a join they come in no order. */
function isSomebody(stanza: Element): boolean {
  const codes = stanza.getChild("x", "http://jabber.org/protocol/muc#user")?.getChildren("status") ?? [];
  return stanza.name === "presence" && stanza.attrs["type"] === undefined && codes.length === 0;
}

/** Stanzas in an order that is the same for both services, as texts to compare. */
export function comparable(stanzas: readonly Element[]): readonly string[] {
  const runs: Element[][] = [];
  for (const stanza of stanzas) {
    const last = runs.at(-1);
    const [first] = last ?? [];
    if (last !== undefined && first !== undefined && isSomebody(first) && isSomebody(stanza))
      last.push(stanza);
    else runs.push([stanza]);
  }
  const nameless = (stanza: Element): string => canonical(stanza, NAMELESS);
  const names = new Names();
  return runs
    .flatMap((run) => run.toSorted((a, b) => (nameless(a) < nameless(b) ? -1 : 1)))
    .map((stanza) => canonical(stanza, names));
}

const NAMELESS = { of: () => "#" };
