import fc from "fast-check";
import { expect, it } from "vitest";

import { RecentKeys } from "../../../src/muc/room/recent-keys.js";

it("finds the last of the last so many that have a key, whatever was added, and nothing older", () => {
  const key = fc.option(fc.oneof(fc.constantFrom("a", "b", "c"), fc.string({ maxLength: 80 })));
  fc.assert(
    fc.property(fc.array(key, { maxLength: 60 }), key, (keys, wanted) => {
      const recent = new RecentKeys(8);
      const ring: (string | null)[] = [];
      for (const [n, each] of keys.entries()) {
        recent.add(each);
        ring[n % 8] = each;
      }
      const sought = wanted ?? "a";
      const at = keys.lastIndexOf(sought);
      const expected = at < 0 || at < keys.length - 8 ? -1 : at % 8;
      expect(recent.find(sought, (place) => ring[place] === sought)).toBe(expected);
    }),
    { numRuns: 500 },
  );
});
