// Forms that real servers sent.
import { readdirSync, readFileSync } from "node:fs";

import type { Element } from "../../../../src/base/element.js";
import { parseStanza } from "../../../support/fake-session.js";

export type Server = "prosody" | "ejabberd";

const FOLDER = new URL("../../../fixtures/forms/", import.meta.url);

/** Every recorded form: who sent it, and what it is. */
export const RECORDED: readonly (readonly [server: Server, name: string])[] = (
  ["prosody", "ejabberd"] as const
).flatMap((server) =>
  readdirSync(new URL(server, FOLDER)).map((file) => [server, file.replace(".xml", "")] as const),
);

/** The `<x/>`, as it came. */
export function recorded(server: Server, name: string): Element {
  return parseStanza(readFileSync(new URL(`${server}/${name}.xml`, FOLDER), "utf8").trim());
}
