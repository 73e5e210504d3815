import { describe, expect, it } from "vitest";

import { NickChoice } from "../../../src/muc/room/nick-choice.js";

const never = (error: unknown): never => {
  throw error;
};

describe("the nick of a room", () => {
  it("has none after the first where it is to fail", () => {
    const nicks = new NickChoice("a", "fail", never);
    expect([nicks.current, nicks.peek()]).toEqual(["a", null]);
    nicks.advance();
    expect(nicks.current).toBe("a");
  });

  it("gets suffixes, ten at most, and begins anew with what is wanted", () => {
    const nicks = new NickChoice("a", "suffix", never);
    const tried: (string | null)[] = [];
    for (let n = 0; n < 11; n++) {
      tried.push(nicks.peek());
      nicks.advance();
    }
    expect(tried).toEqual(["a-2", "a-3", "a-4", "a-5", "a-6", "a-7", "a-8", "a-9", "a-10", "a-11", null]);
    nicks.restart();
    expect([nicks.current, nicks.peek()]).toEqual(["a", "a-2"]);
  });

  it("asks a function once for each attempt, and prepares what it gives", () => {
    const asked: unknown[] = [];
    const nicks = new NickChoice("a", (nick, attempt) => (asked.push([nick, attempt]), "ﬁ"), never);
    expect(asked).toEqual([]);
    expect([nicks.peek(), nicks.peek(), nicks.peek()]).toEqual(["fi", "fi", "fi"]);
    nicks.advance();
    expect(nicks.current).toBe("fi");
    nicks.peek();
    expect(asked).toEqual([
      ["a", 1],
      ["a", 2],
    ]);
  });

  it("that the room gave is not the one that is wanted; one that we changed to is", () => {
    const nicks = new NickChoice("a", "suffix", never);
    nicks.given("guest-1");
    expect(nicks.current).toBe("guest-1");
    nicks.restart();
    expect(nicks.current).toBe("a");
    nicks.changed("b");
    nicks.restart();
    expect([nicks.current, nicks.peek()]).toEqual(["b", "b-2"]);
  });

  it.each<[string, (nick: string) => string | null]>([
    [
      "throws",
      () => {
        throw new Error("no idea");
      },
    ],
    ["gives a blank", () => " "],
    ["gives what no JID can hold", () => "a\nb"],
    ["gives nothing at all", () => undefined as never],
  ])("reports a function that %s, once", (_what, policy) => {
    const failures: unknown[] = [];
    const nicks = new NickChoice("a", policy, (error) => failures.push(error));
    expect([nicks.peek(), nicks.peek()]).toEqual([null, null]);
    expect(failures).toHaveLength(1);
  });
});
