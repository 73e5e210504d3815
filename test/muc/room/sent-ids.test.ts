import { describe, expect, it } from "vitest";

import { SentIds } from "../../../src/muc/room/sent-ids.js";

describe("ids of messages of ours", () => {
  const sent = (count: number): SentIds => {
    const ids = new SentIds();
    for (let index = 0; index < count; index++) ids.add(`m${index}`, "a@b");
    return ids;
  };
  const known = (ids: SentIds, count: number): number =>
    Array.from({ length: count }, (_, index) => ids.get(`m${index}`)).filter((to) => to !== undefined).length;

  it.each([1, 255, 256, 257, 511, 512, 513, 100_000])(
    "of %i the latest are known, and never too many",
    (count) => {
      const ids = sent(count);
      const kept = known(ids, count);
      expect(kept).toBeGreaterThanOrEqual(Math.min(count, 256));
      expect(kept).toBeLessThanOrEqual(512);
      expect(ids.get(`m${count - 1}`)).toBe("a@b");
    },
  );

  it("are forgotten one by one, too, of whichever generation", () => {
    const ids = sent(300);
    for (const id of ["m0", "m299"]) {
      expect(ids.get(id)).toBe("a@b");
      ids.delete(id);
      expect(ids.get(id)).toBeUndefined();
    }
  });
});
