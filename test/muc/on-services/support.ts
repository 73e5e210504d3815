// A client of ours and raw peers in one room.
import type { AnyRoomEvent } from "../../../src/muc/events/event-map.js";
import { MucClient } from "../../../src/muc/client.js";
import type { JoinOptions } from "../../../src/muc/join-options.js";
import type { Room } from "../../../src/muc/room.js";
import { Session } from "../../../src/xmpp/session.js";
import type { Account, Service } from "../../support/service.js";
import { eventually } from "../../support/wait.js";
import { describeEvent } from "../support/describe-event.js";
import { record } from "../support/stage.js";

export const until = (check: () => boolean, what: string): Promise<true> =>
  eventually(check, { timeoutMs: 45_000, what });

/** A client with an account of its own. */
export interface Actor {
  readonly account: Account;
  readonly client: MucClient;
  readonly session: Session;
}

/** Somebody in a room, with one of our clients. */
export interface Insider extends Actor {
  readonly room: Room;
  readonly events: AnyRoomEvent[];
}

/** Accounts and clients of one test, ended with it. */
export class Cast {
  readonly #service: Service;
  readonly #sessions: Session[] = [];

  constructor(service: Service) {
    this.#service = service;
  }

  async actor(name: string): Promise<Actor> {
    return this.actorOf(await this.#service.createAccount(name));
  }

  /** `prepare` may listen before there is a session: to what was kept for the account. */
  async actorOf(account: Account, prepare: (actor: Actor) => void = () => {}): Promise<Actor> {
    const session = new Session({ ...account, tls: { required: false } });
    this.#sessions.push(session);
    const actor = { account, session, client: new MucClient(session) };
    prepare(actor);
    await session.start();
    return actor;
  }

  async enter(jid: string, nick: string, options: JoinOptions = {}): Promise<Insider> {
    return this.enterAs(await this.actor(nick), jid, nick, options);
  }

  async enterAs(actor: Actor, jid: string, nick: string, options: JoinOptions = {}): Promise<Insider> {
    const { room, entered } = actor.client.join(jid, nick, options);
    const events = record(room);
    await entered;
    await until(() => room.active, `${nick} is active`);
    return { ...actor, room, events };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#sessions.map((session) => session.stop()));
  }
}

/** Waits until everybody is seen by the first. */
export const seen = (by: Insider, ...nicks: readonly string[]): Promise<true> =>
  until(() => nicks.every((nick) => by.room.getOccupant(nick) !== null), `${nicks.join(", ")} are seen`);

/** The occupant of that nick, who has to be there. */
export function occupant(by: Insider, nick: string) {
  const found = by.room.getOccupant(nick);
  if (found === null) throw new Error(`${nick} is not there`);
  return found;
}

/** The events of some types, as lines. */
export const lines = (events: readonly AnyRoomEvent[], ...types: readonly string[]): string[] =>
  events.filter(({ type }) => types.includes(type)).map(describeEvent);
