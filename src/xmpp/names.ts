import { unpin } from "../base/unpin.js";

/** So many names are kept, and as many namespaces; of two that fall on one place the later stays. */
const PLACES = 512;
/** What is longer is none that comes again and again. */
const MAX_CHARS = 64;

/** Of ASCII, what a name can begin with (1), and what else can be in one (2). */
const IN_NAMES = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (/[A-Za-z_:]/.test(char)) return 1;
  return /[0-9.-]/.test(char) ? 2 : 0;
});

// The same few dozen names and namespaces come all the time. Each is one string here, wherever it stands: cut out anew
// each time it would have to be looked up among all property names, and compared letter by letter wherever somebody asks
// what it is.
const names: (string | undefined)[] = Array.from({ length: PLACES }, () => undefined);
const namespaces: (string | undefined)[] = Array.from({ length: PLACES }, () => undefined);

/** As the name of a property a text is one and the same for the engine. */
function asPropertyName(text: string): string {
  for (const name in { [text]: true }) return name;
  return text;
}

function isAt(name: string, source: string, from: number): boolean {
  for (let at = 0; at < name.length; at++)
    if (name.charCodeAt(at) !== source.charCodeAt(from + at)) return false;
  return true;
}

/** The name that begins at `from`, `""` for none; beyond ASCII anything is taken. */
export function readName(source: string, from: number, end: number): string {
  let at = from;
  let hash = 0;
  for (; at < end; at++) {
    const code = source.charCodeAt(at);
    const kind = code < 128 ? IN_NAMES[code] : 1;
    if (kind !== 1 && (kind !== 2 || at === from)) break;
    hash = (Math.imul(hash, 31) + code) | 0;
  }
  const place = hash & (PLACES - 1);
  const known = names[place];
  if (known !== undefined && known.length === at - from && isAt(known, source, from)) return known;
  return kept(names, place, source.slice(from, at));
}

function kept(places: (string | undefined)[], place: number, text: string): string {
  if (text === "" || text.length > MAX_CHARS) return text;
  const own = asPropertyName(unpin(text));
  places[place] = own;
  return own;
}

/** The namespace that stands from `from` to `end`, as it is written. */
export function readNamespace(source: string, from: number, end: number): string {
  const length = end - from;
  const text = source.slice(from, end);
  const last = source.charCodeAt(end - 1);
  const middle = source.charCodeAt(end - 1 - (length >> 2));
  const place =
    (Math.imul(length, 67) + Math.imul(last, 31) + Math.imul(middle, 7) + source.charCodeAt(from)) &
    (PLACES - 1);
  const known = namespaces[place];
  return known === text ? known : kept(namespaces, place, text);
}
