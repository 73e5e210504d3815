import { describe, expect, it } from "vitest";

import { ArgumentError } from "../../src/base/errors.js";
import { StructuredLogger } from "../../src/base/logger.js";
import { Bot, Command, Example, OnJoin, OnMessage } from "../../src/bot/decorators.js";
import { AuthoringError } from "../../src/bot/errors.js";
import type { HandlerContext } from "../../src/bot/handler-context.js";
import { Reply } from "../../src/bot/reply.js";
import type { MessageReceived } from "../../src/muc/events/messages.js";
import { ExampleError, examplesOf, runExamples } from "../../src/testing/index.js";

@Bot({ nick: "keeper" })
class Keeper {
  count = 0;

  @OnJoin() greet() {
    return "welcome";
  }
  @OnMessage() all() {
    return null;
  }

  @Command("roll <sides:int> [times:int=1]", { aliases: ["r"] })
  @Example("roll 6", /^rolled 1d6$/g)
  @Example("!r 6 2", "rolled 2d6")
  @Example("keeper: roll 6", "rolled 1d6")
  @Example("roll", "sides is missing. Usage: !roll <sides:int> [times:int=1]")
  roll(_m: MessageReceived, { sides, times }: { sides: number; times: number }) {
    return `rolled ${times}d${sides}`;
  }

  @Command("count")
  @Example("count", ["slowly", /^\d$/])
  @Example("count", ["slowly", "1"])
  async *counted() {
    yield "slowly";
    await new Promise((resolve) => setTimeout(resolve, 30));
    yield `${++this.count}`;
  }

  @Command("who")
  @Example("who", "visitor: none, participant")
  @Example("who", "visitor: admin, moderator", { affiliation: "admin" })
  @Example("who", "visitor: none, moderator", { role: "moderator" })
  who(m: MessageReceived) {
    return new Reply(m, `${m.nick}: ${m.occupant.affiliation}, ${m.occupant.role}`);
  }

  @Command("hush") @Example("hush", []) hush() {}
}

describe("runExamples", () => {
  it("runs each example through a whole bot, each by itself", async () => {
    const ran = await runExamples(Keeper);
    expect(ran.map(({ handler, input, passed }) => [handler, input, passed])).toEqual([
      ["Keeper.roll", "!roll 6", true],
      ["Keeper.roll", "!r 6 2", true],
      ["Keeper.roll", "keeper: roll 6", true],
      ["Keeper.roll", "!roll", true],
      ["Keeper.counted", "!count", true],
      ["Keeper.counted", "!count", true],
      ["Keeper.who", "!who", true],
      ["Keeper.who", "!who", true],
      ["Keeper.who", "!who", true],
      ["Keeper.hush", "!hush", true],
    ]);
    expect(ran[4]?.answers).toEqual(["slowly", "1"]);
  });

  it("names every example that was answered in another way", async () => {
    @Bot({ prefix: null })
    class Wrong {
      @Command("a") @Example("a", "b") @Example("a", "a") a() {
        return "a";
      }
      @Command("two") @Example("two", ["one"]) @Example("two", []) @Example("two", /x/) two() {
        return ["one", "two"];
      }
      @Command("none") @Example("none", "some") none() {}
    }
    const error: unknown = await runExamples([Wrong]).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(ExampleError);
    expect((error as ExampleError).message.split("\n")).toEqual([
      'Wrong.a: "bot: a" is to be answered with "b", and was with "a"',
      'Wrong.two: "bot: two" is to be answered with "one", and was with "one", "two"',
      'Wrong.two: "bot: two" is to be answered with nothing, and was with "one", "two"',
      'Wrong.two: "bot: two" is to be answered with /x/, and was with "one", "two"',
      'Wrong.none: "bot: none" is to be answered with "some", and was with nothing',
    ]);
    expect((error as ExampleError).failed).toHaveLength(5);
  });

  it("tells what was thrown, and where, and keeps the log", async () => {
    @Bot()
    class Failing {
      @Command("boom") @Example("boom", "x") boom() {
        throw new RangeError("no dice");
      }
      @Command("odd") @Example("odd", "x") async odd() {
        await Promise.reject("text");
      }
      @Command("fine") @Example("fine", "fine") fine(
        _m: MessageReceived,
        _args: object,
        ctx: HandlerContext,
      ) {
        ctx.log.warn("careful");
        return "fine";
      }
    }
    const lines: string[] = [];
    const logger = new StructuredLogger({ level: "error", write: ({ text }) => void lines.push(text) });
    const error = (await runExamples(Failing, { logger }).catch((each: unknown) => each)) as ExampleError;
    expect(error.message).toMatch(
      /^Failing.boom: "!boom" is to be answered with "x", and was with "Something went wrong \(ref \w+\)"\n {2}RangeError: no dice\n {4}at .*\(?test\/testing\/run-examples\.test\.ts:\d+:\d+\)?\nFailing.odd: .*\n {2}text$/,
    );
    expect(error.failed[0]?.log.at(-1)).toMatchObject({ level: "error", text: "A handler failed" });
    expect(lines).toEqual(["A handler failed", "A handler failed"]);
    const [fine] = examplesOf(Failing).filter(({ input }) => input === "fine");
    expect((await fine?.run())?.log.at(-1)).toMatchObject({ level: "warn", text: "careful" });
  });

  it("passes nothing where there is nothing to run, or a bot cannot start", async () => {
    @Bot()
    class Empty {
      @Command("a") a() {}
    }
    @Bot()
    class Broken {
      @Command("roll <sides:itn>" as string) @Example("roll", "x") roll() {}
    }
    await expect(runExamples(Empty)).rejects.toMatchObject({ code: "argument" });
    await expect(runExamples(Broken)).rejects.toBeInstanceOf(AuthoringError);
  });
});

describe("examplesOf", () => {
  it.each(examplesOf(Keeper))("$handler: $input", async ({ run }) => {
    expect(await run()).toMatchObject({ passed: true });
  });

  it("fails by itself, names what can be run, and refuses what runExamples refuses", async () => {
    @Bot()
    class Half {
      @Command("a") @Example("a", "a") @Example("a", "b") a() {
        return "a";
      }
    }
    @Bot()
    class Empty {}
    const [good, bad, ...others] = examplesOf([Half]);
    expect([good, bad, others]).toMatchObject([
      { handler: "Half.a", input: "a", expected: "a" },
      { handler: "Half.a", input: "a", expected: "b" },
      [],
    ]);
    expect((await good?.run())?.answers).toEqual(["a"]);
    await expect(bad?.run()).rejects.toThrow(ExampleError);
    expect(() => examplesOf(Empty)).toThrow(ArgumentError);
  });
});
