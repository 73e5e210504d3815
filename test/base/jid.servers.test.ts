import { describe, expect, inject, it } from "vitest";

import { JID } from "../../src/base/jid.js";
import { Prosody } from "../support/servers/prosody.js";

const CHUNK = 4096;
/** The planes that characters are in. */
const END = 0x40000;

/** What a server's nodeprep makes of each character between two letters: itself ("="), nothing ("-"), or something else. */
const nodeprep = (from: number): string =>
  `(function()
  local prep, out = require "util.encodings".stringprep.nodeprep, {}
  for code = ${from}, ${from + CHUNK - 1} do
    local text = (code < 0xD800 or code > 0xDFFF) and "a" .. utf8.char(code) .. "b" or ""
    local made = prep(text)
    out[#out + 1] = (made == nil or text == "") and "-" or made == text and "=" or made
  end
  return table.concat(out, " ")
end)()`.replace(/\s+/g, " ");

// Only this one can be asked what it makes of a text.
const [prosody] = inject("realServers").filter(({ place }) => place.name === "prosody");

describe.skipIf(prosody?.missing !== null)("the local part of an address", () => {
  it("is, for each character, what Prosody makes of it, or refused by one of us", async () => {
    if (prosody === undefined) throw new Error("no Prosody among the servers");
    const server = new Prosody(prosody.place);
    const differing: string[] = [];
    let alike = 0;
    for (let from = 0; from < END; from += CHUNK) {
      const theirs = (await server.lua(nodeprep(from))).split(" ");
      for (const [offset, made] of theirs.entries()) {
        const code = from + offset;
        if (made === "-" || code === 0x2f || code === 0x40) continue;
        const text = `a${String.fromCodePoint(code)}b`;
        const ours = JID.tryParse(`${text}@x`)?.local;
        if (ours === undefined) continue;
        if (ours === (made === "=" ? text : made)) alike++;
        else differing.push(`U+${code.toString(16)}: ${ours}, ${made}`);
      }
    }
    expect(differing).toEqual([]);
    expect(alike).toBeGreaterThan(90_000);
  });
});
