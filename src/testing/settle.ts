import type { BotApp } from "../app/bot-app.js";
import { xml } from "../base/element.js";

/** So long, in real time, nothing has to happen: whoever is at work then waits for the time of the test. */
const STILL_MS = 100;
/** A service that says nothing for so long is frozen. */
const DEAF_MS = 500;
/** A turn that the machine took longer for counts as so much: others who were due came late, too. */
const TURN_MS = 4;
const PING = xml("ping", { xmlns: "urn:xmpp:ping" });

/** What is waited for where time stands still. */
export interface StillTime {
  /** Counts the answers that the server has kept back, as it does while time stands still; null where it keeps back nothing. */
  readonly held: () => number | null;
  /** Counts what is asked of the clock: a handler that waits for time to go on is not waited for. */
  readonly changes: () => number;
  /** The handlers at work that wait for something else. */
  readonly elsewhere: () => readonly string[];
  /** How long to wait for those, in real time. */
  readonly patienceMs: number;
}

/**
 * Resolves when everything that was said has led to what it leads to, and `count` stands still: the server answers in
 * order, so behind its answer stands nothing that it sent before. `still` where time does not go on by itself. Gives the
 * handlers that are still at work then, and wait for nothing of the test's.
 */
export async function settle(
  app: BotApp,
  service: string,
  count: () => number,
  still: StillTime | null = null,
): Promise<readonly string[]> {
  if (still !== null) return new Settling(app, service, count, still).settle();
  for (let before = -1; before !== count();) {
    before = count();
    await app.session.iq.get(service, PING);
    await app.idle();
    await app.session.iq.get(service, PING);
  }
  return [];
}

/** How long a turn of the event loop took, as far as it counts. */
async function turn(pass: (go: () => void) => void): Promise<number> {
  const startMs = performance.now();
  await new Promise<void>((resolve) => pass(resolve));
  return Math.min(performance.now() - startMs, TURN_MS);
}

/** Settles bots whose time stands still, with which the service may be slow, frozen or gone. */
class Settling {
  readonly #app: BotApp;
  readonly #service: string;
  readonly #count: () => number;
  readonly #still: StillTime;
  #patienceMs: number;
  /** Nobody can tell what a handler waits for where the service lets everybody wait. */
  #isServed = true;

  constructor(app: BotApp, service: string, count: () => number, still: StillTime) {
    this.#app = app;
    this.#service = service;
    this.#count = count;
    this.#still = still;
    this.#patienceMs = still.patienceMs;
  }

  async settle(): Promise<readonly string[]> {
    for (let before = -1; before !== this.#count();) {
      before = this.#count();
      await this.#answered();
      await this.#idleOrStill();
      await this.#answered();
    }
    return this.#elsewhere;
  }

  get #elsewhere(): readonly string[] {
    return this.#isServed && this.#still.held() === null ? this.#still.elsewhere() : [];
  }

  /** Resolves with the answer of the service, or when none will come while time stands still. */
  async #answered(): Promise<void> {
    if (!this.#isServed) return;
    const { session } = this.#app;
    const held = (): number => this.#still.held() ?? 0;
    const before = held();
    let over = false;
    const end = (): void => void (over = true);
    if (session.state === "online") session.iq.get(this.#service, PING).then(end, end);
    for (let waitedMs = 0; !over; waitedMs += await turn(setImmediate)) {
      if (held() > before) return;
      this.#isServed = session.state === "online" && waitedMs < DEAF_MS;
      if (!this.#isServed) return;
    }
  }

  /** Resolves when no handler is at work, or nothing has happened for a while and all of them wait for the test. */
  async #idleOrStill(): Promise<void> {
    let isIdle = false;
    void this.#app.idle().then(() => (isIdle = true));
    await turn(setImmediate);
    const changes = (): number => this.#still.changes() + this.#count();
    let before = changes();
    for (let stillMs = 0; !isIdle; before = changes()) {
      if (stillMs >= STILL_MS && (this.#patienceMs <= 0 || this.#elsewhere.length === 0)) return;
      const passedMs = await turn((go) => setTimeout(go, 2));
      stillMs = changes() === before ? stillMs + passedMs : 0;
      this.#patienceMs -= passedMs;
    }
  }
}
