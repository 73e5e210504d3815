import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const TRACES = join(import.meta.dirname, "../../fixtures/traces");

/** Numbers that are the same for the same seed (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number, at least 0 and below this. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  /** One of these. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

/** What servers have sent, stanza by stanza, as if it were all about one room. */
export function recordedStanzas(room: string): readonly string[] {
  const stanzas: string[] = [];
  for (const server of readdirSync(TRACES))
    for (const file of readdirSync(join(TRACES, server))) {
      const text = readFileSync(join(TRACES, server, file), "utf8");
      for (const [, inner = ""] of text.matchAll(/<t:recv[^>]*>([^]*?)<\/t:recv>/g))
        stanzas.push(inner.trim().replaceAll(/[\w-]+@conference\.localhost/g, room));
    }
  return stanzas;
}

/** What stands for a value, and should not. */
const VALUES = [
  "",
  "@",
  "/",
  "a@",
  "@b/c",
  "a@b@c/d",
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "4294967296",
  "-1",
  "1e9",
  "NaN",
  "groupchat",
  "error",
  "unavailable",
  "result",
  "\u202E\u0000",
  "&undefined;",
  "&#0;",
  "&#xD800;",
  "&#1114112;",
  "&amp;lt;",
  "x".repeat(5_000),
  "日".repeat(500),
];

/** What a stream may hold beside stanzas, at the wrong time. */
const PIECES = [
  "<stream:error/>",
  "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
  "<stream:error>text</stream:error>",
  "</stream:stream>",
  "<stream:stream>",
  "<stream:features/>",
  "<r xmlns='urn:xmpp:sm:3'/>",
  "<a xmlns='urn:xmpp:sm:3' h='0'/>",
  "<a xmlns='urn:xmpp:sm:3' h='4294967295'/>",
  "<a xmlns='urn:xmpp:sm:3'/>",
  "<enabled xmlns='urn:xmpp:sm:3' id='again' resume='true'/>",
  "<resumed xmlns='urn:xmpp:sm:3' h='3' previd='x'/>",
  "<failed xmlns='urn:xmpp:sm:3' h='99'/>",
  "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
  "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
  "<!-- comment -->",
  "<?processing instruction?>",
  "<!DOCTYPE x [<!ENTITY e 'expanded'>]>",
  "<![CDATA[<message/>]]>",
  "text between stanzas",
  " \n\t",
  "<x:message xmlns:x='jabber:client'/>",
  "<message xmlns='jabber:server'/>",
  "<iq/>",
  "<iq type='get'/>",
  "<iq type='set' id='1'><a/><b/></iq>",
  "<iq type='result' id='1'/>",
  "<iq type='error' id='1'><error/></iq>",
  "<presence type='subscribe' from='a@b'/>",
  `<message>${"<a>".repeat(2_000)}${"</a>".repeat(2_000)}</message>`,
  `<message ${Array.from({ length: 300 }, (_, at) => `a${at}=''`).join(" ")}/>`,
  `<message><body>${"y".repeat(300_000)}</body></message>`,
];

type Mutation = (text: string, random: Random) => string;

const at = (text: string, random: Random): number => random.below(text.length + 1);

const MUTATIONS: readonly Mutation[] = [
  // another value of an attribute
  (text, random) =>
    text.replace(/(["'])[^"'<>]*\1/g, (value) =>
      random.below(6) === 0 ? `'${random.pick(VALUES)}'` : value,
    ),
  // another text
  (text, random) =>
    text.replace(/>[^<>]+</g, (value) => (random.below(4) === 0 ? `>${random.pick(VALUES)}<` : value)),
  // another name of an attribute or element, in both its tags where there are two
  (text, random) => {
    const name = random.pick([
      "from",
      "to",
      "id",
      "type",
      "x",
      "item",
      "status",
      "body",
      "subject",
      "delay",
      "error",
      "jid",
    ]);
    const other = random.pick([
      "from",
      "query",
      "x",
      "__proto__",
      "xmlns",
      "toString",
      "iq",
      "presence",
      "message",
    ]);
    return text.replaceAll(new RegExp(`(?<=[ <]/?)${name}(?=[ =/>])`, "g"), other);
  },
  // without one of its elements
  (text, random) => {
    const elements = [...text.matchAll(/<([\w-]+)[^<>]*(?:\/>|>[^<>]*<\/\1>)/g)];
    return elements.length === 0 ? text : text.replace(random.pick(elements)[0], "");
  },
  // with one of them twice, or many times
  (text, random) => {
    const elements = [...text.matchAll(/<([\w-]+)[^<>]*(?:\/>|>[^<>]*<\/\1>)/g)];
    if (elements.length === 0) return text;
    const [element] = random.pick(elements);
    return text.replace(element, () => element.repeat(2 + random.below(random.below(10) === 0 ? 500 : 3)));
  },
  // something in its midst
  (text, random) => {
    const index = text.indexOf(">", at(text, random)) + 1;
    return text.slice(0, index) + random.pick(PIECES) + text.slice(index);
  },
  // something before or behind
  (text, random) => (random.below(2) === 0 ? random.pick(PIECES) + text : text + random.pick(PIECES)),
  // a character less, more, or another
  (text, random) => {
    const index = at(text, random);
    const cut = random.below(2);
    return (
      text.slice(0, index) +
      random.pick(["", "<", ">", "&", "'", '"', "/", "\0", "\uFFFF", "é"]) +
      text.slice(index + cut)
    );
  },
  // not to its end, or not from its beginning
  (text, random) => (random.below(2) === 0 ? text.slice(0, at(text, random)) : text.slice(at(text, random))),
];

/** A recorded piece of a stream, changed in one to four ways. */
export function mutated(recorded: readonly string[], random: Random): Buffer {
  let text = "";
  for (let count = 1 + random.below(3); count > 0; count--) text += random.pick(recorded);
  // Most leave the stream well-formed, so that the stanzas behind them are read, too.
  for (let count = 1 + random.below(4); count > 0; count--)
    text =
      MUTATIONS[random.below(4) === 0 ? random.below(MUTATIONS.length) : random.below(5)]?.(text, random) ??
      text;
  const bytes = Buffer.from(text);
  if (bytes.length === 0 || random.below(20) > 0) return bytes;
  if (random.below(2) === 0) return bytes.subarray(0, random.below(bytes.length));
  bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
}

/** The same bytes in pieces, cut anywhere. */
export function* pieces(bytes: Buffer, random: Random): Generator<Buffer> {
  for (let from = 0; from < bytes.length;) {
    const end = Math.min(bytes.length, from + 1 + random.below(random.below(3) === 0 ? 40 : 4_000));
    yield bytes.subarray(from, end);
    from = end;
  }
}
