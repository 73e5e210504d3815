import { describe, expect, it } from "vitest";

import { Bot, Command, OnEnter, OnJoin, OnMessage } from "../../src/bot/decorators.js";
import { compileBot } from "../../src/bot/compile.js";
import { botSettings, handlersOf, isBotClass, mistakesOf, type Class } from "../../src/bot/metadata.js";

function methods(type: Class): unknown[] {
  return handlersOf(type).map(({ method, spec }) => [String(method), spec.kind]);
}

/** What an untyped author can write, and the compiler refuses. */
function untyped(decorator: unknown, target: object, name: string, descriptor?: PropertyDescriptor): void {
  (decorator as (...args: unknown[]) => void)(target, name, descriptor);
}

describe("the record of a class", () => {
  it("has the handlers in the order of their declaration, several on one method from the top", () => {
    class Keeper {
      @OnJoin() b() {}
      @OnMessage("one") @OnMessage("two") @OnMessage("three") a() {}
      @Command("c") @Command("d") c() {}
    }
    expect(methods(Keeper)).toEqual([
      ["b", "event"],
      ["a", "message"],
      ["a", "message"],
      ["a", "message"],
      ["c", "command"],
      ["c", "command"],
    ]);
    const filters = handlersOf(Keeper).map(({ spec }) => ("filter" in spec ? spec.filter : null));
    expect(filters.slice(1, 4)).toEqual(["one", "two", "three"]);
  });

  it("inherits handlers, base first; a method decorated again counts once, as the subclass has it", () => {
    class Base {
      @OnJoin() greet() {}
      @OnMessage("base") hear() {}
    }
    class Middle extends Base {
      @OnEnter() enter() {}
    }
    class Keeper extends Middle {
      override greet() {}
      @OnMessage("own") override hear() {}
    }
    expect(methods(Base)).toEqual([
      ["greet", "event"],
      ["hear", "message"],
    ]);
    expect(methods(Keeper)).toEqual([
      ["greet", "event"],
      ["enter", "event"],
      ["hear", "message"],
    ]);
    expect(handlersOf(Keeper).at(-1)?.spec).toMatchObject({ filter: "own" });
    expect(handlersOf(Base)[1]?.spec).toMatchObject({ filter: "base" });
  });

  it("does not hand @Bot on to subclasses, and tells siblings apart", () => {
    @Bot({ nick: "base" })
    class Base {
      @OnJoin() greet() {}
    }
    class Left extends Base {
      @OnMessage() left() {}
    }
    @Bot()
    class Right extends Base {
      @OnMessage() right() {}
    }
    expect([isBotClass(Base), isBotClass(Left), isBotClass(Right)]).toEqual([true, false, true]);
    expect(botSettings(Base)).toEqual({ nick: "base" });
    expect(botSettings(Right)).toEqual({});
    expect(methods(Right)).toEqual([
      ["greet", "event"],
      ["right", "message"],
    ]);
  });

  it("says no of everything that is no bot", () => {
    for (const value of [undefined, null, 5, "x", {}, () => {}, class {}])
      expect(isBotClass(value)).toBe(false);
  });

  it("takes symbols and private methods", () => {
    const NAME = Symbol("name");
    class Keeper {
      @OnMessage() [NAME]() {}
      @OnMessage() private hidden() {}
    }
    expect(compileBot(Keeper, "!").bot.messages.map(({ name }) => name)).toEqual([
      "Keeper.Symbol(name)",
      "Keeper.hidden",
    ]);
  });
});

describe("mistakes", () => {
  it("are recorded, and thrown by no decorator", () => {
    class Keeper {
      get shown() {
        return "x";
      }
      static fixed() {}
    }
    untyped(OnJoin(), Keeper.prototype, "shown", Object.getOwnPropertyDescriptor(Keeper.prototype, "shown"));
    untyped(OnMessage(), Keeper, "fixed", Object.getOwnPropertyDescriptor(Keeper, "fixed"));
    untyped(Command("now"), Keeper.prototype, "arrow");
    untyped(OnEnter(), Keeper.prototype, "data", { value: 5 });
    expect(handlersOf(Keeper)).toEqual([]);
    expect(mistakesOf(Keeper).map(({ where, problem }) => `${where}: ${problem}`)).toEqual([
      "Keeper.shown: @OnJoin is on a getter or setter",
      "Keeper.fixed: @OnMessage is on a static method",
      "Keeper.arrow: @Command is on a property",
      "Keeper.data: @OnEnter is on a getter or setter",
    ]);
    expect(mistakesOf(Keeper)[0]?.fix).toBe("Put it on an ordinary method: @OnJoin() shown() { … }");
  });

  it("of a base are those of its subclasses", () => {
    class Base {}
    untyped(OnJoin(), Base.prototype, "arrow");
    class Keeper extends Base {}
    expect(mistakesOf(Keeper)).toHaveLength(1);
  });

  it("of what untyped code hands over throw nothing either", () => {
    for (const filter of [null, undefined, {}]) {
      class Keeper {}
      const decorate = OnMessage(filter as unknown as string);
      untyped(decorate, Keeper.prototype, "hear", { value: () => {} });
      expect(handlersOf(Keeper)).toHaveLength(1);
    }
  });
});
