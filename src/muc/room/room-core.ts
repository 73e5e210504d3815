import type { Timer } from "../../base/clock.js";
import { Backoff } from "../../xmpp/backoff.js";
import type { RoomHost } from "../room-host.js";
import {
  INITIAL_STATE,
  step,
  type OutageCause,
  type RoomEffect,
  type RoomInput,
  type RoomMachineState,
  type RoomPolicy,
} from "./room-machine.js";

/** How long a join may stay unanswered. Some services never answer. */
const JOIN_TIMEOUT_MS = 30_000;
/** When the history counts as over though nothing says so: some services send no subject. */
const HISTORY_TIMEOUT_MS = 10_000;
const RETRY = { minDelayMs: 2_000, maxDelayMs: 300_000 };

/** How a room carries out what the machine decides. */
export interface RoomActions {
  policy(): RoomPolicy;
  /** All effects but timers. */
  perform(effect: Exclude<RoomEffect, { do: "timer" }>): void;
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

/** Drives the machine of one room: inputs in, effects and timers out, one input at a time. */
export class RoomCore {
  readonly #host: RoomHost;
  readonly #actions: RoomActions;
  readonly #backoff = new Backoff(RETRY);
  readonly #inputs: RoomInput[] = [];
  #state: RoomMachineState = INITIAL_STATE;
  #timer: Timer | null = null;
  #retryDelayMs = 0;
  #running = false;
  #outage: Outage | null = null;
  /** How long `leave()` waits for the room's farewell. */
  leaveTimeoutMs = 5_000;

  constructor(host: RoomHost, actions: RoomActions) {
    this.#host = host;
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

  /** Whether we are in. */
  get inside(): boolean {
    return this.#state.phase === "history" || this.#state.phase === "active";
  }

  /** One input. What an effect causes in turn is taken after it: a transition is never entered halfway. */
  input(input: RoomInput): void {
    this.#inputs.push(input);
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) this.#take(next);
    } finally {
      this.#running = false;
    }
  }

  #take(input: RoomInput): void {
    const { state, effects } = step(this.#state, input, this.#actions.policy());
    this.#state = state;
    // Suspending tells when it will be tried again, so that has to be known first.
    const retries = effects.some((effect) => effect.do === "timer" && effect.wait === "retry");
    if (retries) this.#retryDelayMs = Math.max(RETRY.minDelayMs / 4, this.#backoff.next());
    for (const effect of effects) {
      this.#note(effect, retries);
      if (effect.do === "timer") this.#arm(effect.wait);
      else this.#actions.perform(effect);
    }
  }

  #note(effect: RoomEffect, retries: boolean): void {
    const nowMs = this.#host.clock.now();
    if (effect.do === "suspend") {
      const nextAttemptAt = retries ? new Date(nowMs + this.#retryDelayMs) : null;
      const { since = new Date(nowMs), attempt = 0 } = this.#outage ?? {};
      this.#outage = { cause: effect.cause, since, attempt, nextAttemptAt };
    } else if (effect.do === "join" && this.#outage !== null)
      this.#outage = { ...this.#outage, attempt: this.#outage.attempt + 1, nextAttemptAt: null };
    else if (effect.do === "enter" || effect.do === "exit") this.#outage = null;
    if (effect.do === "caughtUp") this.#backoff.reset();
  }

  #arm(wait: "join" | "history" | "retry" | "leave" | null): void {
    this.#timer?.cancel();
    this.#timer = null;
    if (wait === null) return;
    const delayMs = {
      join: JOIN_TIMEOUT_MS,
      history: HISTORY_TIMEOUT_MS,
      retry: this.#retryDelayMs,
      leave: this.leaveTimeoutMs,
    }[wait];
    this.#timer = this.#host.clock.setTimeout(() => this.input({ type: "timer" }), delayMs);
  }
}
