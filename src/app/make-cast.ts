import type { Clock } from "../base/clock.js";
import type { Logger } from "../base/logger.js";
import type { AuthoringMistake } from "../bot/errors.js";
import type { MucClient } from "../muc/client.js";
import type { Session } from "../xmpp/session.js";
import type { BotPlan } from "./bot-plan.js";
import { Cast } from "./cast.js";
import { createContainer, instantiate } from "./container.js";
import type { InjectionCheck } from "./injection-check.js";
import { fillMiddlewares, middlewareClasses } from "./middlewares.js";
import type { AppSettings } from "./options.js";
import { provideClass, providedByApp } from "./provided.js";
import type { RoomPlan } from "./room-plan.js";
import { checkStart } from "./start-check.js";

/** What the bots of an application are made from. */
export interface CastOptions {
  /** What was given as bots: it may be anything. */
  readonly given: readonly unknown[];
  /** Mistakes that were found before. */
  readonly found: readonly AuthoringMistake[];
  readonly plans: readonly BotPlan[];
  readonly rooms: RoomPlan;
  readonly settings: AppSettings;
  readonly session: Session;
  readonly muc: MucClient;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** Makes what there is once. Throws `AuthoringError` that names every mistake of the authors. */
export function makeCast({ given: bots, found, plans, rooms, settings, ...own }: CastOptions): Cast {
  const given = settings.providers ?? [];
  const overridden = new Set(given.map(({ token }) => token));
  const everywhere = plans.map((plan) => plan.everywhere);
  const classesOf = (perRoom: boolean) =>
    plans.filter((plan) => plan.perRoom === perRoom).flatMap((plan) => plan.everywhere.classes);
  // what comes later takes the place of what came before
  const providers = [
    ...providedByApp(settings, { ...own, plan: rooms }),
    ...[...middlewareClasses(everywhere), ...classesOf(false)].map(provideClass),
    ...given,
  ];
  const perRoom = new Set(classesOf(true).filter((type) => !overridden.has(type)));
  const check = checkStart({ found, given: bots, bots: plans, rooms, providers, perRoom });
  warnOfCopies(check.owned, own.logger);
  // tsyringe has one of them for the whole process; applications share nothing
  const singletons = [...check.singletons].filter((type) => !overridden.has(type)).map(provideClass);
  const container = createContainer([...singletons, ...providers]);
  fillMiddlewares(everywhere, container);
  const cast = new Cast(plans, container, overridden);
  // the first room that asked would make it, of what only that room has
  for (const token of check.askedForByRooms) if (typeof token === "function") instantiate(container, token);
  return cast;
}

/** What one of them puts into it, none of the others finds there. */
function warnOfCopies(owned: InjectionCheck["owned"], logger: Logger): void {
  for (const [service, askers] of owned)
    if (askers.size > 1)
      logger.warn(
        { service: service.name, askedForBy: [...askers].map(({ name }) => name) },
        "Each class that asks for this service gets one of its own: put @singleton() on it, in place of @injectable(), where it is to be one for all",
      );
}
