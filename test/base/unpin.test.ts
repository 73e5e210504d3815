import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { unpin } from "../../src/base/unpin.js";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

/** Bytes of heap that stay when of each of 500 chunks of 16 KiB one piece of 50 characters is kept. */
function keptBytes(keep: (piece: string) => string): number {
  gc();
  const before = process.memoryUsage().heapUsed;
  const kept: string[] = [];
  for (let i = 0; i < 500; i++) {
    const chunk = Buffer.alloc(16_384, `chunk ${i} `).toString("latin1");
    kept.push(keep(chunk.slice(1000, 1050)));
  }
  gc();
  const bytes = process.memoryUsage().heapUsed - before;
  expect(kept).toHaveLength(500);
  return bytes;
}

describe("unpin", () => {
  it("changes no text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.nat(40), (text, from) => {
        const piece = `${text}\uD83D${text}`.slice(from);
        expect(unpin(piece)).toBe(piece);
      }),
    );
  });

  it("lets go of the chunk that the text was cut from", () => {
    expect(keptBytes((piece) => piece)).toBeGreaterThan(500 * 10_000);
    expect(keptBytes(unpin)).toBeLessThan(500 * 1_000);
  });
});
