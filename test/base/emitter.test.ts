import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { Emitter } from "../../src/base/emitter.js";

interface Events {
  readonly said: string;
  readonly left: number;
}

class Source extends Emitter<Events> {
  readonly failures: [string, unknown][] = [];

  constructor(report: "keep" | "throw" | "none" = "keep") {
    super();
    if (report === "none") return;
    this.listenerFailed = (error, event) => {
      this.failures.push([event, error]);
      if (report === "throw") throw new Error("the logger is broken, too");
    };
  }

  say(text: string): void {
    this.emit("said", text);
  }

  heard(event: keyof Events): boolean {
    return this.hears(event);
  }
}

const unhandled: unknown[] = [];
const collect = (error: unknown): void => void unhandled.push(error);

beforeEach(() => {
  unhandled.length = 0;
  process.on("unhandledRejection", collect);
});
afterEach(() => {
  process.off("unhandledRejection", collect);
});

/** Rejections are reported as unhandled before timers run. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe("emitting", () => {
  it("calls listeners at once, in the order they were added, with the value", () => {
    const source = new Source();
    const heard: string[] = [];
    source.on("said", (text) => heard.push(`1 ${text}`));
    source.on("said", (text) => heard.push(`2 ${text}`));
    source.on("left", () => heard.push("left"));
    source.say("a");
    expect(heard).toEqual(["1 a", "2 a"]);
  });

  it("goes by the list as it was when it began", () => {
    const source = new Source();
    const heard: string[] = [];
    source.on("said", () => {
      heard.push("first");
      endSecond();
      source.on("said", () => heard.push("late"));
    });
    const endSecond = source.on("said", () => heard.push("second"));
    source.say("a");
    expect(heard).toEqual(["first", "second"]);
    heard.length = 0;
    source.say("b");
    expect(heard).toEqual(["first", "late"]);
  });

  it("tells whether anybody listens", () => {
    const source = new Source();
    expect(source.heard("said")).toBe(false);
    const end = source.on("said", () => {});
    expect([source.heard("said"), source.heard("left")]).toEqual([true, false]);
    end();
    expect(source.heard("said")).toBe(false);
  });
});

describe("a listener that fails", () => {
  it("is reported and stays, and the others are called", () => {
    const source = new Source();
    const heard: string[] = [];
    const error = new Error("no");
    source.on("said", () => {
      throw error;
    });
    source.on("said", (text) => heard.push(text));
    source.say("a");
    source.say("b");
    expect(heard).toEqual(["a", "b"]);
    expect(source.failures).toEqual([
      ["said", error],
      ["said", error],
    ]);
  });

  it("is reported when its promise rejects, which nobody has to handle", async () => {
    const source = new Source();
    const error = new Error("later");
    source.on("said", async () => {
      await Promise.resolve();
      throw error;
    });
    source.say("a");
    await settled();
    expect(source.failures).toEqual([["said", error]]);
    expect(unhandled).toEqual([]);
  });

  it.each(["throw", "none"] as const)("harms nobody where reporting is %s", async (report) => {
    const source = new Source(report);
    const heard: string[] = [];
    source.on("said", () => {
      throw new Error("at once");
    });
    source.on("said", () => Promise.reject(new Error("later")));
    source.on("said", (text) => heard.push(text));
    source.say("a");
    await settled();
    expect(heard).toEqual(["a"]);
    expect(unhandled).toEqual([]);
  });
});

describe("ending", () => {
  it("works by the function that on() returned, and by off()", () => {
    const source = new Source();
    const heard: string[] = [];
    const one = (): unknown => heard.push("one");
    const two = (): unknown => heard.push("two");
    const end = source.on("said", one);
    source.on("said", two);
    end();
    source.say("a");
    source.off("said", two);
    source.off("said", two);
    source.say("b");
    expect(heard).toEqual(["two"]);
  });

  it("ends only its own registration, however often it is called", () => {
    const source = new Source();
    let heard = 0;
    const listener = (): unknown => heard++;
    const end = source.on("said", listener);
    source.on("said", listener);
    end();
    end();
    source.say("a");
    expect(heard).toBe(1);
  });
});

describe("once", () => {
  it("calls for the next event only, even when the listener emits again", () => {
    const source = new Source();
    const heard: string[] = [];
    source.once("said", (text) => {
      heard.push(text);
      if (heard.length < 3) source.say("again");
    });
    source.say("a");
    source.say("b");
    expect(heard).toEqual(["a"]);
  });

  it("is ended by its function, and by off() with the listener", () => {
    const source = new Source();
    let heard = 0;
    const listener = (): unknown => heard++;
    source.once("said", listener)();
    source.once("said", listener);
    source.off("said", listener);
    source.say("a");
    expect(heard).toBe(0);
  });

  it("reports what it throws, and what it rejects with", async () => {
    const source = new Source();
    source.once("said", () => {
      throw new Error("1");
    });
    source.once("said", () => Promise.reject(new Error("2")));
    source.say("a");
    await settled();
    expect(source.failures.map(([, error]) => (error as Error).message)).toEqual(["1", "2"]);
  });
});
