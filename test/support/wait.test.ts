import { describe, expect, it } from "vitest";

import { eventually } from "./wait.js";

describe("eventually", () => {
  it("gives the first value that counts as true", async () => {
    let checks = 0;
    const value = await eventually(() => ++checks === 3 && "third", {
      timeoutMs: 1000,
      intervalMs: 1,
      what: "three",
    });
    expect(value).toBe("third");
    expect(checks).toBe(3);
  });

  it("says what it waited for, and what came of it last", async () => {
    const never = eventually(() => null, { timeoutMs: 20, intervalMs: 5, what: "a sign" });
    await expect(never).rejects.toThrow("not within 20 ms: a sign; the last value was null");
  });

  it("goes on after a check that throws, and tells of the last one", async () => {
    let checks = 0;
    const recovers = (): string => {
      if (++checks < 3) throw new Error("not yet");
      return "done";
    };
    expect(await eventually(recovers, { timeoutMs: 1000, intervalMs: 1, what: "an end" })).toBe("done");

    const cause = new Error("broken");
    const failure: unknown = await eventually(() => Promise.reject(cause), {
      timeoutMs: 20,
      intervalMs: 5,
      what: "a repair",
    }).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      cause,
      message: expect.stringMatching(/a repair; the check threw Error: broken/),
    });
  });

  it("does not wait for a check that hangs", async () => {
    const never = eventually(() => new Promise<string>(() => {}), { timeoutMs: 20, what: "an answer" });
    await expect(never).rejects.toThrow("an answer; the check was still running");
  });
});
