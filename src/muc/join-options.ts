import { ArgumentError } from "../base/errors.js";
import type { Element } from "../base/element.js";
import { xml } from "../base/element.js";
import { JID } from "../base/jid.js";
import { checkOnCause, type OnCause } from "./causes.js";
import type { ConfigurationForm } from "./forms/configuration-form.js";
import { NS } from "./wire/namespaces.js";

/** What of the past the room is asked for (XEP-0045 §7.2.14). What is not given is left to the room. */
export interface HistoryRequest {
  /** Characters, of the XML and not of the text. */
  readonly maxChars?: number;
  readonly maxStanzas?: number;
  /** As far back as so many seconds. */
  readonly seconds?: number;
  /** As far back as this moment. */
  readonly since?: Date;
}

/** What to do when somebody else has the nick: give up, try `nick-2` and so on, or ask for another (null gives up). */
export type NickConflictPolicy = "fail" | "suffix" | ((nick: string, attempt: number) => string | null);

/** Fills in the configuration of a new room (XEP-0045 §10.1.3). Where it throws, the room is left again. */
export type ConfigureRoom = (form: ConfigurationForm) => ConfigurationForm | Promise<ConfigurationForm>;

/** How to join a room. */
export interface JoinOptions {
  /** The password of the room. */
  readonly password?: string;
  /** What of the past is wanted at the first join. */
  readonly history?: HistoryRequest;
  /** Come back by itself after a loss; default true. */
  readonly autorejoin?: boolean;
  /**
   * What to do with a room that did not exist: open it with its default configuration (`instant`, the default), leave
   * it, or configure it before anybody else gets in. The function gets the form that the room offers.
   */
  readonly create?: "instant" | "refuse" | ConfigureRoom;
  /** Default `fail`. */
  readonly nickConflict?: NickConflictPolicy;
  /** `once`: any refusal ends the room. `persist`: what passes by itself is tried again, and `entered` stays pending. */
  readonly firstJoin?: "once" | "persist";
  /**
   * What to do about the causes of being out that are to be handled otherwise than usual: `{ kicked: "rejoin" }`. What a
   * first join is refused with counts only with `firstJoin: "persist"`; without `autorejoin` all are `out`.
   */
  readonly onCause?: OnCause;
}

const MAX_NICK_BYTES = 1023;

const ANY_ROOM = JID.parse("room@service.invalid");

/**
 * Checks a nick, and gives it as it will be in the room: prepared as the resource of a JID, for that is what the
 * service answers about; without compatibility forms, which the common servers fold (RFC 6122 §B) and the others can
 * do without. Throws {@link ArgumentError}.
 */
export function checkNick(nick: string): string {
  if (typeof nick !== "string" || nick.trim() === "") throw new ArgumentError("A nick may not be blank");
  if (Buffer.byteLength(nick) > MAX_NICK_BYTES)
    throw new ArgumentError(`A nick may not be longer than ${MAX_NICK_BYTES} bytes`);
  return ANY_ROOM.withResource(nick.normalize("NFKC")).resource ?? nick;
}

/** Whether what a service calls somebody can be a nick at all: it has to fit into a JID. */
export function isNick(text: string): boolean {
  return (
    text.length <= MAX_NICK_BYTES &&
    !/[\p{Cc}\p{Cs}]/u.test(text) &&
    Buffer.byteLength(text) <= MAX_NICK_BYTES
  );
}

/** Checks what of the past is asked for. Throws {@link ArgumentError}. */
export function checkHistory(history: HistoryRequest): HistoryRequest {
  if (typeof history !== "object" || history === null)
    throw new ArgumentError("A history request is an object, such as { maxStanzas: 20 }");
  const { maxChars, maxStanzas, seconds, since } = history;
  for (const [name, amount] of Object.entries({ maxChars, maxStanzas, seconds }))
    if (amount !== undefined && !(Number.isSafeInteger(amount) && amount >= 0))
      throw new ArgumentError(`${name} of a history request must be a whole number, and not negative`);
  if (since !== undefined && !(since instanceof Date && Number.isFinite(since.getTime())))
    throw new ArgumentError("since of a history request must be a valid Date");
  return history;
}

/** Checks what can be wrong in how a room is to be joined. Throws {@link ArgumentError}. */
export function checkJoin({ history, onCause }: JoinOptions): void {
  if (history !== undefined) checkHistory(history);
  if (onCause !== undefined) checkOnCause(onCause);
}

/** Checks the address of a room. Throws {@link ArgumentError} for anything but a bare JID with a local part. */
export function checkRoom(room: JID | string): JID {
  const jid = JID.from(room);
  if (jid.resource !== null)
    throw new ArgumentError(
      `"${jid.toString()}" is no room: write ${jid.bare().toString()}, without the part after the /`,
    );
  if (jid.local === null) throw new ArgumentError(`"${jid.toString()}" is no room: write room@service`);
  return jid;
}

function historyElement({ maxChars, maxStanzas, seconds, since }: HistoryRequest): Element {
  return xml("history", {
    maxchars: maxChars,
    maxstanzas: maxStanzas,
    seconds,
    since: since?.toISOString(),
  });
}

/** The presence that asks to enter (XEP-0045 §7.2). */
export function joinPresence(
  to: JID,
  id: string,
  fields: {
    readonly password: string | null;
    readonly history: HistoryRequest | null;
    /** What else the presence says. */
    readonly presence?: readonly Element[];
  },
): Element {
  const { password, history, presence = [] } = fields;
  return xml(
    "presence",
    { to: to.toString(), id },
    presence,
    xml(
      "x",
      { xmlns: NS.muc },
      history === null ? null : historyElement(history),
      password === null ? null : xml("password", null, password),
    ),
  );
}
