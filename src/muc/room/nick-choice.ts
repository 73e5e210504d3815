import { checkNick, type NickConflictPolicy } from "../join-options.js";

const MAX_ATTEMPTS = 10;

/** The nick of a room: the one that is wanted, and those to try when somebody else has it. */
export class NickChoice {
  readonly #policy: NickConflictPolicy;
  readonly #failed: (error: unknown) => void;
  #wanted: string;
  #attempt = 0;
  #current: string;
  /** Undefined until it is asked for: a function that chooses is called only after a conflict. */
  #next: string | null | undefined;

  /** `failed` is told where the function that chooses throws, or gives what no nick can be: there is none then. */
  constructor(wanted: string, policy: NickConflictPolicy, failed: (error: unknown) => void) {
    this.#wanted = wanted;
    this.#current = wanted;
    this.#policy = policy;
    this.#failed = failed;
  }

  /** The nick that is asked for first. */
  get wanted(): string {
    return this.#wanted;
  }

  /** The nick that we have, or ask for now. */
  get current(): string {
    return this.#current;
  }

  /** The nick to ask for when the current one is taken, null when there is none. */
  peek(): string | null {
    if (this.#next === undefined) this.#next = this.#attempt < MAX_ATTEMPTS ? this.#choose() : null;
    return this.#next;
  }

  #choose(): string | null {
    if (this.#policy === "fail") return null;
    if (this.#policy === "suffix") return `${this.#wanted}-${this.#attempt + 2}`;
    try {
      const chosen = this.#policy(this.#wanted, this.#attempt + 1);
      return chosen === null ? null : checkNick(chosen);
    } catch (error) {
      this.#failed(error);
      return null;
    }
  }

  /** Goes on to the next one. */
  advance(): void {
    this.#current = this.peek() ?? this.#current;
    this.#next = undefined;
    this.#attempt++;
  }

  /** The room let us in under this nick, be it the one we asked for or not. */
  given(nick: string): void {
    this.#current = nick;
  }

  /** Our nick was changed while we were in: from now on this is the one that is wanted. */
  changed(nick: string): void {
    this.#wanted = nick;
    this.#current = nick;
  }

  /** A join begins with the nick that is wanted. */
  restart(): void {
    this.#current = this.#wanted;
    this.#next = undefined;
    this.#attempt = 0;
  }
}
