import { AuthoringError, type AuthoringMistake } from "../bot/errors.js";
import { isBotClass, type Class } from "../bot/metadata.js";
import type { BotPlan } from "./bot-plan.js";
import type { Provider } from "./container.js";
import { eventMistakes } from "./event-types.js";
import { InjectionCheck } from "./injection-check.js";
import { invitationMistakes } from "./invitations.js";
import { middlewareClasses } from "./middlewares.js";
import { roleRequestMistakes } from "./role-requests.js";
import type { RoomPlan } from "./room-plan.js";
import { scheduleMistakes } from "./schedules.js";

const NO_BOTS: AuthoringMistake = {
  where: "bots",
  problem: "there is none",
  fix: "Name at least one class with @Bot()",
};

/** What is checked before anything is made. */
export interface StartCheck {
  /** Mistakes that were found before. */
  readonly found: readonly AuthoringMistake[];
  /** What was given as bots: it may be anything. */
  readonly given: readonly unknown[];
  readonly bots: readonly BotPlan[];
  readonly rooms: RoomPlan;
  /** Everything that the container of the application can give. */
  readonly providers: readonly Provider[];
  /** What each room has one of. */
  readonly perRoom: ReadonlySet<Class>;
}

/**
 * Looks for every mistake of the authors of some bots. Throws {@link AuthoringError} that names them all; else gives what
 * was found out about what constructors ask for.
 */
export function checkStart({ found, given, bots, rooms, providers, perRoom }: StartCheck): InjectionCheck {
  const outside = new Set(bots.flatMap(({ perRoom: no, compiled }) => (no ? [] : compiled.classes)));
  const check = new InjectionCheck(providers, perRoom);
  const mistakes = [
    ...found,
    ...(given.length === 0 ? [NO_BOTS] : []),
    ...given.flatMap((each) => {
      const bot = bots.find(({ type }) => type === each);
      return bot === undefined || !isBotClass(each) ? [noBot(each)] : injectionMistakes(bot, check);
    }),
    ...middlewareClasses(bots.map(({ everywhere }) => everywhere)).flatMap((each) => check.mistakesOf(each)),
    ...bots.flatMap((bot) => [
      ...bot.mistakes,
      ...bot.outsideMistakes(outside),
      ...scheduleMistakes(bot.everywhere),
    ]),
    ...bots.flatMap(({ type, everywhere }) => [
      ...everywhere.classes.flatMap(eventMistakes),
      ...invitationMistakes(type),
      ...roleRequestMistakes(type),
    ]),
    ...rooms.mistakes,
  ];
  if (mistakes.length > 0) throw new AuthoringError(mistakes);
  return check;
}

function injectionMistakes(
  { everywhere, perRoom }: BotPlan,
  check: InjectionCheck,
): readonly AuthoringMistake[] {
  return everywhere.classes.flatMap((each) => check.mistakesOf(each, perRoom ? "room" : "app"));
}

function noBot(given: unknown): AuthoringMistake {
  const where = typeof given === "function" ? given.name : String(given);
  const fix = "Put @Bot() on the class; a subclass needs one of its own";
  return { where, problem: "it is no bot", fix };
}
