import { AuthoringError } from "../bot/errors.js";
import type { Class } from "../bot/metadata.js";
import type { RunningBot } from "../bot/router.js";
import type { DependencyContainer } from "../bot/tsyringe.js";
import { Room } from "../muc/room.js";
import type { BotPlan } from "./bot-plan.js";
import { instantiate, register, type Token } from "./container.js";

/** Its constructor is private, and nobody makes one by asking for it. */
const ROOM = Room as unknown as Class<Room>;

/** Makes each of some classes. Throws {@link AuthoringError} that names all of those that cannot be made. */
function instantiateAll(container: DependencyContainer, types: Iterable<Class>): Map<Class, object> {
  const made = new Map<Class, object>();
  const errors: AuthoringError[] = [];
  for (const type of new Set(types))
    try {
      made.set(type, instantiate(container, type));
    } catch (error) {
      if (!(error instanceof AuthoringError)) throw error;
      errors.push(error);
    }
  const [first, ...others] = errors;
  if (first === undefined) return made;
  if (others.length === 0) throw first;
  throw new AuthoringError(
    errors.flatMap(({ mistakes }) => mistakes),
    { cause: new AggregateError(errors.map(({ cause }) => cause)) },
  );
}

/** The instances of an application's bots and features: those that there are once, and those that each room has. */
export class Cast {
  readonly #container: DependencyContainer;
  readonly #overridden: ReadonlySet<Token>;
  readonly #shared: ReadonlyMap<Class, object>;

  /**
   * Makes what there is once. `overridden` are classes of which somebody gave something else: that is for all rooms.
   * Throws {@link AuthoringError} for what cannot be made.
   */
  constructor(
    plans: readonly BotPlan[],
    container: DependencyContainer,
    overridden: ReadonlySet<Token> = new Set(),
  ) {
    this.#container = container;
    this.#overridden = overridden;
    this.#shared = instantiateAll(
      container,
      plans.filter(({ perRoom }) => !perRoom).flatMap(({ everywhere }) => everywhere.classes),
    );
  }

  /** The one instance of a bot or feature; undefined where each room has one. */
  get(type: Class): object | undefined {
    return this.#shared.get(type);
  }

  /** The bots that there are once, as they are outside of rooms; or with what they have in single rooms. */
  outside(plans: readonly BotPlan[], as: "compiled" | "everywhere" = "compiled"): readonly RunningBot[] {
    return withoutRepeats(
      plans.filter(({ perRoom }) => !perRoom).map((plan) => ({ ...plan[as], instances: this.#shared })),
    );
  }

  /**
   * The bots in a room that goes by the address of `named`. Bots of scope `room` are made, with their features, in a
   * container of the room's own. Throws {@link AuthoringError} for what cannot be made.
   */
  inRoom(room: Room, named: Room, plans: readonly BotPlan[]): readonly RunningBot[] {
    const bots = plans.map((plan) => ({ plan, bot: plan.in(named.jid) }));
    const perRoom = bots.filter(({ plan }) => plan.perRoom).flatMap(({ bot }) => bot.classes);
    const own = perRoom.length === 0 ? this.#shared : this.#makeFor(room, new Set(perRoom));
    return withoutRepeats(
      bots.map(({ plan, bot }) => ({ ...bot, instances: plan.perRoom ? own : this.#shared })),
    );
  }

  #makeFor(room: Room, types: ReadonlySet<Class>): ReadonlyMap<Class, object> {
    const container = this.#container.createChildContainer();
    register(container, { token: ROOM, useValue: room });
    for (const type of types)
      if (!this.#overridden.has(type))
        register(container, { token: type, useClass: type as new (...args: never[]) => object });
    return instantiateAll(container, types);
  }
}

/**
 * A feature that several bots list is one object, and is told of an event once: for the first of them. Its commands are those
 * of the first that they are called for in the same way, so that help tells of each once.
 */
function withoutRepeats(bots: readonly RunningBot[]): readonly RunningBot[] {
  const first = new Map<object, RunningBot>();
  const called = new Map<object, Map<string | null, RunningBot>>();
  let repeats = false;
  for (const bot of bots)
    for (const type of bot.classes) {
      const instance = bot.instances.get(type);
      if (instance === undefined) continue;
      if (first.has(instance)) repeats = true;
      else first.set(instance, bot);
      const byPrefix = called.get(instance) ?? new Map<string | null, RunningBot>();
      called.set(instance, byPrefix);
      if (!byPrefix.has(bot.prefix)) byPrefix.set(bot.prefix, bot);
    }
  if (!repeats) return bots;
  return bots.map((bot) => {
    const isFirst = ({ owner }: { readonly owner: Class }): boolean => {
      const instance = bot.instances.get(owner);
      return instance === undefined || first.get(instance) === bot;
    };
    const isCalled = ({ owner }: { readonly owner: Class }): boolean => {
      const instance = bot.instances.get(owner);
      return instance === undefined || called.get(instance)?.get(bot.prefix) === bot;
    };
    const commands = [...bot.commands].map(([word, handlers]) => [word, handlers.filter(isCalled)] as const);
    const events = [...bot.events].map(([type, handlers]) => [type, handlers.filter(isFirst)] as const);
    return {
      ...bot,
      messages: bot.messages.filter(isFirst),
      events: new Map(events),
      commands: new Map(commands),
      commandList: bot.commandList.filter(isCalled),
    };
  });
}
