/** Of this many messages, and at most twice as many, it is known whom they were for. */
const GENERATION = 256;

/**
 * The ids of our latest messages that no error came for yet, and whom each was for. In two generations: forgetting a
 * whole one at a time costs nothing per message.
 */
export class SentIds {
  #young: Map<string, string> | null = null;
  #old: Map<string, string> | null = null;

  /** Keeps the id of a message; `to` is whom it is for. */
  add(id: string, to: string): void {
    this.#young ??= new Map();
    if (this.#young.size >= GENERATION) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(id, to);
  }

  /** Whom the message of this id was for; undefined where it is unknown. */
  get(id: string): string | undefined {
    return this.#young?.get(id) ?? this.#old?.get(id);
  }

  /** Forgets an id. */
  delete(id: string): void {
    this.#young?.delete(id);
    this.#old?.delete(id);
  }
}
