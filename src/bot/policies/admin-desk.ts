import { messageOf } from "../../base/errors.js";
import type { JID } from "../../base/jid.js";
import type { MucClient } from "../../muc/client.js";
import type { DirectMessageReceived } from "../../muc/events/direct-message.js";
import type { MessageReceived } from "../../muc/events/messages.js";
import type { Invitation } from "../../muc/invitations/invitation.js";
import type { Room } from "../../muc/room.js";
import type { Affiliation } from "../../muc/wire/muc-user.js";
import { isBotMarked } from "../bot-mark.js";
import type { InvitationRuling } from "./invitation-policy.js";
import type { PolicyContext, Ruling } from "./policy.js";

/** Who is asked, and whose answer counts. */
export type Admins =
  | { readonly room: JID; readonly affiliations: ReadonlySet<Affiliation> }
  | { readonly jids: readonly JID[] };

/** Questions that may be open at a time: of more than that admins could not keep track, nor could we. */
const MAX_OPEN = 100;
/** Of the inviter's words so many are passed on. */
const MAX_REASON = 200;

/** What would change how the rest of the line is shown. */
const UNPRINTED = /[\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

/** What is open at present: by what answers it. */
interface Question {
  readonly number: number;
  readonly invitation: Invitation;
  readonly context: PolicyContext;
  readonly settle: (ruling: Ruling<InvitationRuling> | null) => void;
  /** What has to be undone when it is settled. */
  readonly cleanUp: (() => void)[];
}

const desks = new WeakMap<MucClient, AdminDesk>();

/** The questions of one application: their numbers are its own, whichever policy asks. */
export function adminDesk({ client, signal }: PolicyContext): AdminDesk {
  let desk = desks.get(client);
  if (desk === undefined) desks.set(client, (desk = new AdminDesk(signal)));
  return desk;
}

/** Asks people about invitations, and waits for `accept 3` or `decline 3`. */
export class AdminDesk {
  readonly #open = new Set<Question>();
  readonly #over: AbortSignal;
  #last = 0;

  constructor(over: AbortSignal) {
    this.#over = over;
    over.addEventListener("abort", () => {
      for (const question of this.#open) question.settle(null);
    });
  }

  /** Resolves with what was answered in time, else with null. Never rejects. */
  ask(
    invitation: Invitation,
    admins: Admins,
    expiresMs: number,
    context: PolicyContext,
  ): Promise<Ruling<InvitationRuling> | null> {
    if (this.#over.aborted) return Promise.resolve(null);
    if (this.#open.size >= MAX_OPEN) {
      context.logger.warn({ invitation }, "Too many invitations wait for an admin: one is not asked about");
      return Promise.resolve(null);
    }
    return new Promise((resolve) => {
      const question: Question = {
        number: ++this.#last,
        invitation,
        context,
        cleanUp: [],
        settle: (ruling) => {
          this.#open.delete(question);
          for (const undo of question.cleanUp.splice(0)) undo();
          resolve(ruling);
        },
      };
      this.#open.add(question);
      const timer = context.clock.setTimeout(() => question.settle(null), expiresMs);
      question.cleanUp.push(() => timer.cancel());
      if ("room" in admins) askInRoom(question, admins.room, admins.affiliations);
      else askAccounts(question, admins.jids);
    });
  }
}

/** What people are asked. The password is none of it. */
function textOf({ number, invitation }: Question): string {
  const { inviter, from, proof, mode, room, reason } = invitation;
  const who = inviter === null ? `somebody (${from.toString()})` : inviter.toString();
  const word = proof === "claimed" && inviter !== null ? ", as that room says" : "";
  const words = reason?.replace(UNPRINTED, "").replace(/\s+/g, " ").trim() ?? "";
  const why = words === "" ? "" : ` “${words.slice(0, MAX_REASON)}${words.length > MAX_REASON ? "…" : ""}”`;
  return `Invitation ${number}: ${who}${word} wants me in ${room.toString()} (${mode}).${why} Say: accept ${number}, or: decline ${number}`;
}

function unasked({ context, invitation, settle }: Question, why: string): void {
  context.logger.warn({ invitation, why }, "Nobody could be asked about an invitation");
  settle(null);
}

/** Asks as soon as we are in the room: what was kept for us comes before that. */
function askInRoom(question: Question, jid: JID, affiliations: ReadonlySet<Affiliation>): void {
  const room = question.context.client.getRoom(jid);
  if (room === undefined) return unasked(question, `we are not in ${jid.toString()}`);
  const gone = (): void => unasked(question, `we are not in ${jid.toString()} any more`);
  const hear = (message: MessageReceived): void => {
    if (message.source !== "live" || !affiliations.has(message.occupant.affiliation)) return;
    // a bot that is admin, and says what others have it say
    if (isBotMarked(message.stanza)) return;
    const who = message.occupant.realJid?.toString() ?? message.nick;
    answered(question, withoutMention(message.body, room.nick), who, (text) => message.say(text));
  };
  question.cleanUp.push(room.on("message", hear), room.on("exit", gone), room.on("failure", gone));
  const send = (): void => {
    room.sendMessage(textOf(question)).catch((error: unknown) => unasked(question, messageOf(error)));
  };
  if (room.active) send();
  else question.cleanUp.push(onceActive(room, send));
}

function onceActive(room: Room, act: () => void): () => void {
  const off = room.on("caughtUp", () => {
    off();
    act();
  });
  return off;
}

function askAccounts(question: Question, jids: readonly JID[]): void {
  const { context } = question;
  const hear = (message: DirectMessageReceived): void => {
    const from = message.from.bare();
    if (jids.some((jid) => jid.equals(from)) && !isBotMarked(message.stanza))
      answered(question, message.body, from.toString(), (text) => message.reply(text));
  };
  question.cleanUp.push(context.client.on("directMessage", hear));
  const text = textOf(question);
  void Promise.allSettled(jids.map((jid) => context.tell(jid, text))).then((sent) => {
    if (sent.every(({ status }) => status === "rejected")) unasked(question, "no message could be sent");
  });
}

/** What follows `nick:` or `nick,`. */
function withoutMention(body: string, nick: string): string {
  const after = body.slice(nick.length);
  const named = body.slice(0, nick.length).toLowerCase() === nick.toLowerCase();
  return named && /^[:,]/.test(after) ? after.slice(1) : body;
}

const ANSWER = /^\s*(accept|decline)\s+#?(\d{1,9})(?:\s+([^]*))?$/i;

/** Takes a line of somebody who may answer, if it answers this question. Its failure to be confirmed is no matter. */
function answered(
  question: Question,
  line: string,
  who: string,
  confirm: (text: string) => Promise<void>,
): void {
  const [, verb = "", number = "", reason = ""] = ANSWER.exec(line) ?? [];
  if (verb === "" || Number(number) !== question.number) return;
  const { invitation, settle } = question;
  const rule = `askAdmins, by ${who}`;
  const tell = (what: string): void => {
    confirm(`Invitation ${question.number} is ${what}`).catch(() => {});
  };
  if (invitation.decided) {
    tell(`decided already: ${invitation.decision ?? ""}`);
    return settle(null);
  }
  if (verb.toLowerCase() === "accept") settle({ decision: "accept", rule });
  else settle({ decision: { decline: reason.trim() }, rule });
  tell(verb.toLowerCase() === "accept" ? "accepted" : "declined");
}
