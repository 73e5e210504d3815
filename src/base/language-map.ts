/**
 * Texts by language, as `<body/>`, `<subject/>` and `<status/>` carry them (RFC 6121 §5.2.3). The key is
 * the language tag as it was sent, `""` for none.
 */
export class LanguageMap implements ReadonlyMap<string, string> {
  readonly #texts: ReadonlyMap<string, string>;

  /** Of two entries of one language the first counts. */
  constructor(entries: Iterable<readonly [string, string]> = []) {
    const texts = new Map<string, string>();
    // Not `[language, text]`: a pair would be gone through like any list, at several times the cost.
    for (const entry of entries) if (!texts.has(entry[0])) texts.set(entry[0], entry[1]);
    this.#texts = texts;
  }

  /** A text without language, or texts by language tag. */
  static from(texts: string | Readonly<Record<string, string>> | LanguageMap): LanguageMap {
    if (texts instanceof LanguageMap) return texts;
    return new LanguageMap(typeof texts === "string" ? [["", texts]] : Object.entries(texts));
  }

  /**
   * The text that suits a reader best: the first of `languages` that is there (`de-AT` also finds `de`,
   * and `de` also finds `de-AT`; case does not matter), else the one without language, else the first.
   * Null when the map is empty.
   */
  pick(languages: readonly string[] = []): string | null {
    for (const wanted of languages) {
      const found = this.#find(wanted.toLowerCase());
      if (found !== undefined) return found;
    }
    const plain = this.#texts.get("");
    if (plain !== undefined) return plain;
    for (const text of this.#texts.values()) return text;
    return null;
  }

  #find(wanted: string): string | undefined {
    let related: string | undefined;
    for (const [language, text] of this.#texts) {
      const tag = language.toLowerCase();
      if (tag === wanted) return text;
      if (tag !== "" && (wanted.startsWith(`${tag}-`) || tag.startsWith(`${wanted}-`))) related ??= text;
    }
    return related;
  }

  /** How many languages there are. */
  get size(): number {
    return this.#texts.size;
  }

  /** The text of exactly this tag. */
  get(language: string): string | undefined {
    return this.#texts.get(language);
  }

  /** Whether there is a text of exactly this tag. */
  has(language: string): boolean {
    return this.#texts.has(language);
  }

  /** Calls back once for each language, in the order they were sent. */
  forEach(callback: (text: string, language: string, map: ReadonlyMap<string, string>) => void): void {
    for (const [language, text] of this.#texts) callback(text, language, this);
  }

  /** `[language, text]` pairs, in the order they were sent. */
  entries(): MapIterator<[string, string]> {
    return this.#texts.entries();
  }

  /** The language tags. */
  keys(): MapIterator<string> {
    return this.#texts.keys();
  }

  /** The texts. */
  values(): MapIterator<string> {
    return this.#texts.values();
  }

  [Symbol.iterator](): MapIterator<[string, string]> {
    return this.#texts.entries();
  }

  /** {@link pick} without preferences, `""` when there is nothing. */
  toString(): string {
    return this.pick() ?? "";
  }

  /** A plain object of the texts. */
  toJSON(): Record<string, string> {
    return Object.fromEntries(this.#texts);
  }
}
