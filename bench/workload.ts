// What the replay server sends: the same bytes for every library.

export const ROOM = "bench@rooms.localhost";
export const NICK = "bench-bot";
export const BOT = "bot@localhost/bench";
/** Says that the client is ready, and that all has been sent. */
export const GO = "!go";
export const DONE = "!done";

const OCCUPANTS = 50;
const WORDS =
  "the room bot please status build failed again deploy who knows why it works here maybe later thanks".split(
    " ",
  );
const MARKUP = ["a &lt; b", "R&amp;D", "&quot;quoted&quot;"];

/** A small generator with a fixed seed: the text has to be the same in each run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 8;
  };
}

const random = generator(7);
const hex = (): string => (random() % 0x10_00_00).toString(16).padStart(5, "0");
const uuid = (): string => `${hex()}${hex()}-${hex()}-4${hex()}-a${hex()}${hex()}`;
const occupantId = (index: number): string =>
  Buffer.from(`${index}#bench#`.padEnd(33, ".")).toString("base64");

function body(): string {
  const length = 4 + (random() % 14);
  return Array.from({ length }, () => {
    const draw = random();
    return draw % 40 === 0 ? MARKUP[draw % MARKUP.length] : WORDS[draw % WORDS.length];
  }).join(" ");
}

function presence(index: number): string {
  return (
    `<presence from='${ROOM}/user${index}' to='${BOT}' id='${hex()}'>` +
    `<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='urn:bench' ver='q07IKJEyjvHSyhy//CH0CxmKi8w='/>` +
    `<occupant-id xmlns='urn:xmpp:occupant-id:0' id='${occupantId(index)}'/>` +
    `<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='member' role='participant' ` +
    `jid='user${index}@localhost/c${index % 7}'/></x></presence>`
  );
}

/** One live message of 500 bytes or so: ids as real rooms send them. */
function message(text: string): string {
  const from = random() % OCCUPANTS;
  const id = uuid();
  return (
    `<message from='${ROOM}/user${from}' to='${BOT}' type='groupchat' id='${id}'><body>${text}</body>` +
    `<origin-id xmlns='urn:xmpp:sid:0' id='${id}'/><stanza-id xmlns='urn:xmpp:sid:0' by='${ROOM}' id='${uuid()}'/>` +
    `<occupant-id xmlns='urn:xmpp:occupant-id:0' id='${occupantId(from)}'/></message>`
  );
}

/** What a join is answered with. */
export function joinBytes(): Buffer {
  const others = Array.from({ length: OCCUPANTS }, (_, index) => presence(index));
  const self =
    `<presence from='${ROOM}/${NICK}' to='${BOT}'><x xmlns='http://jabber.org/protocol/muc#user'>` +
    `<item affiliation='member' role='participant' jid='${BOT}'/><status code='110'/></x></presence>`;
  const subject = `<message from='${ROOM}' to='${BOT}' type='groupchat'><subject/></message>`;
  return Buffer.from([...others, self, subject].join(""));
}

/** What a presence takes in a room of Prosody's, where clients tell their capabilities. */
const PRESENCE_BYTES = 357;
const SHOWS = ["<show>away</show>", "<show>dnd</show>", ""];

/** One live presence of somebody who is there. What they say of themselves fills it up to its length. */
function presenceChange(index: number): string {
  const from = random() % OCCUPANTS;
  const parts = [
    `<presence from='${ROOM}/user${from}' to='${BOT}'>${SHOWS[index % SHOWS.length] ?? ""}<status>`,
    `</status><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='urn:bench' ver='q07IKJEyjvHSyhy//CH0CxmKi8w='/>` +
      `<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='member' role='participant' ` +
      `jid='user${from}@localhost/c${from % 7}'/></x></presence>`,
  ];
  return parts.join("busy, back soon ".repeat(9).slice(0, PRESENCE_BYTES - parts.join("").length));
}

/** `count` presences of who is there, and the message that says that they were all. */
export function presenceBytes(count: number): Buffer {
  const changes = Array.from({ length: count }, (_, index) => presenceChange(index));
  return Buffer.from([...changes, message(DONE)].join(""));
}

/** `count` live messages, and the one that says that they were all. */
export function liveBytes(count: number): Buffer {
  const live = Array.from({ length: count }, () => message(body()));
  return Buffer.from([...live, message(DONE)].join(""));
}

/** The question with this number, which is to be answered by its body. */
export function question(index: number): string {
  return message(`echo ${index}`);
}
