import type { AuthoringMistake } from "../bot/errors.js";
import { isInjectable } from "../bot/injection.js";
import type { Class } from "../bot/metadata.js";
import { isSingleton } from "../bot/tsyringe.js";
import { Room } from "../muc/room.js";
import type { Provider, Token } from "./container.js";

/** What TypeScript emits for a parameter whose type is nothing at run time. */
const NOTHING: ReadonlySet<unknown> = new Set([
  Object,
  String,
  Number,
  Boolean,
  Array,
  Function,
  Promise,
  Symbol,
  BigInt,
]);

/** Where tsyringe keeps what `@inject` names, by the number of the parameter. */
const NAMED = "injectionTokens";

function sourceOf(target: Class): string {
  return Function.prototype.toString.call(target);
}

/** The names of the parameters of a constructor, as far as its source tells. */
function parameterNames(target: Class): readonly string[] {
  const list = /\bconstructor\s*\(([^)]*)\)/.exec(sourceOf(target))?.[1] ?? "";
  return list.split(",").map((each) => /[A-Za-z_$][\w$]*/.exec(each)?.[0] ?? "");
}

/** The class itself, or the one it extends, whose constructor is run. */
function whoseConstructor(target: Class): Class {
  let each = target;
  while (each.length === 0 && !/\bconstructor\s*\(/.test(sourceOf(each))) {
    const base: unknown = Object.getPrototypeOf(each);
    if (typeof base !== "function" || base === Function.prototype) return target;
    each = base as unknown as Class;
  }
  return each;
}

/** What one parameter of a constructor asks for. */
interface Wanted {
  /** Undefined where nothing is known. */
  readonly token: unknown;
  readonly optional: boolean;
}

/** tsyringe puts what `@inject` names into an object, also in the place of an emitted type. */
function readWanted(entry: unknown): Wanted {
  if (typeof entry !== "object" || entry === null || !("token" in entry))
    return { token: entry, optional: false };
  const optional =
    ("isOptional" in entry && entry.isOptional === true) || ("multiple" in entry && entry.multiple === true);
  return { token: entry.token, optional };
}

function emittedTypes(target: Class): readonly unknown[] | undefined {
  return Reflect.getMetadata("design:paramtypes", target) as readonly unknown[] | undefined;
}

/** What the parameters of a constructor ask for. */
function wantedBy(target: Class): readonly Wanted[] {
  const types = emittedTypes(target) ?? [];
  const named = (Reflect.getOwnMetadata(NAMED, target) ?? {}) as Readonly<Record<number, unknown>>;
  const count = Math.max(types.length, whoseConstructor(target).length);
  return Array.from({ length: count }, (_, index) => readWanted(named[index] ?? types[index]));
}

/** For what a class is made: for all rooms at once, or anew for each. */
export type MadeFor = "app" | "room";

/** Checks what constructors ask for before anything is made: the container's own words name no cause. */
export class InjectionCheck {
  /** The classes that tsyringe's `@singleton()` stands on, as far as they are asked for. */
  readonly singletons = new Set<Class>();
  /** What there is once, and is asked for by what each room has: it must not be made by the first of them. */
  readonly askedForByRooms = new Set<Token>();
  /** By class: who asks for one of their own. */
  readonly owned = new Map<Class, Set<Class>>();
  readonly #known: ReadonlyMap<unknown, Provider>;
  readonly #perRoom: ReadonlySet<unknown>;
  readonly #checked = { app: new Set<unknown>(), room: new Set<unknown>() };
  readonly #path: Class[] = [];
  readonly #mistakes: AuthoringMistake[] = [];

  /** `known` is everything that the container can give; `perRoom` are the classes that each room has one of. */
  constructor(known: readonly Provider[], perRoom: ReadonlySet<Class> = new Set()) {
    this.#known = new Map<Token, Provider>(known.map((provider) => [provider.token, provider]));
    this.#perRoom = perRoom;
  }

  /** What is wrong with a class, and with those that it asks for. */
  mistakesOf(target: Class, madeFor: MadeFor = "app"): readonly AuthoringMistake[] {
    this.#mistakes.length = 0;
    this.#class(target, madeFor);
    return [...this.#mistakes];
  }

  #mistake(target: Class, problem: string, fix: string): void {
    this.#mistakes.push({ where: `${target.name} (constructor)`, problem, fix });
  }

  #class(target: Class, madeFor: MadeFor): void {
    if (this.#path.includes(target)) {
      const circle = [...this.#path.slice(this.#path.indexOf(target)), target];
      this.#mistake(
        target,
        `${circle.map((each) => each.name).join(" asks for ")}: none of them can be made first`,
        "Let one of them ask later: @inject(delay(() => TheClass))",
      );
      return;
    }
    const checked = this.#checked[madeFor];
    if (checked.has(target)) return;
    checked.add(target);
    this.#path.push(target);
    this.#parameters(target, madeFor);
    this.#path.pop();
  }

  #parameters(target: Class, madeFor: MadeFor): void {
    const owner = whoseConstructor(target);
    if (owner.length > 0 && !isKnownToContainer(target)) return this.#unmarked(target, owner);
    const wanted = wantedBy(target);
    if (emittedTypes(target) === undefined && wanted.some((each) => each.token === undefined))
      return this.#mistake(
        target,
        "the types of its parameters are not known",
        "Run it with `mucwright run` or `node --import mucwright/register` (tsx and esbuild emit no types, whatever tsconfig says), compile it with tsc and emitDecoratorMetadata, or name each one: @inject(Rooms)",
      );
    const names = parameterNames(owner);
    for (const [index, { token, optional }] of wanted.entries()) {
      if (optional) continue;
      const name = names[index] ?? "";
      this.#parameter(target, name === "" ? `number ${index + 1}` : `"${name}"`, token, madeFor);
    }
  }

  /** tsyringe would fill the parameters of such a class with undefined, and say nothing. */
  #unmarked(target: Class, owner: Class): void {
    const inherited = owner === target ? "" : `, which it has from ${owner.name},`;
    this.#mistake(
      target,
      `its constructor${inherited} has parameters, and nothing says that they are to be filled in`,
      `Put @injectable() on ${target.name}${owner === target ? "" : ", not only on what it extends"}`,
    );
  }

  #parameter(target: Class, parameter: string, token: unknown, madeFor: MadeFor): void {
    if (token === undefined)
      return this.#mistake(
        target,
        `its parameter ${parameter} has a type that was not there yet: two files import each other`,
        "Move what both need into a third file; or write @inject(delay(() => TheClass)) and import the type with `import type`",
      );
    if (this.#inRooms(target, parameter, token, madeFor)) return;
    const provider = this.#known.get(token);
    if (provider !== undefined) {
      if (madeFor === "room") this.askedForByRooms.add(provider.token);
      if ("useClass" in provider) this.#class(provider.useClass as Class, "app");
      return;
    }
    if (NOTHING.has(token))
      return this.#mistake(
        target,
        `its parameter ${parameter} has a type that is nothing at run time`,
        "Import the class without `type`; for an interface, a primitive or a union name what is wanted: @inject(TOKEN)",
      );
    if (typeof token === "string" || typeof token === "symbol")
      return this.#mistake(
        target,
        `its parameter ${parameter} asks for ${typeof token === "string" ? `"${token}"` : String(token)}, which nobody provides`,
        "Give it in the option `providers`: [{ token, useValue }]",
      );
    // a delayed class, and whatever else tsyringe knows, is left to it
    if (typeof token !== "function") return;
    const type = token as unknown as Class;
    if (!isSingleton(type)) {
      const owners = this.owned.get(type);
      if (owners === undefined) this.owned.set(type, new Set([target]));
      else owners.add(target);
      return this.#class(type, madeFor);
    }
    this.singletons.add(type);
    if (madeFor === "room") this.askedForByRooms.add(type);
    this.#class(type, "app");
  }

  /** What only a room has: the room itself, and what is made for it. False for anything else. */
  #inRooms(target: Class, parameter: string, token: unknown, madeFor: MadeFor): boolean {
    const isRoom = token === Room && !this.#known.has(Room);
    const isOfRoom = this.#perRoom.has(token);
    if (madeFor === "room") {
      if (isOfRoom) this.#class(token as Class, "room");
      return isRoom || isOfRoom;
    }
    if (!isRoom && (!isOfRoom || this.#known.has(token))) return false;
    const what = isRoom ? "Room" : `${(token as Class).name}, of which each room has one`;
    this.#mistake(
      target,
      `its parameter ${parameter} asks for ${what}, and it is made for all rooms at once`,
      isRoom
        ? 'Take the room from the event (event.room), or make it a bot, or a feature of one, with scope: "room"'
        : "Let the other ask for this one, or list it among the features of the same bot",
    );
    return true;
  }
}

/** Whether the parameters of a class will be filled in: by our own marks, or by one of tsyringe's. */
function isKnownToContainer(target: Class): boolean {
  return (
    isInjectable(target) ||
    Reflect.hasOwnMetadata("design:paramtypes", target) ||
    Reflect.hasOwnMetadata(NAMED, target)
  );
}
