import type { Element } from "../../base/element.js";
import { messageOf } from "../../base/errors.js";
import type { JID } from "../../base/jid.js";
import { hasCarbon } from "../wire/carbon.js";
import type { Room } from "../room.js";
import type { RoomHost } from "../room-host.js";
import {
  expireInvitation,
  Invitation,
  type AcceptOptions,
  type InvitationDecision,
  type InvitationEffects,
  type InvitationFacts,
} from "./invitation.js";
import type { InvitationDeclined } from "./invitation-declined.js";
import { InvitedRooms, type InvitedOptions, type InvitedRoomsHost } from "./invited-rooms.js";
import { judge, type Judgement } from "./judge.js";
import { readInvitation, readReceivedCarbon } from "./read.js";
import { Repeats } from "./repeats.js";
import { RoomCheck } from "./room-check.js";
import { SentInvitations } from "./sent-invitations.js";
import { declineStanza } from "./write.js";

/** How long an invitation can be decided where nobody says otherwise. */
const EXPIRES_MS = 86_400_000;
/** People press a button twice; some clients send an invitation of each kind. */
const REPEAT_WINDOW_MS = 60_000;
/** Invitations that wait for a decision; of more than that the oldest are over. */
const MAX_UNDECIDED = 1_000;

/** What {@link InvitationDesk} needs of its client. */
export interface InvitationHost extends InvitedRoomsHost {
  readonly room: RoomHost;
  invited(invitation: Invitation): void;
  declined(event: InvitationDeclined): void;
}

/** The invitations of one account: those that come, what becomes of them, and the refusals of those that we sent. */
export class InvitationDesk implements InvitationEffects {
  /** The direct invitations that we sent. */
  readonly sent = new SentInvitations();
  readonly #host: InvitationHost;
  readonly #options: InvitedOptions;
  readonly #check: RoomCheck;
  readonly #repeats: Repeats;
  readonly #rooms: InvitedRooms;
  readonly #undecided = new Set<Invitation>();
  readonly #keys = new WeakMap<Invitation, string>();

  constructor(host: InvitationHost, options: InvitedOptions = {}) {
    this.#host = host;
    this.#options = options;
    this.#check = new RoomCheck(host.room);
    this.#repeats = new Repeats(host.room.clock, options.repeatWindowMs ?? REPEAT_WINDOW_MS);
    this.#rooms = new InvitedRooms(host, options);
  }

  /** A room went on in another one: where it counts among those entered by invitation, the other does from now on. */
  followed(from: Room, to: Room): void {
    this.#rooms.followed(from, to);
  }

  get clock() {
    return this.#host.room.clock;
  }

  get account(): JID | null {
    return this.#host.jid?.bare() ?? null;
  }

  /** Any message that comes. False where it is neither invitation nor refusal, and somebody else's business. */
  take(stanza: Element): boolean {
    const { type } = stanza.attrs;
    // Said in a room, it is a line like any other.
    if (type === "groupchat") return false;
    if (type === "error") return this.sent.refused(stanza);
    if (hasCarbon(stanza)) return this.#copy(stanza);
    return this.#read(stanza, []) ?? false;
  }

  /** Another client of ours got it (XEP-0280): only our own account can tell us that. */
  #copy(stanza: Element): boolean {
    const { from } = stanza.attrs;
    const copy = readReceivedCarbon(stanza);
    const { account } = this;
    if (copy === null || account === null || !(from === undefined || account.equals(from))) return false;
    return this.#read(copy.message, copy.delays) !== null;
  }

  /** Null where there is no invitation in it. False where the rest of the message counts all the same. */
  #read(message: Element, delays: readonly Element[]): boolean | null {
    const { type = "normal" } = message.attrs;
    if (type !== "normal" && type !== "chat") return null;
    const payload = readInvitation(message);
    if (payload === null) return null;
    const { room: host } = this.#host;
    const nowMs = host.clock.now();
    const isKnown = (jid: JID): boolean => this.#host.getRoom(jid) !== undefined;
    const judgement = judge(message, payload, { account: this.account, nowMs, delays, isKnown });
    if (judgement.is !== "nothing") {
      this.#count(judgement, message);
      return true;
    }
    host.diagnostic(judgement.code, message);
    return message.getChild("body") === undefined;
  }

  #count(judgement: Exclude<Judgement, { is: "nothing" }>, message: Element): void {
    const { room: host } = this.#host;
    const key = judgement.is === "invitation" ? keyOf(judgement.facts) : null;
    if (key !== null && !this.#repeats.take(key)) return host.diagnostic("repeated-invitation", message);
    const tell = (): void => {
      if (judgement.is === "invitation") this.#tell(judgement.facts);
      else this.#host.declined(judgement.event);
    };
    if (judgement.of === null) return tell();
    this.#check.ask(judgement.of, (problem) => {
      if (problem === null) return tell();
      if (key !== null && problem !== "forged-invitation") this.#repeats.forget(key);
      host.diagnostic(problem, message);
    });
  }

  #tell(facts: InvitationFacts): void {
    // While its address was asked, we may have entered the room by another way.
    if (this.#host.getRoom(facts.room) !== undefined)
      return this.#host.room.diagnostic("invitation-to-known-room", facts.stanza);
    const invitation = new Invitation(facts, this);
    this.#keys.set(invitation, keyOf(facts));
    this.#undecided.add(invitation);
    const [oldest] = this.#undecided;
    if (this.#undecided.size > MAX_UNDECIDED && oldest !== undefined) expireInvitation(oldest);
    invitation.expiresIn(this.#options.expiresMs ?? EXPIRES_MS);
    this.#host.invited(invitation);
  }

  /** There is a session, or one again. */
  established(): void {
    this.#check.established();
  }

  /** The session is over for good: nothing can come of what is undecided. */
  close(): void {
    for (const invitation of this.#undecided) expireInvitation(invitation);
  }

  decided(invitation: Invitation, decision: InvitationDecision): void {
    this.#undecided.delete(invitation);
    const { room, from, inviter, proof, mode } = invitation;
    const by =
      decision === "expired" ? "nobody, in time" : (this.#options.decidedBy?.() ?? "code, without a policy");
    this.#host.logger.info({ room, from, inviter, proof, mode, decision, by }, "An invitation was decided");
  }

  async join(invitation: Invitation, { nick }: AcceptOptions): Promise<Room> {
    try {
      return await this.#rooms.enter(invitation, nick);
    } finally {
      // From now on it is the room that knows whether we are in.
      this.#repeats.forget(this.#keys.get(invitation) ?? "");
    }
  }

  async decline(invitation: Invitation, to: JID | null, reason: string | null): Promise<boolean> {
    const { room, mode } = invitation;
    if (mode === "direct" || to === null) {
      const why = mode === "direct" ? "XEP-0249 knows no refusal" : "the room names no inviter";
      this.#host.logger.info({ room, why }, "An invitation was declined, and nobody is told");
      return false;
    }
    // QUIRK(ejabberd 23.01): a refusal to a nick is dropped. So it goes to whatever the service itself named.
    await this.#host.room.send(declineStanza(room, to, reason));
    return true;
  }

  failed(invitation: Invitation, error: unknown): void {
    const { room, inviter, mode } = invitation;
    this.#host.logger.warn(
      { room, inviter, mode, error: messageOf(error) },
      "A decision about an invitation came to nothing",
    );
  }
}

/** What makes two invitations the same: where no account is known, whoever the room names. */
function keyOf({ room, from, inviter, declineTo, password }: InvitationFacts): string {
  return [room, inviter ?? declineTo ?? from, password ?? ""].map(String).join("\n");
}
