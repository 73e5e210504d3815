import { JID } from "../base/jid.js";
import { BotCompiler, type BotVariant, type Compiled } from "../bot/compile.js";
import type { CompiledBot } from "../bot/compiled.js";
import type { BotRoom } from "../bot/decorators.js";
import type { AuthoringMistake } from "../bot/errors.js";
import { featureMistakes, featuresIn, featuresOfRooms } from "../bot/features.js";
import { botSettings, handlersOf, type Class } from "../bot/metadata.js";
import type { AppSettings } from "./options.js";
import { prefixOf } from "./speaking.js";

/** Of events that happen in no room. */
const OUTSIDE: Readonly<Record<string, string>> = {
  invitation: "invitations",
  invitationDeclined: "declined invitations",
  directMessage: "what accounts write",
  botTick: 'a schedule with per: "bot"',
};

/** One bot of an application: what it handles in each room, and outside of rooms. */
export class BotPlan {
  readonly type: Class;
  /** Whether each room has an instance of its own. */
  readonly perRoom: boolean;
  /** As it is where no room says otherwise. */
  readonly compiled: CompiledBot;
  /** With what it has in single rooms only: for what is done once, such as `@OnStart`. */
  readonly everywhere: CompiledBot;
  readonly mistakes: readonly AuthoringMistake[];
  readonly #variants = new Map<string, Compiled>();

  constructor(type: Class, settings: Pick<AppSettings, "rooms">) {
    this.type = type;
    const { scope, rooms: ownRooms = [] } = botSettings(type) ?? {};
    this.perRoom = scope === "room";
    const rooms = settings.rooms ?? ownRooms;
    const compiler = new BotCompiler(type, prefixOf(type));
    const base = compiler.compile();
    this.compiled = base.bot;
    this.everywhere = compiler.compile({ features: featuresOfRooms(rooms) }).bot;
    for (const [room, variant] of variantsOf(rooms)) this.#variants.set(room, compiler.compile(variant));
    this.mistakes = [
      ...base.mistakes,
      ...[...this.#variants.values()].flatMap(({ mistakes }) => mistakes),
      ...rooms.flatMap((room) => roomMistakes(type, room)),
    ];
  }

  /** As it is in a room. */
  in(room: JID): CompiledBot {
    return this.#variants.get(room.toString())?.bot ?? this.compiled;
  }

  /** Handlers of what happens in no room, on what is in rooms only; `outside` are the classes that are not. */
  outsideMistakes(outside: ReadonlySet<Class>): readonly AuthoringMistake[] {
    const inRooms = this.everywhere.classes.filter((type) => !outside.has(type));
    const why = this.perRoom
      ? `${this.type.name} has scope "room"`
      : `it is among the features of a room of ${this.type.name} only`;
    const fix = this.perRoom
      ? "Move it to a bot of its own, and run both; to decide about invitations, a policy in @Bot does as well"
      : "List the class in the features of @Bot";
    return inRooms.flatMap((type) =>
      handlersOf(type).flatMap(({ method, spec }) => {
        const what = spec.kind === "command" ? undefined : OUTSIDE[spec.event];
        if (what === undefined) return [];
        const problem = `it is for ${what}, which is in no room, and ${why}`;
        return [{ where: `${type.name}.${String(method)}`, problem, fix }];
      }),
    );
  }
}

/** What a bot is in rooms that say something of it, by their addresses. */
function variantsOf(rooms: readonly (string | BotRoom)[]): ReadonlyMap<string, BotVariant> {
  const variants = new Map<string, BotVariant>();
  for (const room of rooms) {
    if (typeof room !== "object" || (room.prefix === undefined && room.features === undefined)) continue;
    const address = JID.tryParse(room.jid)?.bare().toString();
    if (address === undefined) continue;
    const { features = [], ...named } = variants.get(address) ?? {};
    const prefix = room.prefix === undefined ? {} : { prefix: room.prefix };
    variants.set(address, { ...prefix, ...named, features: [...features, ...featuresIn(room.features)] });
  }
  return variants;
}

/** What is wrong with what a bot is to be in a room. */
function roomMistakes(bot: Class, room: string | BotRoom): readonly AuthoringMistake[] {
  if (typeof room !== "object") return [];
  const empty = {
    where: bot.name,
    problem: `its prefix in ${room.jid} is empty: every line would be a command`,
    fix: "Write prefix: null for commands by mention only",
  };
  return [...(room.prefix === "" ? [empty] : []), ...featureMistakes(bot.name, room.features)];
}
