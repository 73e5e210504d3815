import { describe, expect, it } from "vitest";

import { Clock } from "../../src/base/clock.js";
import { Logger, silentLogger } from "../../src/base/logger.js";
import { createContainer, instantiate, type Provider } from "../../src/app/container.js";
import { InjectionCheck } from "../../src/app/injection-check.js";
import { Bot } from "../../src/bot/decorators.js";
import { AuthoringError } from "../../src/bot/errors.js";
import { delay, inject, injectable } from "../../src/bot/injection.js";
import type { Class } from "../../src/bot/metadata.js";
import { Rooms } from "../../src/bot/rooms.js";

const LOGGER: Provider = { token: Logger, useValue: silentLogger };

/** What the check says of a class. */
function problems(type: Class, ...known: Provider[]): string[] {
  return new InjectionCheck(known).mistakesOf(type).map(({ where, problem }) => `${where}: ${problem}`);
}

function make<T extends object>(type: Class<T>, ...providers: Provider[]): T {
  expect(problems(type, ...providers)).toEqual([]);
  return instantiate(createContainer(providers), type) as T;
}

/** A class as a compiler without emitDecoratorMetadata leaves it. */
function bare<T extends Class>(type: T): T {
  Reflect.deleteMetadata("design:paramtypes", type);
  return type;
}

@injectable()
class Dice {
  constructor(readonly logger: Logger) {}
}
class Plain {
  readonly sides = 6;
}

describe("a constructor", () => {
  it("gets what its types name: our abstract classes, marked classes, classes without parameters", () => {
    @Bot()
    class Keeper {
      constructor(
        readonly logger: Logger,
        readonly dice: Dice,
        readonly plain: Plain,
      ) {}
    }
    const keeper = make(Keeper, LOGGER);
    expect(keeper.logger).toBe(silentLogger);
    expect(keeper.dice).toBeInstanceOf(Dice);
    expect(keeper.dice.logger).toBe(silentLogger);
    expect(keeper.plain.sides).toBe(6);
  });

  it("gets what @inject names, with and without emitted types", () => {
    const TOKEN = Symbol("token");
    class Keeper {
      constructor(
        readonly logger: unknown,
        readonly word: unknown,
        readonly symbol: unknown,
      ) {}
    }
    for (const [index, token] of [Logger, "word", TOKEN].entries()) inject(token)(Keeper, undefined, index);
    Bot()(Keeper);
    expect(Reflect.getMetadata("design:paramtypes", Keeper)).toBeUndefined();
    const keeper = make(Keeper, LOGGER, { token: "word", useValue: "w" }, { token: TOKEN, useValue: 0 });
    expect([keeper.logger, keeper.word, keeper.symbol]).toEqual([silentLogger, "w", 0]);

    @Bot()
    class Typed {
      constructor(@inject("word") readonly word: string | null) {}
    }
    expect(make(Typed, { token: "word", useValue: "w" }).word).toBe("w");
  });

  it("is inherited together with what it asks for", () => {
    @Bot()
    class Base {
      constructor(
        readonly logger: Logger,
        @inject("word") readonly word: string,
      ) {}
    }
    @Bot()
    class Keeper extends Base {}
    const keeper = make(Keeper, LOGGER, { token: "word", useValue: "w" });
    expect([keeper.logger, keeper.word]).toEqual([silentLogger, "w"]);
  });

  it("may be one of two that ask for each other, if one of them asks later", () => {
    @Bot()
    class Hen {
      readonly name: string = "hen";
      constructor(@inject(delay(() => Egg)) readonly egg: { readonly name: string; readonly hen: unknown }) {}
    }
    @injectable()
    class Egg {
      readonly name = "egg";
      constructor(@inject(Hen) readonly hen: unknown) {}
    }
    const hen = make(Hen, { token: Hen, useClass: Hen });
    expect(hen.egg.name).toBe("egg");
    expect((hen.egg.hen as Hen).name).toBe("hen");
  });
});

describe("a provider", () => {
  abstract class Store {
    abstract get(): string;
  }
  @Bot()
  class Keeper {
    constructor(
      readonly store: Store,
      readonly logger: Logger,
    ) {}
  }

  it("gives a value, a class made once, or what a function makes once", () => {
    let made = 0;
    @injectable()
    class FileStore extends Store {
      readonly number = ++made;
      constructor(readonly logger: Logger) {
        super();
      }
      override get() {
        return "file";
      }
    }
    const value: Store = { get: () => "value" };
    expect(make(Keeper, LOGGER, { token: Store, useValue: value }).store).toBe(value);

    const container = createContainer([LOGGER, { token: Store, useClass: FileStore }]);
    const stores = [1, 2].map(() => (instantiate(container, Keeper) as Keeper).store);
    expect(stores[0]).toBe(stores[1]);
    expect(stores[0]).toBeInstanceOf(FileStore);
    expect(made).toBe(1);

    let calls = 0;
    const factory: Provider = { token: Store, useFactory: () => (calls++, undefined) };
    const other = createContainer([LOGGER, factory]);
    for (let i = 0; i < 2; i++) expect((instantiate(other, Keeper) as Keeper).store).toBeUndefined();
    expect(calls).toBe(1);
  });

  it("takes the place of an earlier one", () => {
    const mine = silentLogger.child({ mine: true });
    const keeper = make(
      Keeper,
      LOGGER,
      { token: Store, useValue: { get: () => "" } },
      { token: Logger, useValue: mine },
    );
    expect(keeper.logger).toBe(mine);
  });

  it("is seen by its own container only", () => {
    const containerOf = (name: string) =>
      createContainer([
        LOGGER,
        { token: Store, useValue: { get: () => name } },
        { token: Keeper, useClass: Keeper },
      ]);
    const [one, two] = [containerOf("one"), containerOf("two")];
    expect([one.resolve(Keeper).store.get(), two.resolve(Keeper).store.get()]).toEqual(["one", "two"]);
    expect(one.resolve(Keeper)).toBe(one.resolve(Keeper));
    expect(one.resolve(Keeper)).not.toBe(two.resolve(Keeper));
    expect(createContainer([]).isRegistered(Keeper, true)).toBe(false);
  });
});

describe("a parameter that cannot be filled in", () => {
  it("because nothing was emitted", () => {
    class Keeper {
      constructor(
        readonly rooms: Rooms,
        readonly logger: Logger,
      ) {}
    }
    inject(Logger)(bare(Keeper), undefined, 1);
    Bot()(Keeper);
    expect(problems(Keeper, LOGGER)).toEqual([
      "Keeper (constructor): the types of its parameters are not known",
    ]);
    const [mistake] = new InjectionCheck([LOGGER]).mistakesOf(Keeper);
    expect(mistake?.fix).toContain("emitDecoratorMetadata");
    expect(mistake?.fix).toContain("@inject(Rooms)");
  });

  it("because its type is nothing at run time: import type, an interface, a primitive, a union", () => {
    interface Options {
      readonly a: string;
    }
    @Bot()
    class Keeper {
      constructor(
        readonly options: Options,
        readonly name: string,
        readonly maybe: Dice | null,
        readonly logger: Logger,
      ) {}
    }
    expect(problems(Keeper, LOGGER)).toEqual(
      ["options", "name", "maybe"].map(
        (name) => `Keeper (constructor): its parameter "${name}" has a type that is nothing at run time`,
      ),
    );
    expect(new InjectionCheck([]).mistakesOf(Keeper)[0]?.fix).toContain("Import the class without `type`");
  });

  it("because two files import each other", () => {
    class Keeper {
      constructor(readonly other: unknown) {}
    }
    Reflect.defineMetadata("design:paramtypes", [undefined], Keeper);
    Bot()(Keeper);
    expect(problems(Keeper)).toEqual([
      'Keeper (constructor): its parameter "other" has a type that was not there yet: two files import each other',
    ]);
  });

  it("because the class is not marked, and only what it extends is", () => {
    @injectable()
    class Base {
      constructor(readonly logger: Logger) {}
    }
    class Service extends Base {}
    @Bot()
    class Keeper {
      constructor(readonly service: Service) {}
    }
    expect(problems(Keeper, LOGGER)).toEqual([
      "Service (constructor): its constructor, which it has from Base, has parameters, and nothing says that they are to be filled in",
    ]);
    expect(new InjectionCheck([LOGGER]).mistakesOf(Keeper)[0]?.fix).toBe(
      "Put @injectable() on Service, not only on what it extends",
    );
    // what the container by itself makes of it: the reason for the check
    expect((instantiate(createContainer([LOGGER]), Keeper) as Keeper).service.logger).toBeUndefined();
  });

  it("because only the subclass is marked, and the constructor is of a base that is not", () => {
    class Base {
      constructor(readonly logger: Logger) {}
    }
    @Bot()
    class Keeper extends Base {}
    expect(problems(Keeper, LOGGER)).toEqual([
      "Keeper (constructor): the types of its parameters are not known",
    ]);
  });

  it("because nothing says that it is to be filled in", () => {
    class Service {
      constructor(readonly logger: Logger) {}
    }
    @Bot()
    class Keeper {
      constructor(readonly service: Service) {}
    }
    expect(problems(Keeper, LOGGER)).toEqual([
      "Service (constructor): its constructor has parameters, and nothing says that they are to be filled in",
    ]);
  });

  it("because nobody provides what it names", () => {
    const TOKEN = Symbol("token");
    @Bot()
    class Keeper {
      constructor(
        @inject("word") readonly word: string,
        @inject(TOKEN) readonly symbol: string,
      ) {}
    }
    expect(problems(Keeper)).toEqual([
      'Keeper (constructor): its parameter "word" asks for "word", which nobody provides',
      'Keeper (constructor): its parameter "symbol" asks for Symbol(token), which nobody provides',
    ]);
  });

  it("because two classes ask for each other", () => {
    class Egg {
      constructor(readonly hen: unknown) {}
    }
    @Bot()
    class Hen {
      constructor(readonly egg: Egg) {}
    }
    inject(Hen)(Egg, undefined, 0);
    injectable()(Egg);
    expect(problems(Hen)).toEqual([
      "Hen (constructor): Hen asks for Egg asks for Hen: none of them can be made first",
    ]);
  });

  it("anywhere below a provider is told too, and told once", () => {
    @injectable()
    class Service {
      constructor(readonly name: string) {}
    }
    const known: Provider = { token: "service", useClass: Service };
    @Bot()
    class Keeper {
      constructor(@inject("service") readonly service: Service) {}
    }
    @Bot()
    class Other {
      constructor(readonly service: Service) {}
    }
    const check = new InjectionCheck([known]);
    expect(check.mistakesOf(Keeper).map(({ where }) => where)).toEqual(["Service (constructor)"]);
    expect(check.mistakesOf(Other)).toEqual([]);
  });
});

describe("making a bot", () => {
  it("that fails says what was thrown, where it came from, and keeps the cause", () => {
    const cause = new Error("no such\n  file");
    @injectable()
    class Store {
      constructor(readonly clock: Clock) {
        throw cause;
      }
    }
    @Bot()
    class Keeper {
      constructor(readonly store: Store) {}
    }
    const container = createContainer([{ token: Clock, useValue: {} as Clock }]);
    const attempt = (): object => instantiate(container, Keeper);
    expect(attempt).toThrow(AuthoringError);
    expect(attempt).toThrow(
      /^Keeper: it cannot be made: Cannot inject the dependency "store".* no such file\n/,
    );
  });

  it("names a class that only the container knows to be unknown", () => {
    class Strange {
      constructor(readonly x: unknown) {}
    }
    Reflect.defineMetadata("design:paramtypes", [Plain], Strange);
    @Bot()
    class Keeper {
      constructor(readonly strange: Strange) {}
    }
    expect(() => instantiate(createContainer([]), Keeper)).toThrow("Put @injectable() on Strange");
  });
});
