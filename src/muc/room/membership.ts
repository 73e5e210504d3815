import { randomUUID } from "node:crypto";

import { xml, type Element } from "../../base/element.js";
import { messageOf } from "../../base/errors.js";
import type { XmppError } from "../../xmpp/xmpp-error.js";
import {
  JoinFailed,
  RoomCaughtUp,
  RoomEntered,
  RoomExited,
  RoomResumed,
  RoomSuspended,
  type Farewell,
} from "../events/lifecycle.js";
import { JoinError, joinReason, type JoinErrorReason } from "../join-error.js";
import { joinPresence, NickChoice, type JoinOptions } from "../join-options.js";
import { askFeatures, openInstantRoom } from "../room-requests.js";
import { StatusCode, type LeaveMode } from "../status-codes.js";
import type { Destroyed } from "../wire/muc-user.js";
import { NS } from "../wire/namespaces.js";
import { Deferred } from "./deferred.js";
import { farewellOf, type OccupantPresenceStanza } from "./occupant-table.js";
import { RoomCore } from "./room-core.js";
import type { RoomContext } from "./room-context.js";
import type { OutageCause, RoomEffect, RoomPolicy } from "./room-machine.js";

/** The last presence of our own: what a transition has to tell comes from it. */
interface SelfPresence {
  readonly presence: OccupantPresenceStanza;
  readonly destroyed: Destroyed | null;
}

const NOTHING_SAID: Farewell = { actor: null, reason: null, statusCodes: new Set() };

/** Being in a room, or trying to: carries out what the machine decides. */
export class Membership {
  readonly core: RoomCore;
  readonly nicks: NickChoice;
  readonly #room: RoomContext;
  readonly #options: JoinOptions;
  readonly #ended = new Deferred();
  #entered = new Deferred();
  #joinId = "";
  #refusal: { readonly stanza: Element; readonly error: XmppError } | null = null;
  #self: SelfPresence | null = null;
  #leaveStatus: string | null = null;

  constructor(room: RoomContext, nick: string, options: JoinOptions) {
    this.#room = room;
    this.#options = options;
    this.nicks = new NickChoice(nick, options.nickConflict ?? "fail");
    this.core = new RoomCore(room.host, {
      policy: () => this.#policy(),
      perform: (effect) => this.#perform(effect),
    });
  }

  /** Settles with the join, or with the rejoin that is under way. */
  get entered(): Promise<void> {
    return this.#entered.promise;
  }

  /** Leaves; settles when the room is over. */
  leave(status: string | null, timeoutMs: number): Promise<void> {
    this.#leaveStatus = status;
    this.core.leaveTimeoutMs = timeoutMs;
    this.core.input({ type: "leave" });
    return this.#ended.promise;
  }

  /** Own available presence. */
  selfAvailable(presence: OccupantPresenceStanza): void {
    this.#self = { presence, destroyed: null };
    if (this.core.inside) this.#room.table.selfAvailable(presence);
    this.core.input({ type: "selfAvailable" });
  }

  /** Own unavailable presence, but for a nick change. */
  selfUnavailable(
    presence: OccupantPresenceStanza,
    destroyed: Destroyed | null,
    mode: LeaveMode | null,
  ): void {
    if (this.core.inside || this.core.state.phase === "leaving") this.#room.table.selfUnavailable(presence);
    this.#self = { presence, destroyed };
    this.core.input({ type: "selfUnavailable", mode });
  }

  /** An error for a presence. False when it is not for the join that is under way. */
  refused(stanza: Element, nick: string | null, error: XmppError): boolean {
    const { id } = stanza.attrs;
    // Only the room, or the occupant JID that was asked for: anybody else inside can send an error too.
    const answersUs =
      (nick === null || nick === this.nicks.current) && (id === undefined || id === this.#joinId);
    if (!answersUs || this.core.state.phase !== "joining") return false;
    this.#refusal = { stanza, error };
    this.core.input({ type: "refused", condition: error.condition });
    return true;
  }

  #policy(): RoomPolicy {
    return {
      autorejoin: this.#room.autorejoin,
      persist: this.#options.firstJoin === "persist",
      hasNextNick: this.nicks.peek() !== null,
    };
  }

  #perform(effect: Exclude<RoomEffect, { do: "timer" }>): void {
    switch (effect.do) {
      case "join":
        return this.#join(effect.again);
      case "nextNick":
        this.nicks.advance();
        return this.#sendJoin();
      case "sendLeave":
        return this.#sendLeave();
      case "enter":
        return this.#enter();
      case "caughtUp":
        return this.#room.tell(new RoomCaughtUp(this.#room.room, 0, null));
      case "suspend":
        return this.#suspend(effect.cause);
      case "fail":
        return this.#fail(effect.why);
      case "exit":
        return this.#exit(effect.mode);
      case "diagnostic":
        return this.#room.host.diagnostic(effect.code, null);
    }
  }

  #join(again: boolean): void {
    const { room, table } = this.#room;
    this.nicks.restart(table.me?.nick);
    this.#refusal = null;
    this.#self = null;
    if (again) {
      if (this.#entered.settled) this.#entered = new Deferred();
      table.beginRejoin();
      this.#room.tell(new RoomResumed(room, this.core.outage?.attempt ?? 1));
    }
    this.#askFeatures();
    this.#sendJoin();
  }

  /** Asked before the join presence goes out, so that the answer is here before anything that depends on it. */
  #askFeatures(): void {
    const { host, jid, table } = this.#room;
    askFeatures(host, jid, (features) => {
      this.#room.features = features;
      table.trustOccupantIds = features.has(NS.occupantId);
    }).catch((error: unknown) =>
      // A room that does not exist yet has nothing to tell: nothing is trusted then.
      host.logger.debug({ room: jid, error: messageOf(error) }, "The room tells no features"),
    );
  }

  #sendJoin(): void {
    this.#joinId = randomUUID();
    const to = this.#room.jid.withResource(this.nicks.current);
    const history = this.core.state.entered ? null : (this.#options.history ?? null);
    this.#post(joinPresence(to, this.#joinId, { password: this.#room.password, history }));
  }

  #sendLeave(): void {
    const to = this.#room.jid.withResource(this.#room.table.me?.nick ?? this.nicks.current).toString();
    const status = this.#leaveStatus === null ? null : xml("status", null, this.#leaveStatus);
    this.#post(xml("presence", { to, type: "unavailable" }, status));
  }

  #post(stanza: Element): void {
    const { host, jid } = this.#room;
    host.send(stanza).catch((error: unknown) => {
      host.logger.debug({ room: jid, error: messageOf(error) }, "A presence could not be sent");
    });
  }

  #enter(): void {
    const self = this.#self;
    if (self === null) return;
    const { table, room, host, jid } = this.#room;
    const rejoined = table.me !== null;
    const me = table.selfAvailable(self.presence);
    table.endRejoin();
    const { codes, stanza } = self.presence;
    const created = codes.has(StatusCode.created);
    host.logger.info({ room: jid, nick: me.nick, created, rejoined }, "Joined the room");
    this.#room.tell(new RoomEntered(room, stanza, me, codes));
    if (created) this.#created(rejoined);
    else this.#entered.resolve();
  }

  /** The room did not exist. Until it is configured, nobody else can enter it (XEP-0045 §10.1.2). */
  #created(rejoined: boolean): void {
    const { host, jid } = this.#room;
    if (rejoined || this.#options.create === "refuse") {
      host.logger.warn({ room: jid }, "The room did not exist: it is left again");
      void this.leave(null, this.core.leaveTimeoutMs);
      return;
    }
    host.logger.warn({ room: jid }, "The room did not exist: it is opened with the service's own settings");
    openInstantRoom(host, jid)
      .catch((error: unknown) =>
        host.logger.error(
          { room: jid, error: messageOf(error) },
          "The new room could not be opened for others",
        ),
      )
      .finally(() => {
        this.#entered.resolve();
        this.#askFeatures();
      });
  }

  #suspend(cause: OutageCause): void {
    const { room, host, jid } = this.#room;
    const farewell = this.#farewell();
    const nextAttemptAt = this.core.outage?.nextAttemptAt ?? null;
    host.logger.warn(
      { room: jid, cause, nextAttemptAt, reason: farewell.reason },
      "Out of the room; it will be joined again",
    );
    this.#room.tell(
      new RoomSuspended(room, this.#self?.presence.stanza ?? null, { ...farewell, cause, nextAttemptAt }),
    );
    this.#self = null;
  }

  #farewell(): Farewell {
    const { presence, destroyed } = this.#self ?? {};
    if (presence?.stanza.attrs["type"] !== "unavailable") return NOTHING_SAID;
    const farewell = farewellOf(presence);
    return { ...farewell, reason: destroyed?.reason ?? farewell.reason };
  }

  #joinFailure(why: Extract<RoomEffect, { do: "fail" }>["why"]): { reason: JoinErrorReason; cause?: Error } {
    if (why === "refused" && this.#refusal !== null)
      return { reason: joinReason(this.#refusal.error.condition), cause: this.#refusal.error };
    if (why === "removed") {
      if (this.#self?.destroyed != null) return { reason: "gone" };
      return { reason: this.#self?.presence.codes.has(StatusCode.banned) === true ? "banned" : "other" };
    }
    return { reason: why === "refused" || why === "timeout" ? "timeout" : why };
  }

  #fail(why: Extract<RoomEffect, { do: "fail" }>["why"]): void {
    const { host, jid, room } = this.#room;
    const { reason, cause } = this.#joinFailure(why);
    const error = new JoinError(jid.toString(), reason, cause);
    host.forget(jid);
    // Who asked is told by `entered` and `failure`; whether anybody else has to know, they decide.
    host.logger.debug({ room: jid, reason }, error.message);
    this.#entered.reject(error);
    this.#room.tell(new JoinFailed(room, this.#refusal?.stanza ?? null, error));
    this.#ended.resolve();
  }

  #exit(mode: LeaveMode): void {
    const { host, jid, room } = this.#room;
    const farewell = this.#farewell();
    const destroyed = this.#self?.destroyed ?? null;
    host.forget(jid);
    host.logger.info({ room: jid, mode, reason: farewell.reason }, "Out of the room for good");
    const reason: JoinErrorReason = mode === "disconnected" ? "disconnected" : "aborted";
    this.#entered.reject(new JoinError(jid.toString(), reason, this.#refusal?.error));
    this.#room.tell(
      new RoomExited(room, this.#self?.presence.stanza ?? null, {
        ...farewell,
        mode,
        alternative: destroyed?.alternative ?? null,
        password: destroyed?.password ?? null,
      }),
    );
    this.#ended.resolve();
  }
}
