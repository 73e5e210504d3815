/** One message of a transcript. */
export class TranscriptLine {
  /** When it was said, on the service's clock. */
  readonly at: Date;
  /** Who said it. */
  readonly nick: string;
  /** What was said. */
  readonly body: string;

  /** Made by the room. */
  constructor(at: Date, nick: string, body: string) {
    this.at = at;
    this.nick = nick;
    this.body = body;
  }

  /** @deprecated It is called {@link body}, as that of every message. */
  get text(): string {
    return this.body;
  }
}

/** A long run must not fill the memory; what is this long ago nobody asks for. */
const MAX_LINES = 10_000;

/** What was said in a room, for tests to look at. */
export class Transcript {
  readonly #lines: TranscriptLine[] = [];

  /** All lines, oldest first. */
  get lines(): readonly TranscriptLine[] {
    return [...this.#lines];
  }

  /** Adds a line. */
  add(line: TranscriptLine): void {
    this.#lines.push(line);
    if (this.#lines.length > MAX_LINES) this.#lines.shift();
  }
}
