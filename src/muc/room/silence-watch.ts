import type { Timer } from "../../base/clock.js";
import { xml } from "../../base/element.js";
import { messageOf } from "../../base/errors.js";
import { RoomFresh, RoomStale } from "../events/self-ping.js";
import { XmppError } from "../../xmpp/xmpp-error.js";
import { NS } from "../wire/namespaces.js";
import type { RoomContext } from "./room-context.js";
import { SELF_PING, verdictOn, withSelfPing, type SelfPing } from "./self-ping.js";

/** The share of the interval by which questions are early or late: many rooms do not ask at once. */
const JITTER = 0.1;

/**
 * Notices that we are out of a room though nobody said so (XEP-0410): a room that is silent is asked. What comes of a
 * stanza is that its time is noted; the one timer finds out later whether there was anything.
 */
export class SilenceWatch {
  readonly #room: RoomContext;
  readonly #gone: () => void;
  #settings = SELF_PING;
  #timer: Timer | null = null;
  #running = false;
  #heardAtMs = 0;
  /** Whether the next sign of life has something to end: questions, or being stale. */
  #alert = false;
  #stale = false;
  #asking = false;
  #nextQuestionAtMs = 0;
  /** Answers to questions of an earlier silence count for nothing. */
  #silence = 0;
  #missing = 0;

  /** `gone` is called where the room says that we are out. */
  constructor(room: RoomContext, gone: () => void) {
    this.#room = room;
    this.#gone = gone;
  }

  /** The limits. */
  get settings(): SelfPing {
    return this.#settings;
  }

  /** Changes some of the limits, from now on; questions that are out keep theirs. Throws `ArgumentError`. */
  change(changes: Partial<SelfPing>): void {
    this.#settings = withSelfPing(this.#settings, changes);
    if (this.#running) this.#arm();
  }

  /** We are in. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#heardAtMs = this.#room.host.clock.monotonic();
    this.#arm();
  }

  /** We are out, or about to be. */
  stop(): void {
    this.#running = false;
    this.#calm();
    this.#stale = false;
    this.#timer?.cancel();
    this.#timer = null;
  }

  /** The room was heard of, at the time that the context has noted. For each stanza: this has to cost nothing. */
  heard(): void {
    this.#heardAtMs = this.#room.lastStanzaMs;
    if (this.#alert) this.#fresh();
  }

  /** Something says that we may be out, but does not prove it: the room is asked now, as if it had been silent. */
  suspect(): void {
    if (!this.#running || this.#asking) return;
    this.#asking = true;
    this.#alert = true;
    this.#ask(this.#room.host.clock.monotonic());
    this.#arm();
  }

  #fresh(): void {
    if (!this.#running) return;
    const { room, host, jid } = this.#room;
    const wasStale = this.#stale;
    this.#calm();
    this.#stale = false;
    this.#arm();
    if (!wasStale) return;
    host.logger.info({ room: jid }, "The room is heard of again");
    this.#room.tell(new RoomFresh(room));
  }

  #calm(): void {
    this.#alert = false;
    this.#asking = false;
    this.#missing = 0;
    this.#silence++;
  }

  #arm(): void {
    const { clock } = this.#room.host;
    const { softTimeoutMs, hardTimeoutMs } = this.#settings;
    let dueMs = this.#asking ? this.#nextQuestionAtMs : this.#heardAtMs + softTimeoutMs;
    if (!this.#stale) dueMs = Math.min(dueMs, this.#heardAtMs + hardTimeoutMs);
    this.#timer?.cancel();
    // whole milliseconds: what is left of a difference can be too little to move a clock on at all
    const leftMs = Math.ceil(Math.max(0, dueMs - clock.monotonic()));
    this.#timer = clock.setTimeout(() => this.#guardedCheck(), leftMs);
  }

  /** A defect of ours is no end of the process. */
  #guardedCheck(): void {
    try {
      this.#check();
    } catch (error) {
      this.#room.host.failed(error, null);
    }
  }

  #check(): void {
    const nowMs = this.#room.host.clock.monotonic();
    const silentMs = nowMs - this.#heardAtMs;
    const { softTimeoutMs, hardTimeoutMs } = this.#settings;
    if (!this.#asking && silentMs >= softTimeoutMs) {
      this.#asking = true;
      this.#alert = true;
      this.#nextQuestionAtMs = nowMs;
    }
    if (this.#asking && nowMs >= this.#nextQuestionAtMs) this.#ask(nowMs);
    this.#arm();
    // last, for a listener may do anything
    if (!this.#stale && silentMs >= hardTimeoutMs) this.#grownStale(silentMs);
  }

  #grownStale(silentMs: number): void {
    const { room, host, jid } = this.#room;
    this.#stale = true;
    this.#alert = true;
    this.#arm();
    host.logger.warn({ room: jid, silentMs: Math.round(silentMs) }, "Nothing is heard of the room any more");
    this.#room.tell(new RoomStale(room));
  }

  #ask(nowMs: number): void {
    const { intervalMs } = this.#settings;
    this.#nextQuestionAtMs = nowMs + intervalMs * (1 - JITTER + 2 * JITTER * Math.random());
    const silence = this.#silence;
    this.#room.host.inquire(() => this.#send(silence));
  }

  #send(silence: number): void {
    const { host, jid, table } = this.#room;
    // Nobody hears it while there is no stream; what is known of the room then is as old as the interruption.
    if (silence !== this.#silence || !host.online || table.me === null) return;
    const { nick } = table.me;
    const { timeoutMs } = this.#settings;
    const onResult = (): void => this.#answered(silence, nick, null);
    host.iq
      .get(jid.withResource(nick), xml("ping", { xmlns: NS.ping }), { timeoutMs, onResult })
      .catch((error: unknown) => this.#answered(silence, nick, error));
  }

  #answered(silence: number, nick: string, error: unknown): void {
    if (silence !== this.#silence) return;
    const { host, jid, table } = this.#room;
    let verdict = verdictOn(error);
    if (verdict === "missing") {
      if (nick === table.me?.nick) this.#missing++;
      verdict = this.#missing > 1 ? "gone" : "unsure";
    } else if (verdict === "unsure" && error instanceof XmppError) this.#missing = 0;
    if (verdict === "in") {
      this.#room.noteStanza();
      return this.heard();
    }
    host.logger.debug(
      { room: jid, verdict, error: messageOf(error) },
      "The room was asked whether we are in",
    );
    if (verdict === "gone") this.#gone();
  }
}
