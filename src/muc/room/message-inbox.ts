import type { Element } from "../../base/element.js";
import { XmppError } from "../../xmpp/xmpp-error.js";
import {
  MessageFailed,
  MessageReceived,
  ServiceMessage,
  SubjectChanged,
  type MessageFacts,
} from "../events/messages.js";
import { SignalReceived, type SignalContent } from "../events/signal.js";
import type { MessageVoice } from "../events/spoken.js";
import { hasCarbon } from "../wire/carbon.js";
import { readContent, type MessageContent, type ModerationContent } from "../wire/message-content.js";
import { isAllFallback } from "../wire/fallback.js";
import { readTexts } from "../wire/texts.js";
import { NS } from "../wire/namespaces.js";
import { Authorship, type Authored } from "./authorship.js";
import type { CatchUp } from "./catch-up.js";
import type { Membership } from "./membership.js";
import { PrivateInbox } from "./private-inbox.js";
import type { RoomContext } from "./room-context.js";
import type { RoomInput } from "./room-machine.js";
import { RoomNotices } from "./room-notices.js";
import { makeUpdate, moderated } from "./updates.js";
import { VoiceDesk } from "../voice/voice-desk.js";

/** The messages of one room: says what each of them is, and tells the listeners. */
export class MessageInbox {
  readonly #room: RoomContext;
  readonly #address: string;
  readonly #membership: Membership;
  readonly #voice: MessageVoice;
  readonly #authorship: Authorship;
  readonly #catchUp: CatchUp;
  #private: PrivateInbox | null = null;
  readonly #notices: RoomNotices;
  readonly #voiceDesk: VoiceDesk;

  constructor(room: RoomContext, membership: Membership, voice: MessageVoice) {
    this.#room = room;
    this.#address = room.jid.toString();
    this.#membership = membership;
    this.#voice = voice;
    this.#authorship = new Authorship(room);
    this.#catchUp = membership.catchUp;
    this.#notices = new RoomNotices(room);
    this.#voiceDesk = new VoiceDesk(room);
  }

  /** A message of the room (`nick` null) or of one of its occupants. */
  receive(stanza: Element, nick: string | null): void {
    const { type } = stanza.attrs;
    if (type === "error") return this.#failed(stanza, nick);
    if (type === "groupchat") return this.#groupchat(stanza, nick);
    // XEP-0280: only our own account sends us copies.
    if (hasCarbon(stanza)) return this.#room.host.diagnostic("forged-carbon", stanza);
    const content = readContent(stanza, this.#address);
    if (nick !== null) this.#privately(stanza, nick, content);
    else this.#notice(stanza, content);
  }

  /** Most rooms have none of these. */
  #privately(stanza: Element, nick: string, content: MessageContent): void {
    const { core } = this.#membership;
    this.#private ??= new PrivateInbox(this.#room, core, this.#authorship, this.#voice);
    this.#private.receive(stanza, nick, content);
  }

  #groupchat(stanza: Element, nick: string | null): void {
    const content = readContent(stanza, this.#address);
    if (isSubject(content)) return this.#subject(stanza, nick);
    const { core } = this.#membership;
    const { delayed } = content;
    // What is said in a room where we are settled is no news for its machine.
    if ((!core.inside || !core.ignores("message")) && !this.#isHeard(delayed, stanza)) return;
    const replay = delayed && !core.live;
    if (nick === null) this.#ofRoom(stanza, content, replay);
    else if (replay) this.#ofHistory(stanza, content, nick);
    else this.#live(stanza, content, nick);
  }

  /** What comes twice, as after a resumption that went wrong, is handled once. */
  #live(stanza: Element, content: MessageContent, nick: string): void {
    if (this.#catchUp.memory.isRepeat(content, nick))
      return this.#room.host.diagnostic("handled-before", stanza);
    this.#ofOccupant(stanza, content, this.#authorship.now(stanza, nick));
  }

  /** Tells the machine that somebody speaks. False while we are out. */
  #isHeard(delayed: boolean, stanza: Element): boolean {
    const { core } = this.#membership;
    const sign: RoomInput = { type: "message", delayed };
    this.#listOver(sign, stanza);
    if (!core.inside && core.state.phase !== "leaving") return false;
    core.input(sign, { stanza });
    return true;
  }

  /** A line of the history that was handled before is not handled again. */
  #ofHistory(stanza: Element, content: MessageContent, nick: string): void {
    const place = this.#catchUp.place(stanza, content, nick);
    if (place === "handled") return this.#room.host.diagnostic("handled-before", stanza);
    const authored = this.#authorship.past(stanza, nick, place);
    if (authored.source === "missed" && (content.hasBody || content.update !== null))
      this.#catchUp.countMissed();
    this.#ofOccupant(stanza, content, authored);
  }

  /** What comes before we are in is no part of the room, but says that its list of occupants is over. */
  #listOver(sign: RoomInput, stanza: Element): void {
    const { core } = this.#membership;
    if (!core.inside && core.state.phase !== "leaving") core.input(sign, { stanza });
  }

  #ofOccupant(stanza: Element, content: MessageContent, authored: Authored): void {
    if (this.#isTracked(stanza, content, authored)) return;
    const { update, hasBody } = content;
    if (update !== null && update.kind !== "moderation") {
      this.#room.tell(makeUpdate(this.#room, stanza, this.#facts(authored), update, this.#catchUp.memory));
      // What clients without the feature are not told to leave out was said, too.
      const isSaid = update.kind !== "correction" && hasBody && !isAllFallback(stanza);
      if (!isSaid) return this.#catchUp.handled(content, authored.nick, authored.occupant);
    }
    if (hasBody) {
      this.#catchUp.handled(content, authored.nick, authored.occupant);
      return this.#room.tell(new MessageReceived(this.#room.room, stanza, this.#facts(authored, content)));
    }
    if (update !== null) return this.#room.host.diagnostic("forged-moderation", stanza);
    if (content.signals.length === 0)
      return this.#room.host.diagnostic(hasTombstone(stanza) ? "tombstone" : "message-without-body", stanza);
    for (const signal of content.signals) this.#signal(stanza, authored, signal);
  }

  #signal(stanza: Element, { occupant }: Authored, signal: SignalContent): void {
    const { room, table, tell, tracking } = this.#room;
    const seen = signal.kind === "marker" && signal.value === "displayed" && occupant !== table.me;
    if (seen && signal.targetId !== null) tracking?.seen(signal.targetId);
    tell(new SignalReceived(room, stanza, occupant, signal, false));
  }

  /** Our own, come back to whoever waits for it. Among the history our nick alone proves nothing, but an id does. */
  #isTracked(stanza: Element, content: MessageContent, authored: Authored): boolean {
    const { table, tracking, room } = this.#room;
    const { occupant, nick, source } = authored;
    if (tracking === null) return false;
    if (occupant !== table.me && (source === "live" || nick !== table.me?.nick)) return false;
    const me = table.me ?? occupant;
    const received = (): MessageReceived =>
      new MessageReceived(room, stanza, this.#facts({ occupant: me, nick, source: "reflection" }));
    if (!tracking.reflected(stanza, { replay: source !== "reflection" }, received)) return false;
    this.#catchUp.handled(content, nick, me);
    return true;
  }

  #facts({ occupant, nick, source }: Authored, content: MessageContent | null = null): MessageFacts {
    const { table, host } = this.#room;
    return {
      occupant,
      nick,
      source,
      receivedAtMs: host.clock.now(),
      ownNick: table.me?.nick ?? this.#membership.nicks.current,
      languages: host.languages,
      voice: this.#voice,
      content,
    };
  }

  /** What the room says in its own name. */
  #ofRoom(stanza: Element, content: MessageContent, replay: boolean): void {
    const { update } = content;
    if (update !== null && "by" in update) return this.#moderated(stanza, update, replay);
    const noticed = this.#notices.receive(stanza);
    if (content.hasBody)
      this.#room.tell(new ServiceMessage(this.#room.room, stanza, replay ? "replay" : "live"));
    else if (!noticed) this.#room.host.diagnostic("message-without-body", stanza);
  }

  #moderated(stanza: Element, content: ModerationContent, replay: boolean): void {
    const facts = this.#facts(moderated(this.#room, this.#catchUp.memory, content, replay));
    this.#room.tell(makeUpdate(this.#room, stanza, facts, content, this.#catchUp.memory));
  }

  /** The room itself, but not to everybody: an affiliation that changed, or a word of the service. */
  #notice(stanza: Element, content: MessageContent): void {
    const { core } = this.#membership;
    if (!core.inside) return this.#room.host.diagnostic("message-while-out", stanza);
    if (this.#voiceDesk.take(stanza)) return;
    const noticed = this.#notices.receive(stanza);
    if (content.hasBody) this.#room.tell(new ServiceMessage(this.#room.room, stanza, "live"));
    else if (!noticed) this.#room.host.diagnostic("message-without-body", stanza);
  }

  #subject(stanza: Element, nick: string | null): void {
    const { core } = this.#membership;
    this.#listOver({ type: "subject" }, stanza);
    if (!core.inside) return;
    const context = this.#room;
    const initial = core.state.phase === "history";
    const subject = readTexts(stanza, "subject");
    if (this.#membership.isKnownSubject(subject, nick)) return;
    context.subject = subject;
    context.subjectSetter = nick;
    const occupant = nick === null ? null : this.#authorship.author(stanza, nick, initial);
    context.tell(new SubjectChanged(context.room, stanza, { occupant, nick, subject, initial }));
    core.input({ type: "subject" }, { stanza });
  }

  #failed(stanza: Element, nick: string | null): void {
    const id = stanza.attrs["id"] ?? "";
    if (this.#room.errands.refused(stanza, nick)) return;
    const context = this.#room;
    if (!context.recall(id, nick)) return context.host.diagnostic("stray-message-error", stanza);
    const failed = new MessageFailed(context.room, stanza, id, XmppError.fromStanza(stanza));
    if (nick !== null || context.tracking?.failed(id, failed) !== true) context.tell(failed);
    const { condition } = failed.error;
    // Both servers say so to somebody who is not in (XEP-0045 §7.4).
    if (nick === null && condition === "not-acceptable")
      this.#membership.core.input({ type: "bounced" }, { stanza });
    // No such room, or no such service: seldom said to who is in.
    else if (nick === null && (NO_ROOM.has(condition) || condition.startsWith("remote-server-")))
      this.#membership.silence.suspect();
  }
}

/** With what messages come back from where no room is; QUIRK(prosody 0.12): not-allowed while its rooms are off. */
const NO_ROOM: ReadonlySet<string> = new Set([
  "item-not-found",
  "gone",
  "not-allowed",
  "service-unavailable",
]);

/** What histories keep of a message that was removed (XEP-0424 §5, XEP-0425 §5). Anybody could write it. */
function hasTombstone(stanza: Element): boolean {
  return (
    stanza.getChild("retracted", NS.retract) !== undefined ||
    stanza.getChild("moderated", NS.moderateV0) !== undefined ||
    stanza.getChild("moderated", NS.moderate) !== undefined
  );
}

/** A subject and nothing else (XEP-0045 §8.1): with a body or a thread it is a message. */
function isSubject({ hasSubject, hasBody, hasThread }: MessageContent): boolean {
  return hasSubject && !hasBody && !hasThread;
}
