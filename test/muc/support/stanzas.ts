// Stanzas of a room, as text.

/** The room of the examples of XEP-0045, and who is in it: the bot is the third. */
export const R = "coven@chat.shakespeare.lit";
export const F = "firstwitch";
export const S = "secondwitch";
export const T = "thirdwitch";

export const NS_USER = "http://jabber.org/protocol/muc#user";
export const DISCO_INFO = "http://jabber.org/protocol/disco#info";
export const OWNER = "http://jabber.org/protocol/muc#owner";

/** An `<item/>`. */
export interface ItemInit {
  readonly affiliation?: string;
  readonly role?: string;
  readonly jid?: string;
  readonly nick?: string;
  readonly reason?: string;
  readonly actor?: string;
}

function attributes(values: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(values)
    .map(([name, value]) => (value === undefined ? "" : ` ${name}="${value}"`))
    .join("");
}

/** An `<item/>` as text. */
export function item({ reason, actor, ...attrs }: ItemInit): string {
  const children =
    (actor === undefined ? "" : `<actor nick="${actor}"/>`) +
    (reason === undefined ? "" : `<reason>${reason}</reason>`);
  return `<item${attributes({ ...attrs })}>${children}</item>`;
}

/** How a presence is made. */
export interface PresenceInit {
  readonly type?: string;
  readonly codes?: readonly number[];
  /** Null for none; default a participant without affiliation. Several where one account has several sessions. */
  readonly item?: ItemInit | null;
  readonly items?: readonly ItemInit[];
  /** Further children of the `<x/>`. */
  readonly user?: string;
  /** Further children of the presence. */
  readonly more?: string;
  readonly id?: string;
  readonly room?: string;
}

/** Presence of an occupant, or with null of the room itself. */
export function presence(nick: string | null, init: PresenceInit = {}): string {
  const { type, codes = [], id, room = R, user = "", more = "" } = init;
  const one = init.item === undefined ? { affiliation: "none", role: "participant" } : init.item;
  const items = init.items ?? (one === null ? [] : [one]);
  const statuses = codes.map((code) => `<status code="${code}"/>`).join("");
  const x = `<x xmlns="${NS_USER}">${items.map(item).join("")}${statuses}${user}</x>`;
  const from = nick === null ? room : `${room}/${nick}`;
  return `<presence${attributes({ from, type, id })}>${x}${more}</presence>`;
}

/** Unavailable presence of an occupant; by default their role becomes none. */
export function unavailable(nick: string | null, init: PresenceInit = {}): string {
  return presence(nick, { item: { affiliation: "none", role: "none" }, ...init, type: "unavailable" });
}

/** Own presence. */
export function own(init: PresenceInit = {}): string {
  return presence(T, { ...init, codes: [110, ...(init.codes ?? [])] });
}

/** How a message is made. */
export interface MessageInit {
  readonly body?: string | null;
  readonly delayed?: boolean;
  readonly id?: string;
  readonly type?: string;
  readonly more?: string;
  readonly room?: string;
}

export const DELAY = `<delay xmlns="urn:xmpp:delay" from="${R}" stamp="2024-01-01T00:00:00Z"/>`;

/** A groupchat message of an occupant, or with null of the room itself. */
export function message(nick: string | null, init: MessageInit | string = {}): string {
  const {
    body = "hello",
    delayed = false,
    id,
    type = "groupchat",
    more = "",
    room = R,
  } = typeof init === "string" ? { body: init } : init;
  const from = nick === null ? room : `${room}/${nick}`;
  const content = (body === null ? "" : `<body>${body}</body>`) + (delayed ? DELAY : "") + more;
  return `<message${attributes({ from, type, id })}>${content}</message>`;
}

/** The subject, by default none: the end of the history. */
export function subject(nick: string | null = null, text = "", more = ""): string {
  return message(nick, { body: null, more: `<subject>${text}</subject>${more}` });
}

/** The `<error/>` of that condition; an empty one has none. */
export function errorOf(condition: string): string {
  const child = condition === "" ? "" : `<${condition} xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/>`;
  return `<error type="cancel">${child}</error>`;
}

/** Presence of type error. */
export function refusal(
  condition: string,
  init: { nick?: string | null; id?: string; room?: string } = {},
): string {
  const { nick = null, id, room = R } = init;
  const from = nick === null ? room : `${room}/${nick}`;
  return `<presence${attributes({ from, id })} type="error">${errorOf(condition)}</presence>`;
}

/** The payload of disco#info with these features. */
export function features(...names: readonly string[]): string {
  return `<query xmlns="${DISCO_INFO}">${names.map((name) => `<feature var="${name}"/>`).join("")}</query>`;
}
