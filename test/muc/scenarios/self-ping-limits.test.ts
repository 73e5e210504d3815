import { describe, expect, it } from "vitest";

import type { SelfPing } from "../../../src/muc/room/self-ping.js";
import { Stage } from "../support/stage.js";

describe("181: the limits", () => {
  it("are those of the reference", async () => {
    const { room } = await new Stage().active();
    expect(room.selfPing).toEqual({
      softTimeoutMs: 780_000,
      hardTimeoutMs: 900_000,
      intervalMs: 120_000,
      timeoutMs: 480_000,
    });
  });

  it("keep what is not named, and what is set to nothing", async () => {
    const { room } = await new Stage().active();
    room.selfPing = { softTimeoutMs: 1_000 };
    room.selfPing = { timeoutMs: 2_000, ...({ intervalMs: undefined } as object) };
    expect(room.selfPing).toEqual({
      softTimeoutMs: 1_000,
      hardTimeoutMs: 900_000,
      intervalMs: 120_000,
      timeoutMs: 2_000,
    });
    expect(() => Object.assign(room.selfPing, { timeoutMs: 1 })).toThrow(TypeError);
  });

  const names: readonly (keyof SelfPing)[] = ["softTimeoutMs", "hardTimeoutMs", "intervalMs", "timeoutMs"];
  it.each(names.flatMap((name) => [0, -1, Number.NaN, Infinity, "1000", null].map((value) => [name, value])))(
    "refuse %s %s, and then nothing is changed",
    async (name, value) => {
      const { room } = await new Stage().active();
      const before = room.selfPing;
      expect(() => {
        room.selfPing = { softTimeoutMs: 5, [name as string]: value };
      }).toThrow(
        expect.objectContaining({ code: "argument", message: expect.stringContaining(String(name)) }),
      );
      expect(room.selfPing).toEqual(before);
    },
  );

  it("refuse what there is not, and what is no object", async () => {
    const { room } = await new Stage().active();
    for (const wrong of [{ softTimeout: 5 }, null, 5])
      expect(() => {
        room.selfPing = wrong as Partial<SelfPing>;
      }).toThrow(expect.objectContaining({ code: "argument" }));
  });
});
