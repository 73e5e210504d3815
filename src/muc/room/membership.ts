import type { Element } from "../../base/element.js";
import { messageOf } from "../../base/errors.js";
import type { LanguageMap } from "../../base/language-map.js";
import type { XmppError } from "../../xmpp/xmpp-error.js";
import { askFeatures } from "../admin/room-info.js";
import { RoomCaughtUp, RoomEntered, RoomResumed } from "../events/lifecycle.js";
import { CausePolicy } from "../causes.js";
import type { HistoryRequest, JoinOptions } from "../join-options.js";
import { StatusCode, type LeaveMode } from "../status-codes.js";
import type { Destroyed } from "../wire/muc-user.js";
import { AnonymityWatch } from "./anonymity-watch.js";
import { CatchUp } from "./catch-up.js";
import type { RoomSource } from "./farewell.js";
import { destroyedIn, Following } from "./following.js";
import { JoinPresences } from "./join-presences.js";
import { settleNewRoom } from "./new-room.js";
import { NickChoice } from "./nick-choice.js";
import type { OccupantPresenceStanza } from "./occupant-table.js";
import { Outcome } from "./outcome.js";
import { SilenceWatch } from "./silence-watch.js";
import { Resync } from "./resync.js";
import { RoomCore } from "./room-core.js";
import type { RoomContext } from "./room-context.js";
import type { RoomEffect } from "./room-machine.js";
import { logTransition } from "./transition-log.js";

/** Being in a room, or trying to: carries out what the machine decides. */
export class Membership {
  readonly core: RoomCore<RoomSource>;
  readonly nicks: NickChoice;
  /** Finds out that we are out, where nobody says so. */
  readonly silence: SilenceWatch;
  /** What was said while we were out. */
  readonly catchUp: CatchUp;
  readonly #room: RoomContext;
  readonly #options: JoinOptions;
  readonly #outcome: Outcome;
  readonly #presences: JoinPresences;
  /** Whoever has the nick that we asked for, while nothing says who that is. */
  #namesake: OccupantPresenceStanza | null = null;
  readonly #resync: Resync;
  readonly #causes: CausePolicy;
  readonly #following: Following;
  readonly #anonymity: AnonymityWatch;

  constructor(room: RoomContext, nick: string, options: JoinOptions) {
    this.#room = room;
    this.#options = options;
    const { host, jid } = room;
    const nicks = new NickChoice(nick, options.nickConflict ?? "fail", (error) =>
      host.logger.error({ room: jid, error }, "No other nick could be chosen"),
    );
    this.#outcome = new Outcome(room);
    this.#causes = new CausePolicy(options.onCause ?? {}, () => host.clock.monotonic());
    this.#following = new Following(room, nicks, options);
    this.catchUp = new CatchUp(room);
    this.#anonymity = new AnonymityWatch(room);
    this.#presences = new JoinPresences(room);
    this.#resync = new Resync(room);
    this.silence = new SilenceWatch(room, () => this.core.input({ type: "gone" }));
    room.onMembersOnly = () => {
      if (this.core.inside) this.#resync.begin(nicks.current);
    };
    const heldMs = (): number => this.core.heldMs;
    const isNickSeen = (): boolean => this.#namesake !== null;
    this.nicks = nicks;
    this.core = new RoomCore<RoomSource>(host, {
      policy: {
        get autorejoin() {
          return room.autorejoin;
        },
        // Who follows a room to where it went on does not come back here.
        decide: (cause, entered) =>
          this.#following.venue === null ? this.#causes.decide(cause, entered) : "out",
        get heldMs() {
          return heldMs();
        },
        persist: options.firstJoin === "persist",
        get hasNextNick() {
          return nicks.peek() !== null;
        },
        get nickSeen() {
          return isNickSeen();
        },
      },
      returning: (cause) => this.#causes.returning(cause),
      moved: (transition, source) => logTransition(room, transition, source, this.#outcome.ownReason),
      perform: (effect, source) => this.#perform(effect, source),
      failed: (error) => host.failed(error, null),
    });
  }

  /** Settles with the join, or with the rejoin that is under way. */
  get entered(): Promise<void> {
    return this.#outcome.entered;
  }

  /** Leaves; settles when the room is over. */
  leave(status: string | null, timeoutMs: number): Promise<void> {
    this.#presences.farewell = status;
    this.core.leaveTimeoutMs = timeoutMs;
    this.core.input({ type: "leave" });
    return this.#outcome.ended;
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
    const answersJoin = this.#presences.answered(presence.stanza);
    const relisted = answersJoin && this.core.inside;
    if (relisted) this.catchUp.beginAgain();
    this.core.input({ type: "selfAvailable", relisted }, { stanza: presence.stanza, presence });
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
    this.#following.consider(destroyed, this.core.state);
    this.core.input(
      { type: "selfUnavailable", mode: this.#isOfOldSession(presence) ? null : mode },
      { stanza: presence.stanza, presence, destroyed },
    );
    this.#following.forget();
    // The question was on its way: it would let us in again, where we do not know of it.
    if (asked && !this.core.listening) this.#presences.leave(this.nicks.current);
  }

  /** While joining: a farewell that names another session of our account is not ours, whatever its cause. */
  #isOfOldSession({ item }: OccupantPresenceStanza): boolean {
    const { jid } = this.#room.host;
    if (this.core.state.phase !== "joining" || jid === null || item?.jid == null) return false;
    return item.jid.resource !== null && !item.jid.equals(jid) && item.jid.bare().equals(jid.bare());
  }

  /** An error for a presence. False when it is not for the join that is under way. */
  refused(stanza: Element, nick: string | null, error: XmppError): boolean {
    // Only the room, or the occupant JID that was asked for: anybody else inside can send an error too.
    const answersUs =
      (nick === null || nick === this.nicks.current) && this.#presences.isUnderWay(stanza.attrs["id"]);
    if (!answersUs || this.core.state.phase !== "joining") return false;
    this.#presences.refused();
    const destroyed = destroyedIn(stanza, error);
    this.#following.consider(destroyed, this.core.state);
    this.core.input({ type: "refused", condition: error.condition }, { stanza, error, destroyed });
    this.#following.forget();
    return true;
  }

  #perform(effect: Exclude<RoomEffect, { do: "timer" }>, source: RoomSource | null): void {
    switch (effect.do) {
      case "join":
        return this.#join(effect.again);
      case "nextNick":
        return this.#nextNick();
      case "sendLeave":
        this.silence.stop();
        return this.#presences.leave(this.nicks.current);
      case "enter":
        return this.#enter(source);
      case "caughtUp":
        return this.#caughtUp();
      case "suspend":
        this.catchUp.suspended();
        this.silence.stop();
        this.#resync.abandon();
        return this.#outcome.suspended(effect.cause, this.core.outage?.nextAttemptAt ?? null, source);
      case "fail":
        this.#presences.over();
        this.#outcome.failed(effect.why, source);
        return this.#following.go();
      case "exit":
        this.#presences.over();
        this.silence.stop();
        this.#resync.abandon();
        this.#outcome.exited(effect.mode, source);
        return this.#following.go();
      case "diagnostic":
        return this.#room.host.diagnostic(effect.code, source?.stanza ?? null);
    }
  }

  #join(again: boolean): void {
    const { room, table } = this.#room;
    this.#presences.restart();
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

  /** A join like any other, where many go out; but its room waits for the answer already. */
  #nextNick(): void {
    this.nicks.advance();
    this.#presences.refused();
    const wanted = this.nicks.current;
    this.#room.host.turn(() => {
      if (this.core.state.phase === "joining" && this.nicks.current === wanted) this.#sendJoin();
    }, true);
  }

  #sendJoin(): void {
    this.#namesake = null;
    this.#presences.join(this.nicks.current, this.#history());
  }

  /** After a gap what was said in it; the first time what the owner wants. */
  #history(): HistoryRequest | null {
    if (!this.core.state.entered) return this.#options.history ?? null;
    return { seconds: this.catchUp.seconds };
  }

  #enter(source: RoomSource | null): void {
    const presence = source?.presence ?? this.#namesake;
    if (presence === null) return;
    this.#namesake = null;
    const { table, room } = this.#room;
    const rejoined = table.me !== null;
    const me = table.selfAvailable(presence);
    this.nicks.given(me.nick);
    this.silence.start();
    table.endRejoin();
    const { codes, stanza } = presence;
    const created = codes.has(StatusCode.created);
    this.#room.tell(new RoomEntered(room, stanza, me, codes));
    if (!created || !rejoined) this.#anonymity.entered(codes, stanza);
    if (created) this.#created(rejoined);
    else this.#outcome.joined();
  }

  #caughtUp(): void {
    const { room, host, jid, tell } = this.#room;
    const { missed, gap } = this.catchUp.over();
    if (gap !== null)
      host.logger.warn({ room: jid, ...gap }, "The room's history does not reach back to when we left");
    tell(new RoomCaughtUp(room, missed, gap));
  }

  #created(rejoined: boolean): void {
    const { create } = this.#options;
    settleNewRoom(
      this.#room,
      { create, rejoined },
      {
        inside: () => this.core.inside,
        opened: () => {
          this.#outcome.joined();
          this.#askFeatures();
        },
        leave: (reason, error) => {
          this.#outcome.ownReason = reason;
          if (error !== null) this.#outcome.joined(error);
          void this.leave(null, this.core.leaveTimeoutMs);
        },
      },
    );
  }
}
