import type { Timer } from "../../base/clock.js";
import { Backoff } from "../../xmpp/backoff.js";
import type { Cause } from "../causes.js";
import type { RoomHost } from "../room-host.js";
import {
  INITIAL_STATE,
  isIgnored,
  step,
  toldAs,
  type OutageCause,
  type RoomEffect,
  type RoomInput,
  type RoomMachineState,
  type RoomPolicy,
} from "./room-machine.js";
import type { Transition } from "./transition-log.js";

/** A room that kept us this long is a good one: the next delay is the shortest again. */
const STABLE_AFTER_MS = 60_000;

/** What an effect is to be carried out for. */
type Performed = Exclude<RoomEffect, { do: "timer" }>;

/** How a room carries out what the machine decides. `Source` is what an input came from. */
export interface RoomActions<Source> {
  readonly policy: RoomPolicy;
  /** The room comes back after that cause. */
  returning(cause: Cause): void;
  /** The room is in another phase; all effects have been carried out. */
  moved(transition: Transition, source: Source | null): void;
  /** All effects but timers. */
  perform(effect: Performed, source: Source | null): void;
  /** An effect could not be carried out: a defect of ours. The others are carried out all the same. */
  failed(error: unknown): void;
}

/** A time when a room is out and will come back by itself. */
export interface Outage {
  readonly cause: OutageCause;
  readonly since: Date;
  /** Rejoins tried since then. */
  readonly attempt: number;
  /** When the next is tried, null where that waits for the session. */
  readonly nextAttemptAt: Date | null;
}

/** What an effect begins an outage with, or goes on with. A room that was never entered tells no `suspend`. */
function causeOfOutage(effect: RoomEffect, { entered }: RoomMachineState): OutageCause | null {
  if (effect.do === "suspend") return effect.cause;
  if (entered || effect.do !== "timer" || effect.wait !== "retry" || effect.cause === null) return null;
  return toldAs(effect.cause);
}

/** Drives the machine of one room: inputs in, effects and timers out, one input at a time. */
export class RoomCore<Source = never> {
  readonly #host: Pick<RoomHost, "clock" | "delays" | "turn">;
  readonly #actions: RoomActions<Source>;
  readonly #backoff: Backoff;
  readonly #inputs: { readonly input: RoomInput; readonly source: Source | null }[] = [];
  #state: RoomMachineState = INITIAL_STATE;
  #timer: Timer | null = null;
  #retryDelayMs = 0;
  #heldUntilMs = 0;
  #running = false;
  #outage: Outage | null = null;
  #live = false;
  #activeSinceMs: number | null = null;
  /** How long `leave()` waits for the room's farewell. */
  leaveTimeoutMs = 5_000;

  constructor(host: Pick<RoomHost, "clock" | "delays" | "turn">, actions: RoomActions<Source>) {
    this.#host = host;
    this.#backoff = new Backoff(host.delays.rejoin);
    this.#actions = actions;
  }

  /** What the machine is in. */
  get state(): RoomMachineState {
    return this.#state;
  }

  /** The outage under way. */
  get outage(): Outage | null {
    return this.#outage;
  }

  /** Whether presences and messages of the room concern us. */
  get listening(): boolean {
    const { phase } = this.#state;
    return phase === "joining" || this.inside || phase === "leaving";
  }

  /** For how long we are to stay away yet, where a cause says how long; 0 for no longer. */
  get heldMs(): number {
    return Math.max(0, this.#heldUntilMs - this.#host.clock.monotonic());
  }

  /** Whether we are in. */
  get inside(): boolean {
    return this.#state.phase === "history" || this.#state.phase === "active";
  }

  /** Whether the history of this stay is over. Somebody who leaves amid it still gets the rest. */
  get live(): boolean {
    return this.#live;
  }

  /** Whether such an input changes nothing now, as most stanzas of a room: then it need not be made. */
  ignores(type: RoomInput["type"]): boolean {
    return !this.#running && isIgnored(this.#state, type);
  }

  /** One input. What an effect causes in turn is taken after it: a transition is never entered halfway. */
  input(input: RoomInput, source: Source | null = null): void {
    this.#inputs.push({ input, source });
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift())
        this.#take(next.input, next.source);
    } finally {
      this.#running = false;
    }
  }

  #take(input: RoomInput, source: Source | null): void {
    const from = this.#state;
    const { state, effects } = step(from, input, this.#actions.policy);
    this.#state = state;
    // Suspending tells when it will be tried again, so that has to be known first.
    const retries = effects.some((effect) => this.#retries(effect));
    for (const effect of effects) {
      this.#note(effect, retries);
      if (effect.do === "timer") this.#arm(effect.wait);
      else this.#perform(effect, source);
    }
    if (state.phase !== from.phase) this.#moved({ from, to: state, input: input.type, effects }, source);
  }

  #moved(transition: Transition, source: Source | null): void {
    try {
      this.#actions.moved(transition, source);
    } catch (error) {
      this.#actions.failed(error);
    }
  }

  #retries(effect: RoomEffect): boolean {
    if (effect.do !== "timer" || effect.wait !== "retry") return false;
    const { afterMs, cause } = effect;
    this.#retryDelayMs = afterMs ?? this.#nextDelay();
    if (afterMs !== null) this.#heldUntilMs = this.#host.clock.monotonic() + afterMs;
    if (cause !== null) this.#actions.returning(cause);
    return true;
  }

  #perform(effect: Performed, source: Source | null): void {
    try {
      this.#actions.perform(effect, source);
    } catch (error) {
      this.#actions.failed(error);
    }
  }

  /** A room that lets us in and throws us out at once gets ever longer delays too. */
  #nextDelay(): number {
    const sinceMs = this.#activeSinceMs;
    this.#activeSinceMs = null;
    if (sinceMs !== null && this.#host.clock.monotonic() - sinceMs >= STABLE_AFTER_MS) this.#backoff.reset();
    return Math.max(this.#host.delays.rejoin.minDelayMs / 4, this.#backoff.next());
  }

  #note(effect: RoomEffect, retries: boolean): void {
    const { clock } = this.#host;
    const outage = this.#outage;
    const cause = causeOfOutage(effect, this.#state);
    if (cause !== null) {
      const nowMs = clock.now();
      const nextAttemptAt = retries ? new Date(nowMs + this.#retryDelayMs) : null;
      const { since = new Date(nowMs), attempt = 0 } = outage ?? {};
      this.#outage = { cause, since, attempt, nextAttemptAt };
    } else if (retries && effect.do === "timer" && outage?.nextAttemptAt === null)
      this.#outage = { ...outage, nextAttemptAt: new Date(clock.now() + this.#retryDelayMs) };
    else if (effect.do === "join" && outage !== null)
      this.#outage = { ...outage, attempt: outage.attempt + 1, nextAttemptAt: null };
    else if (effect.do === "timer" && effect.wait === null && outage !== null)
      this.#outage = { ...outage, nextAttemptAt: null };
    else if (effect.do === "enter" || effect.do === "exit" || effect.do === "fail") this.#outage = null;
    if (effect.do === "timer" && effect.wait === "history") this.#live = false;
    if (effect.do === "caughtUp") {
      this.#live = true;
      this.#activeSinceMs = clock.monotonic();
    }
  }

  #arm(wait: "join" | "history" | "retry" | "leave" | null): void {
    this.#timer?.cancel();
    this.#timer = null;
    if (wait === null) return;
    const delayMs = {
      join: this.#host.delays.joinTimeoutMs,
      history: this.#host.delays.historyTimeoutMs,
      retry: this.#retryDelayMs,
      leave: this.leaveTimeoutMs,
    }[wait];
    const fired = (): void => {
      if (this.#timer === timer) this.input({ type: "timer" });
    };
    // Many rooms of one service may have gone together: they do not come back together.
    const timer: Timer = this.#host.clock.setTimeout(
      wait === "retry" ? () => this.#host.turn(fired) : fired,
      delayMs,
    );
    this.#timer = timer;
  }
}
