import { Clock } from "../base/clock.js";
import { Logger } from "../base/logger.js";
import type { Class } from "../bot/metadata.js";
import { BotOptions, Rooms } from "../bot/rooms.js";
import { MucClient } from "../muc/client.js";
import { Session } from "../xmpp/session.js";
import { AppRooms, botJoin } from "./app-rooms.js";
import type { Provider } from "./container.js";
import type { AppSettings } from "./options.js";
import type { RoomPlan } from "./room-plan.js";

/** A class of which the application has one. */
export function provideClass(type: Class): Provider {
  return { token: type, useClass: type as new (...args: never[]) => object };
}

/** What constructors may ask for beside bots and features. */
export function providedByApp(
  settings: AppSettings,
  own: {
    readonly session: Session;
    readonly muc: MucClient;
    readonly plan: RoomPlan;
    readonly logger: Logger;
    readonly clock: Clock;
  },
): readonly Provider[] {
  const { session, muc, plan, logger, clock } = own;
  const botOptions: BotOptions = {
    jid: settings.jid.bare().toString(),
    nick: plan.nick,
    rooms: plan.rooms.map((room) => room.jid.toString()),
  };
  return [
    { token: Session, useValue: session },
    { token: MucClient, useValue: muc },
    { token: Rooms, useValue: new AppRooms(muc, plan.nick, logger, botJoin(plan.onCause)) },
    { token: Logger, useValue: logger },
    { token: Clock, useValue: clock },
    { token: BotOptions, useValue: botOptions },
  ];
}
