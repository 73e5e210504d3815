import type { ClientSession } from "./client-session.js";

/** How many ended sessions are remembered, so that a client that is too late learns what had arrived. */
const MAX_ENDED = 1000;

/** All sessions, found by address and by the name to resume them by. */
export class SessionTable {
  readonly #byFull = new Map<string, ClientSession>();
  readonly #byBare = new Map<string, Set<ClientSession>>();
  readonly #resumable = new Map<string, ClientSession>();
  readonly #ended = new Map<string, { readonly bare: string; readonly inbound: number }>();

  /** The session of that full JID. */
  get(full: string): ClientSession | undefined {
    return this.#byFull.get(full);
  }

  /** The sessions of an account. */
  ofAccount(bare: string): readonly ClientSession[] {
    return [...(this.#byBare.get(bare) ?? [])];
  }

  /** All sessions. */
  all(): readonly ClientSession[] {
    return [...this.#byFull.values()];
  }

  /** Adds a session; there must be none of that address. */
  add(session: ClientSession): void {
    this.#byFull.set(session.full, session);
    const bare = session.jid.bare().toString();
    const siblings = this.#byBare.get(bare);
    if (siblings === undefined) this.#byBare.set(bare, new Set([session]));
    else siblings.add(session);
  }

  /** Lets a managed session be found by its name. */
  addResumable(session: ClientSession): void {
    const id = session.management?.id;
    if (typeof id === "string") this.#resumable.set(id, session);
  }

  /** The session that a client may resume by that name. */
  findResumable(id: string): ClientSession | undefined {
    return this.#resumable.get(id);
  }

  /** How many stanzas an ended session of that account had handled, null where that is not known. */
  endedCount(id: string, bare: string): number | null {
    const ended = this.#ended.get(id);
    return ended?.bare === bare ? ended.inbound : null;
  }

  /** Takes a session out. False where it was not in. */
  remove(session: ClientSession): boolean {
    if (this.#byFull.get(session.full) !== session) return false;
    this.#byFull.delete(session.full);
    const bare = session.jid.bare().toString();
    const siblings = this.#byBare.get(bare);
    siblings?.delete(session);
    if (siblings?.size === 0) this.#byBare.delete(bare);
    this.#forget(session, bare);
    return true;
  }

  #forget(session: ClientSession, bare: string): void {
    const { management } = session;
    if (management === null || management.id === null) return;
    this.#resumable.delete(management.id);
    this.#ended.set(management.id, { bare, inbound: management.inbound });
    const [oldest] = this.#ended.keys();
    if (oldest !== undefined && this.#ended.size > MAX_ENDED) this.#ended.delete(oldest);
  }
}
