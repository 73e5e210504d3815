import type { Clock, Timer } from "../../base/clock.js";
import type { Element } from "../../base/element.js";
import { ArgumentError } from "../../base/errors.js";
import type { JID } from "../../base/jid.js";
import { RoomEvent } from "../events/room-event.js";
import type { VoiceRequestForm } from "../forms/voice-request-form.js";
import type { Occupant } from "../occupant.js";
import { Deferred } from "../room/deferred.js";
import type { Room } from "../room.js";
import { copyOf } from "./read-request.js";
import { endSubmission, Submission } from "./submission.js";

/**
 * What came of a request. `granted`: approved here, and the role has changed. `denied`: here. `answeredElsewhere`: the
 * role changed without us. `expired`: nobody answered in time, or the service did nothing with our answer. `left`: who
 * asked has gone. `exited`: we have.
 */
export type RoleRequestOutcome = "granted" | "denied" | "answeredElsewhere" | "expired" | "left" | "exited";

/** What is decided about a request; `expired`: nothing, in time. */
export type RoleRequestDecision = "approve" | "deny" | "expired";

/** How a request is denied. */
export interface DenyOptions {
  /** Said in private to who asked: no service tells of a denial. Nobody is told where they are not there any more. */
  readonly tell?: string;
}

/** What a request says, and who it is. Not part of the package's surface. */
export interface RoleRequestFacts {
  readonly form: VoiceRequestForm;
  readonly occupant: Occupant | null;
  readonly mismatch: "nick" | "realJid" | null;
  readonly nick: string;
  readonly realJid: JID | null;
}

/** What comes of a decision. Not part of the package's surface. */
export interface RoleRequestEffects {
  readonly clock: Clock;
  send(form: VoiceRequestForm): Promise<void>;
  tell(occupant: Occupant, text: string): Promise<void>;
  decided(request: RoleRequest, decision: RoleRequestDecision): void;
  settled(request: RoleRequest): void;
  failed(request: RoleRequest, error: unknown): void;
}

/** As long as a service may take to do what we approved. */
const GRANT_TIMEOUT_MS = 30_000;
/** Who waited that long has gone without a word, or has given up. */
const EXPIRES_MS = 86_400_000;

/** What happens around a request: for the room. Not part of the package's surface. */
export interface RoleRequestControl {
  /** Settles it from outside, unless it is settled. */
  settle(outcome: RoleRequestOutcome): void;
  /** The role that was asked for is there. */
  hasVoice(): void;
  readonly settled: boolean;
}

let controlOf: (request: RoleRequest) => RoleRequestControl;

/**
 * Somebody without voice asks for it in a moderated room (XEP-0045 §8.6): moderators get a form, and the first answer
 * counts. It may be answered now or later, here or by another moderator. Nothing is sent for a request that nobody
 * answers.
 */
export class RoleRequest extends RoomEvent {
  readonly type = "roleRequest";
  /** The form as the room sent it; its unknown fields are sent back. */
  readonly form: VoiceRequestForm;
  /**
   * Who asks. Null where nobody there has the nick of the form, or somebody of another real address does: see
   * {@link mismatch}. Nobody gets voice by having a nick.
   */
  readonly occupant: Occupant | null;
  /** What does not fit: nobody has that `nick` now, or who has it is of another `realJid`. Null where all fits. */
  readonly mismatch: "nick" | "realJid" | null;
  /** The nick that the form names; `""` for none. */
  readonly nick: string;
  /** The full real address that the form names, null for none. */
  readonly realJid: JID | null;
  /** The role that is asked for, as the form says it: `participant`. */
  readonly role: string;
  /** The answer, which is given once. */
  readonly submission: Submission;
  readonly #effects: RoleRequestEffects;
  readonly #outcome = new Deferred<RoleRequestOutcome>();
  #decision: RoleRequestDecision | null = null;
  #timer: Timer | null = null;

  static {
    controlOf = (request) => ({
      settle: (outcome) => request.#settle(outcome),
      hasVoice: () => request.#settle(request.#decision === "approve" ? "granted" : "answeredElsewhere"),
      get settled() {
        return request.#outcome.settled;
      },
    });
  }

  /** Made by the room. */
  constructor(room: Room, stanza: Element, facts: RoleRequestFacts, effects: RoleRequestEffects) {
    super(room, stanza);
    this.form = facts.form;
    this.occupant = facts.occupant;
    this.mismatch = facts.mismatch;
    this.nick = facts.nick;
    this.realJid = facts.realJid;
    this.role = facts.form.role ?? "participant";
    this.#effects = effects;
    this.submission = new Submission((form) => this.#submitted(form));
    this.#wait(EXPIRES_MS, () => this.#expired(false));
  }

  /** Whether it was decided, or nothing can come of a decision any more. */
  get decided(): boolean {
    return this.submission.done;
  }

  /** What was decided here, null for nothing (yet). */
  get decision(): RoleRequestDecision | null {
    return this.#decision;
  }

  /**
   * What comes of it. Always settles, at the latest a day after the request, or 30 s after it was approved, and never
   * rejects. May be awaited in a handler: it does not wait for the handler's turn.
   */
  get outcome(): Promise<RoleRequestOutcome> {
    return this.#outcome.promise;
  }

  /**
   * Grants what is asked for. Resolves when the answer is handed to the stream; {@link outcome} tells the rest. Rejects
   * with `DecidedError` where it was decided before or is over. A failure is logged, so that it need not be awaited.
   */
  approve(): Promise<void> {
    return this.#answer(true);
  }

  /** Denies it, as {@link approve} grants it. The room tells nobody; `tell` does. */
  deny({ tell }: DenyOptions = {}): Promise<void> {
    const denied = this.#answer(false);
    const { occupant } = this;
    if (tell === undefined || occupant === null) return denied;
    const told = denied.then(() =>
      this.#effects.tell(occupant, tell).catch((error: unknown) => this.#effects.failed(this, error)),
    );
    // Logged already, as the denial's; nobody has to wait for this one either.
    told.catch(() => {});
    return told;
  }

  /**
   * Gives whoever decides so much time, in milliseconds; it is denied then, with an answer to the room. Throws
   * `ArgumentError` for what is no positive number. Harmless when it was decided.
   */
  expiresIn(delayMs: number): void {
    if (!(delayMs > 0)) throw new ArgumentError(`The time to decide is a positive number, not ${delayMs}`);
    if (!this.decided) this.#wait(delayMs, () => this.#expired(true));
  }

  #answer(allow: boolean): Promise<void> {
    const form = copyOf(this.form);
    form.requestAllow = allow;
    const sent = this.submission.submit(form);
    sent.catch((error: unknown) => this.#effects.failed(this, error));
    return sent;
  }

  #submitted(form: VoiceRequestForm): Promise<void> {
    // An expiry has said already what it is.
    if (this.#decision === null) this.#take(form.requestAllow === true ? "approve" : "deny");
    if (this.#decision === "deny") this.#settle("denied");
    else if (this.#decision === "approve") this.#approved();
    return this.#effects.send(form);
  }

  #approved(): void {
    if (hasVoice(this.occupant)) return this.#settle("granted");
    // What cannot be done is told to nobody.
    this.#wait(GRANT_TIMEOUT_MS, () => this.#settle("expired"));
  }

  #expired(denies: boolean): void {
    this.#take("expired");
    if (denies) void this.#answer(false).catch(() => {});
    this.#settle("expired");
  }

  #take(decision: RoleRequestDecision): void {
    this.#decision = decision;
    this.#effects.decided(this, decision);
  }

  #settle(outcome: RoleRequestOutcome): void {
    if (this.#outcome.settled) return;
    this.#timer?.cancel();
    this.#timer = null;
    endSubmission(this.submission, OVER[outcome]);
    this.#outcome.resolve(outcome);
    this.#effects.settled(this);
  }

  #wait(delayMs: number, over: () => void): void {
    this.#timer?.cancel();
    this.#timer = this.#effects.clock.setTimeout(over, delayMs);
  }

  override toJSON(): object {
    const { nick, role, mismatch, decision } = this;
    return { ...super.toJSON(), nick, role, mismatch, decision };
  }
}

const OVER: Readonly<Record<RoleRequestOutcome, string>> = {
  granted: "it was granted",
  denied: "it was denied",
  answeredElsewhere: "somebody else answered it",
  expired: "nobody decided in time",
  left: "who asked has left",
  exited: "we are out of the room",
};

/** Whether somebody may speak in a moderated room (XEP-0045 §5.1). */
export function hasVoice(occupant: Occupant | null): boolean {
  return occupant !== null && (occupant.role === "participant" || occupant.role === "moderator");
}

/** How a room settles a request. Not part of the package's surface. */
export function controlRoleRequest(request: RoleRequest): RoleRequestControl {
  return controlOf(request);
}
