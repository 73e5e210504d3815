import type { Clock, Timer } from "../../base/clock.js";
import type { Element } from "../../base/element.js";
import { ArgumentError, DecidedError } from "../../base/errors.js";
import type { JID } from "../../base/jid.js";
import { checkNick } from "../join-options.js";
import type { Room } from "../room.js";

/** How an invitation came: past the room (XEP-0249), or by it (XEP-0045 §7.8.2). */
export type InvitationMode = "direct" | "mediated";

/**
 * How much the inviter is proven. `sender`: it is who sent the stanza, by the word of the servers. `claimed`: it is
 * whom the room names. `none`: only a nick in some room is known.
 */
export type InvitationProof = "sender" | "claimed" | "none";

/** What became of an invitation; `expired`: nobody decided in time. */
export type InvitationDecision = "accept" | "decline" | "ignore" | "expired";

/** How an invitation is accepted. */
export interface AcceptOptions {
  /** The nick to take there; default: the one that invited rooms are entered with. */
  readonly nick?: string;
}

/** What an invitation says, as it was read. Not part of the package's surface. */
export interface InvitationFacts {
  readonly room: JID;
  readonly from: JID;
  readonly inviter: JID | null;
  /** Whom to tell of a refusal, as the room named them; null for nobody. */
  readonly declineTo: JID | null;
  readonly proof: InvitationProof;
  readonly mode: InvitationMode;
  readonly password: string | null;
  readonly reason: string | null;
  readonly thread: string | null;
  readonly continues: boolean;
  readonly receivedAt: Date;
  readonly delayed: boolean;
  readonly stanza: Element;
}

/** What comes of a decision. Not part of the package's surface. */
export interface InvitationEffects {
  readonly clock: Clock;
  /** Our own account, bare; null where it is not known. */
  readonly account: JID | null;
  /** Told of each decision, before anything comes of it. */
  decided(invitation: Invitation, decision: InvitationDecision): void;
  join(invitation: Invitation, options: AcceptOptions): Promise<Room>;
  /** Resolves with whether anybody was told. */
  decline(invitation: Invitation, to: JID | null, reason: string | null): Promise<boolean>;
  /** What was asked for could not be done. */
  failed(invitation: Invitation, error: unknown): void;
}

let expire: (invitation: Invitation) => void;

/**
 * Somebody wants us in a room. Nothing is joined until it is accepted; who does not want it declines it, ignores it, or
 * does nothing. It is decided once, at the latest when it expires.
 */
export class Invitation {
  readonly type = "invitation";
  /** The room, bare. */
  readonly room: JID;
  /** Who sent the stanza: the inviter for a direct one, the room for a mediated one. */
  readonly from: JID;
  /** The bare real address of the inviter, proven or claimed; null where only an occupant of a room is known, or nothing. */
  readonly inviter: JID | null;
  /** How much {@link inviter} is worth. */
  readonly proof: InvitationProof;
  readonly mode: InvitationMode;
  /** Why, in the inviter's words; null for nothing. */
  readonly reason: string | null;
  /** The one-to-one conversation that goes on in the room (XEP-0045 §7.9), null where none is named. */
  readonly thread: string | null;
  /** Whether the room continues a one-to-one conversation; its thread need not be named. */
  readonly continues: boolean;
  /** When it was received for us: where it was kept before it came, when that began (the earliest delay that it tells). */
  readonly receivedAt: Date;
  /** It was kept somewhere before it came (XEP-0203): it may be old. */
  readonly delayed: boolean;
  readonly #facts: InvitationFacts;
  readonly #effects: InvitationEffects;
  #decision: InvitationDecision | null = null;
  #timer: Timer | null = null;

  static {
    expire = (invitation) => {
      if (!invitation.decided) invitation.#take("expired");
    };
  }

  /** Made by the client; what is read off the wire is in `facts`. */
  constructor(facts: InvitationFacts, effects: InvitationEffects) {
    this.room = facts.room;
    this.from = facts.from;
    this.inviter = facts.inviter;
    this.proof = facts.proof;
    this.mode = facts.mode;
    this.reason = facts.reason;
    this.thread = facts.thread;
    this.continues = facts.continues;
    this.receivedAt = facts.receivedAt;
    this.delayed = facts.delayed;
    this.#facts = facts;
    this.#effects = effects;
  }

  /** The password of the room, null where none came. It is never printed. */
  get password(): string | null {
    return this.#facts.password;
  }

  get stanza(): Element {
    return this.#facts.stanza;
  }

  /** The account that was invited: ours, bare. Null where the session did not know it. */
  get account(): JID | null {
    return this.#effects.account;
  }

  /** How old it is by now, in milliseconds: since {@link receivedAt}. */
  get ageMs(): number {
    return Math.max(0, this.#effects.clock.now() - this.receivedAt.getTime());
  }

  /** Whether it was decided: nothing more can come of it. */
  get decided(): boolean {
    return this.#decision !== null;
  }

  /** What was decided, null for nothing yet. */
  get decision(): InvitationDecision | null {
    return this.#decision;
  }

  /**
   * Enters the room, with the password that came. Resolves when it was entered. Rejects with `DecidedError` where it
   * was decided before, with `ArgumentError` for a nick that none can be (nothing is decided then), with `JoinError`
   * where the room does not let us in, and with `InvitedRoomsError` where we are in too many rooms by invitation
   * already. A failure is logged, so that it need not be awaited.
   */
  accept(options: AcceptOptions = {}): Promise<Room> {
    return this.#reported(async () => {
      if (options.nick !== undefined) checkNick(options.nick);
      this.#take("accept");
      return this.#effects.join(this, options);
    });
  }

  /**
   * Says no. Resolves when that was handed to the stream, with true; with false where nobody is told: XEP-0249 knows no
   * refusal of a direct invitation, and of a mediated one the room may not name the inviter. The log says so, too.
   * Rejects with `DecidedError` where it was decided before, and with `ArgumentError` for a reason that is no text.
   */
  decline(reason?: string): Promise<boolean> {
    return this.#reported(async () => {
      if (reason !== undefined && typeof reason !== "string")
        throw new ArgumentError("The reason of a refusal is a text");
      this.#take("decline");
      return this.#effects.decline(this, this.#facts.declineTo, reason ?? null);
    });
  }

  /** Settles that nothing is done, and nobody told. Throws `DecidedError` where it was decided before. */
  ignore(): void {
    this.#take("ignore");
  }

  /**
   * Gives whoever decides so much time, in milliseconds, in place of what it has (a day, unless the client says
   * otherwise); it expires then. Throws `ArgumentError` for what is no positive number. Harmless when it was decided.
   */
  expiresIn(delayMs: number): void {
    if (!(delayMs > 0)) throw new ArgumentError(`The time to decide is a positive number, not ${delayMs}`);
    this.#timer?.cancel();
    this.#timer = this.decided ? null : this.#effects.clock.setTimeout(() => expire(this), delayMs);
  }

  /** The promise need not be awaited: its failure reaches the log. */
  #reported<T>(act: () => Promise<T>): Promise<T> {
    const promise = act();
    promise.catch((error: unknown) => this.#effects.failed(this, error));
    return promise;
  }

  #take(decision: InvitationDecision): void {
    if (this.#decision !== null)
      throw new DecidedError(
        `This invitation was decided before (${this.#decision}): look at \`decided\` first`,
      );
    this.#decision = decision;
    this.#timer?.cancel();
    this.#timer = null;
    this.#effects.decided(this, decision);
  }

  /** What is printed: neither the password nor what people wrote, which may tell it. */
  toJSON(): object {
    const { type, room, from, inviter, proof, mode, receivedAt, delayed, decision } = this;
    return {
      type,
      room: room.toString(),
      from: from.toString(),
      inviter: inviter?.toString() ?? null,
      proof,
      mode,
      receivedAt: receivedAt.toISOString(),
      delayed,
      decision,
    };
  }

  [Symbol.for("nodejs.util.inspect.custom")](): object {
    return this.toJSON();
  }
}

/** Settles an invitation that nobody decided; harmless for one that somebody did. Not part of the package's surface. */
export function expireInvitation(invitation: Invitation): void {
  expire(invitation);
}
