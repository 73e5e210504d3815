import { randomUUID } from "node:crypto";

import { xml, type Element } from "../../base/element.js";
import { messageOf } from "../../base/errors.js";
import type { LanguageMap } from "../../base/language-map.js";
import type { XmppError } from "../../xmpp/xmpp-error.js";
import {
  JoinFailed,
  RoomCaughtUp,
  RoomEntered,
  RoomExited,
  RoomResumed,
  RoomSuspended,
} from "../events/lifecycle.js";
import { JoinError, joinReason } from "../join-error.js";
import { joinPresence, type ConfigureRoom, type HistoryRequest, type JoinOptions } from "../join-options.js";
import { askConfiguration, openInstantRoom, submitConfiguration } from "../admin/configuration.js";
import { askFeatures } from "../admin/room-info.js";
import { StatusCode, type LeaveMode } from "../status-codes.js";
import type { Destroyed } from "../wire/muc-user.js";
import { Deferred } from "./deferred.js";
import { exitReason, failureReason, farewellIn, type RoomSource } from "./farewell.js";
import { NickChoice } from "./nick-choice.js";
import type { OccupantPresenceStanza } from "./occupant-table.js";
import { Resync } from "./resync.js";
import { RoomCore } from "./room-core.js";
import type { RoomContext } from "./room-context.js";
import type { OutageCause, RoomEffect } from "./room-machine.js";

/** Clocks of both sides run on while a request for history is under way, and their marks are rough. */
const HISTORY_MARGIN_S = 30;
/** Joins whose late answers are known as such. */
const MAX_UNANSWERED = 16;

/** Being in a room, or trying to: carries out what the machine decides. */
export class Membership {
  readonly core: RoomCore<RoomSource>;
  readonly nicks: NickChoice;
  readonly #room: RoomContext;
  readonly #options: JoinOptions;
  readonly #ended = new Deferred();
  #entered = new Deferred();
  #joinId = "";
  /** Joins that were not answered: a slow service may answer one that we gave up, and then the next one too. */
  readonly #unanswered = new Set<string>();
  /** Whoever has the nick that we asked for, while nothing says who that is. */
  #namesake: OccupantPresenceStanza | null = null;
  #leaveStatus: string | null = null;
  readonly #resync: Resync;

  constructor(room: RoomContext, nick: string, options: JoinOptions) {
    this.#room = room;
    this.#options = options;
    const { host, jid } = room;
    const nicks = new NickChoice(nick, options.nickConflict ?? "fail", (error) =>
      host.logger.error({ room: jid, error }, "No other nick could be chosen"),
    );
    this.#resync = new Resync(room);
    room.onMembersOnly = () => {
      if (this.core.inside) this.#resync.begin(nicks.current);
    };
    const isNickSeen = (): boolean => this.#namesake !== null;
    this.nicks = nicks;
    this.core = new RoomCore<RoomSource>(host, {
      policy: {
        get autorejoin() {
          return room.autorejoin;
        },
        persist: options.firstJoin === "persist",
        get hasNextNick() {
          return nicks.peek() !== null;
        },
        get nickSeen() {
          return isNickSeen();
        },
      },
      perform: (effect, source) => this.#perform(effect, source),
      failed: (error) => host.failed(error, null),
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

  /** A subject that a resync of ours brought, and that is known. */
  isKnownSubject(subject: LanguageMap, setter: string | null): boolean {
    return this.#resync.isKnownSubject(subject, setter);
  }

  /** Own available presence. */
  selfAvailable(presence: OccupantPresenceStanza): void {
    const { table } = this.#room;
    if (this.core.inside) {
      const { me } = table;
      table.selfAvailable(presence);
      // A nick change whose announcement we missed.
      if (me !== null && me.nick !== this.nicks.current) this.nicks.changed(me.nick);
    } else if (this.#namesake !== null && this.#namesake.nick !== presence.nick) this.#isSomebodyElse();
    if (this.#resync.answered(presence.stanza)) return;
    const answersJoin = this.#unanswered.delete(presence.stanza.attrs["id"] ?? "");
    this.core.input(
      { type: "selfAvailable", relisted: answersJoin && this.core.inside },
      { stanza: presence.stanza, presence },
    );
  }

  /** While joining: somebody has the nick that we asked for. Not every service says of our own presence that it is. */
  nickSeen(presence: OccupantPresenceStanza): void {
    this.#namesake = presence;
  }

  /** While joining: whoever had the nick that we asked for has gone, before anything said who that was. */
  nickGone(): void {
    this.#namesake = null;
  }

  #isSomebodyElse(): void {
    if (this.#namesake !== null) this.#room.table.available(this.#namesake, true);
    this.#namesake = null;
  }

  /** Own unavailable presence, but for a nick change. */
  selfUnavailable(
    presence: OccupantPresenceStanza,
    destroyed: Destroyed | null,
    mode: LeaveMode | null,
  ): void {
    if (this.core.inside || this.core.state.phase === "leaving") this.#room.table.selfUnavailable(presence);
    const asked = this.#resync.abandon();
    this.core.input({ type: "selfUnavailable", mode }, { stanza: presence.stanza, presence, destroyed });
    // The question was on its way: it would let us in again, where we do not know of it.
    if (asked && !this.core.listening) this.#sendLeave();
  }

  /** An error for a presence. False when it is not for the join that is under way. */
  refused(stanza: Element, nick: string | null, error: XmppError): boolean {
    const { id } = stanza.attrs;
    // Only the room, or the occupant JID that was asked for: anybody else inside can send an error too.
    const answersUs =
      (nick === null || nick === this.nicks.current) && (id === undefined || id === this.#joinId);
    if (!answersUs || this.core.state.phase !== "joining") return false;
    this.#unanswered.delete(this.#joinId);
    this.core.input({ type: "refused", condition: error.condition }, { stanza, error });
    this.#tellRefusal(error);
    return true;
  }

  /** A room that was never entered has no outage to tell of; somebody may have mistyped its address all the same. */
  #tellRefusal(error: XmppError): void {
    const { phase, entered } = this.core.state;
    if (phase !== "waiting" || entered) return;
    const { host, jid } = this.#room;
    const refusal = new JoinError(jid.toString(), joinReason(error.condition), error);
    host.logger.warn({ room: jid, reason: refusal.reason }, `${refusal.message}; it will be tried again`);
  }

  #perform(effect: Exclude<RoomEffect, { do: "timer" }>, source: RoomSource | null): void {
    switch (effect.do) {
      case "join":
        return this.#join(effect.again);
      case "nextNick":
        this.nicks.advance();
        return this.#sendJoin();
      case "sendLeave":
        return this.#sendLeave();
      case "enter":
        return this.#enter(source);
      case "caughtUp":
        return this.#room.tell(new RoomCaughtUp(this.#room.room, 0, null));
      case "suspend":
        return this.#suspend(effect.cause, source);
      case "fail":
        return this.#fail(effect.why, source);
      case "exit":
        return this.#exit(effect.mode, source);
      case "diagnostic":
        return this.#room.host.diagnostic(effect.code, source?.stanza ?? null);
    }
  }

  #join(again: boolean): void {
    const { room, table } = this.#room;
    if (this.#unanswered.size >= MAX_UNANSWERED) this.#unanswered.clear();
    this.nicks.restart();
    table.trustOccupantIds = false;
    if (again) {
      table.beginRejoin();
      this.#room.tell(new RoomResumed(room, this.core.outage?.attempt ?? 1));
    }
    this.#askFeatures();
    this.#sendJoin();
  }

  /** Asked before the join presence goes out, so that the answer is here before anything that depends on it. */
  #askFeatures(): void {
    const { host, jid } = this.#room;
    askFeatures(host, jid, (features) => this.#room.learnFeatures(features)).catch((error: unknown) =>
      // A room that does not exist yet has nothing to tell: nothing is trusted then.
      host.logger.debug({ room: jid, error: messageOf(error) }, "The room tells no features"),
    );
  }

  #sendJoin(): void {
    this.#joinId = randomUUID();
    this.#unanswered.add(this.#joinId);
    this.#namesake = null;
    const to = this.#room.jid.withResource(this.nicks.current);
    const { password, presence } = this.#room;
    this.#post(joinPresence(to, this.#joinId, { password, history: this.#history(), presence }));
  }

  /** After a gap what was said in it; the first time what the owner wants. */
  #history(): HistoryRequest | null {
    if (!this.core.state.entered) return this.#options.history ?? null;
    return { seconds: Math.ceil(this.#room.silentMs / 1000) + HISTORY_MARGIN_S };
  }

  #sendLeave(): void {
    const to = this.#room.jid.withResource(this.nicks.current).toString();
    const status = this.#leaveStatus === null ? null : xml("status", null, this.#leaveStatus);
    this.#post(xml("presence", { to, type: "unavailable" }, status));
  }

  #post(stanza: Element): void {
    const { host, jid } = this.#room;
    host.send(stanza).catch((error: unknown) => {
      host.logger.debug({ room: jid, error: messageOf(error) }, "A presence could not be sent");
    });
  }

  #enter(source: RoomSource | null): void {
    const presence = source?.presence ?? this.#namesake;
    if (presence === null) return;
    this.#namesake = null;
    const { table, room, host, jid } = this.#room;
    const rejoined = table.me !== null;
    const me = table.selfAvailable(presence);
    this.nicks.given(me.nick);
    table.endRejoin();
    const { codes, stanza } = presence;
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
    const { create } = this.#options;
    if (typeof create === "function") return this.#reserve(create);
    host.logger.warn({ room: jid }, "The room did not exist: it is opened with the service's own settings");
    openInstantRoom(host, jid)
      .catch((error: unknown) =>
        host.logger.error(
          { room: jid, error: messageOf(error) },
          "The new room could not be opened for others",
        ),
      )
      .finally(() => {
        if (!this.core.inside) return;
        this.#entered.resolve();
        this.#askFeatures();
      });
  }

  /** XEP-0045 §10.1.3. A room that cannot be made as its owner wants it is not left open to others. */
  #reserve(configure: ConfigureRoom): void {
    const { host, jid } = this.#room;
    const configured = async (): Promise<void> => {
      const form = await configure(await askConfiguration(host, jid));
      if (this.core.inside) await submitConfiguration(host, jid, form);
    };
    configured().then(
      () => {
        if (!this.core.inside) return;
        host.logger.info({ room: jid }, "The room did not exist: it was made as it was asked for");
        this.#entered.resolve();
        this.#askFeatures();
      },
      (error: unknown) => {
        host.logger.error(
          { room: jid, error: messageOf(error) },
          "The new room could not be configured: it is left again",
        );
        if (!this.core.inside) return;
        this.#entered.reject(new JoinError(jid.toString(), "other", error));
        void this.leave(null, this.core.leaveTimeoutMs);
      },
    );
  }

  #suspend(cause: OutageCause, source: RoomSource | null): void {
    const { room, host, jid } = this.#room;
    this.#resync.abandon();
    // Who asks to join meanwhile waits for the rejoin.
    if (this.#entered.settled) this.#entered = new Deferred();
    const farewell = farewellIn(source);
    const nextAttemptAt = this.core.outage?.nextAttemptAt ?? null;
    host.logger.warn(
      { room: jid, cause, nextAttemptAt, reason: farewell.reason },
      "Out of the room; it will be joined again",
    );
    this.#room.tell(new RoomSuspended(room, source?.stanza ?? null, { ...farewell, cause, nextAttemptAt }));
  }

  #fail(why: Extract<RoomEffect, { do: "fail" }>["why"], source: RoomSource | null): void {
    const { host, jid, room } = this.#room;
    const reason = failureReason(why, source);
    const error = new JoinError(jid.toString(), reason, source?.error);
    host.forget(jid);
    // Who asked is told by `entered` and `failure`; whether anybody else has to know, they decide.
    host.logger.debug({ room: jid, reason }, error.message);
    this.#entered.reject(error);
    this.#room.tell(new JoinFailed(room, source?.stanza ?? null, error));
    this.#ended.resolve();
  }

  #exit(mode: LeaveMode, source: RoomSource | null): void {
    const { host, jid, room } = this.#room;
    const farewell = farewellIn(source);
    this.#resync.abandon();
    host.forget(jid);
    host.logger.info({ room: jid, mode, reason: farewell.reason }, "Out of the room for good");
    this.#entered.reject(new JoinError(jid.toString(), exitReason(mode, source), source?.error));
    this.#room.tell(
      new RoomExited(room, source?.stanza ?? null, {
        ...farewell,
        mode,
        alternative: source?.destroyed?.alternative ?? null,
        password: source?.destroyed?.password ?? null,
      }),
    );
    this.#ended.resolve();
  }
}
