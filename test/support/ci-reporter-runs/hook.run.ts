import { beforeAll, describe, expect, it } from "vitest";

describe("a suite whose hook throws", () => {
  beforeAll(() => {
    throw new Error("the hook is broken");
  });
  it("never runs", () => expect(1).toBe(1));
});
