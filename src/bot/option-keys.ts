import type { BotRoom, BotSettings, InvitedSettings } from "./decorators.js";
import type { AuthoringMistake } from "./errors.js";
import type { HandlerOptions } from "./metadata.js";
import { similarTo } from "./similar.js";

/** Every option of `@Bot`: a new one that is not named here does not compile. */
const BOT = {
  rooms: true,
  nick: true,
  scope: true,
  features: true,
  onCause: true,
  invitations: true,
  invited: true,
  roleRequests: true,
  prefix: true,
  help: true,
  use: true,
  refusals: true,
  explains: true,
  texts: true,
} satisfies Record<keyof BotSettings, true>;

const ROOM = {
  jid: true,
  nick: true,
  password: true,
  onCause: true,
  prefix: true,
  features: true,
} satisfies Record<keyof BotRoom, true>;

const INVITED = { maxRooms: true, maxAgeMs: true, expiresMs: true, keep: true } satisfies Record<
  keyof InvitedSettings,
  true
>;

const HANDLER = {
  initial: true,
  departures: true,
  missed: true,
  corrections: true,
  expiresMs: true,
  parallel: true,
} satisfies Record<keyof HandlerOptions, true>;

/** What a name is that is none: which are like it, else which there are. */
export function unknownName(sort: string, name: string, known: readonly string[]): string {
  // names are compared in lower case
  const byFolded = new Map(known.map((each) => [each.toLowerCase(), each]));
  const [folded = ""] = similarTo(name, [...byFolded.keys()]);
  const similar = byFolded.get(folded);
  const hint = similar === undefined ? `there are ${known.join(", ")}` : `did you mean ${similar}?`;
  return `there is no ${sort} "${name}"; ${hint}`;
}

/** The keys of options that mean nothing. What is no object has none. */
export function strangeKeys(sort: string, options: unknown, known: readonly string[]): readonly string[] {
  if (typeof options !== "object" || options === null) return [];
  return Object.keys(options)
    .filter((key) => !known.includes(key))
    .map((key) => unknownName(sort, key, known));
}

function mistakes(where: string, sort: string, options: unknown, known: object): readonly AuthoringMistake[] {
  const fix = "Write it as it is called, or leave it out: it would do nothing";
  return strangeKeys(sort, options, Object.keys(known)).map((problem) => ({ where, problem, fix }));
}

/**
 * Options of `@Bot` that there are not. The compiler finds them, too, but `mucwright run` asks no compiler, and a bot whose
 * policy stands under a misspelt name would be one without a policy.
 */
export function botOptionMistakes(where: string, settings: BotSettings): readonly AuthoringMistake[] {
  const { rooms, invited } = settings;
  return [
    ...mistakes(where, "option of @Bot", settings, BOT),
    ...mistakes(where, "option of @Bot({ invited })", invited, INVITED),
    ...(Array.isArray(rooms) ? rooms : []).flatMap((room: unknown) =>
      mistakes(where, "option of a room", room, ROOM),
    ),
  ];
}

/** Options of a handler's decorator that there are not. */
export function handlerOptionMistakes(where: string, options: HandlerOptions): readonly AuthoringMistake[] {
  return mistakes(where, "option", options, HANDLER);
}

/** As {@link handlerOptionMistakes}, for what is called by the clock: what makes its schedule is taken off already. */
export function cronOptionMistakes(where: string, options: HandlerOptions): readonly AuthoringMistake[] {
  return mistakes(where, "option of @Cron", options, {
    timezone: true,
    per: true,
    overlap: true,
    parallel: true,
  });
}

/** As {@link handlerOptionMistakes}, for a command: aliases and description are taken off already. */
export function commandOptionMistakes(where: string, options: HandlerOptions): readonly AuthoringMistake[] {
  return mistakes(where, "option", options, {
    aliases: true,
    description: true,
    missed: true,
    corrections: true,
    parallel: true,
  });
}
