/** How many chains there are: about one message in each. */
const CHAINS = 256;
/** Of a key, so much of its end tells it from most others: what is counted up in an id stands there. */
const HASHED_CHARS = 16;

/**
 * Says which of the last so many messages have a key. Each is numbered, and what is too old is passed over instead of
 * being taken out, so that adding one costs no search: on the way of every message a `Map` costs five times as much.
 */
export class RecentKeys {
  readonly #capacity: number;
  /** By chain: the number of its last message, and of each message the one before it in its chain; 0 for none. */
  readonly #last = new Float64Array(CHAINS);
  readonly #before: Float64Array;
  /** Of each message: most that share a chain differ in it, and two texts of one length are compared in ten times its time. */
  readonly #hashes: Int32Array;
  #count = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#before = new Float64Array(capacity);
    this.#hashes = new Int32Array(capacity);
  }

  /** Adds a message, which takes the place of the oldest; null for one without a key. */
  add(key: string | null): void {
    const number = ++this.#count;
    if (key === null) return;
    const hash = hashOf(key);
    const chain = chainOf(hash);
    const slot = number % this.#capacity;
    this.#before[slot] = this.#last[chain] ?? 0;
    this.#hashes[slot] = hash;
    this.#last[chain] = number;
  }

  /** The last place, counted from the first message on and modulo the capacity, of which `fits` is true; -1 for none. */
  find(key: string, fits: (place: number) => boolean): number {
    const oldest = this.#count - this.#capacity;
    const hash = hashOf(key);
    let number = this.#last[chainOf(hash)] ?? 0;
    while (number > oldest && number > 0) {
      const slot = number % this.#capacity;
      const place = (number - 1) % this.#capacity;
      if (this.#hashes[slot] === hash && fits(place)) return place;
      number = this.#before[slot] ?? 0;
    }
    return -1;
  }
}

function hashOf(key: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let at = Math.max(0, key.length - HASHED_CHARS); at < key.length; at++)
    hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return hash;
}

function chainOf(hash: number): number {
  return (hash ^ (hash >>> 15)) & (CHAINS - 1);
}
