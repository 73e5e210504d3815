import { inspect } from "node:util";

import { afterAll, afterEach, beforeAll, expect } from "vitest";

import { Clock, systemClock, type Timer } from "../../../src/base/clock.js";
import { StructuredLogger, type LogRecord } from "../../../src/base/logger.js";
import { Session, type SessionEvents } from "../../../src/xmpp/session.js";
import type { SessionOptions } from "../../../src/xmpp/session-options.js";
import { ManualClock } from "../../support/manual-clock.js";
import { ScriptedPeer, type Script } from "../../support/scripted-peer.js";
import { eventually } from "../../support/wait.js";

/** Counts timers that are pending, so that a test sees those left behind. */
class CountingClock extends Clock {
  pending = 0;

  override now(): number {
    return systemClock.now();
  }

  override monotonic(): number {
    return systemClock.monotonic();
  }

  override setTimeout(callback: () => void, delayMs: number): Timer {
    this.pending++;
    let over = false;
    const finish = (): void => {
      if (!over) this.pending--;
      over = true;
    };
    const timer = systemClock.setTimeout(() => {
      finish();
      callback();
    }, delayMs);
    return {
      cancel: () => {
        finish();
        timer.cancel();
      },
    };
  }
}

/** Options of the session; a clock has to count what is pending. */
type TestOptions = Partial<SessionOptions> & { readonly clock?: ManualClock };

type AnyEvent = { [K in keyof SessionEvents]: readonly [K, SessionEvents[K]] }[keyof SessionEvents];

const EVENTS: readonly (keyof SessionEvents)[] = [
  "established",
  "interrupted",
  "resumed",
  "destroyed",
  "stopped",
  "error",
  "message",
  "presence",
  "diagnostic",
];

const toClose: (() => Promise<void>)[] = [];

/** A session and what it told, over a server that follows scripts. */
export class SessionUnderTest {
  readonly session: Session;
  readonly events: AnyEvent[] = [];
  readonly log: LogRecord[] = [];
  readonly peer: ScriptedPeer;
  readonly clock: Clock & { readonly pending: number };

  private constructor(peer: ScriptedPeer, options: TestOptions) {
    this.peer = peer;
    this.clock = options.clock ?? new CountingClock();
    this.session = new Session({
      jid: "bot@example.org",
      password: "secret",
      ...(!("service" in options) && { service: peer.service }),
      reconnect: { minDelayMs: 1, maxDelayMs: 5 },
      clock: this.clock,
      logger: new StructuredLogger({ level: "trace", write: (record) => this.log.push(record) }),
      ...options,
    });
    for (const name of EVENTS)
      this.session.on(name, (value) => this.events.push([name, value] as unknown as AnyEvent));
  }

  /** With a server that does this, one script for each connection. */
  static async over(
    scripts: Script | readonly Script[],
    options: TestOptions = {},
  ): Promise<SessionUnderTest> {
    const peer = await ScriptedPeer.listen(...(typeof scripts === "function" ? [scripts] : scripts));
    const test = new SessionUnderTest(peer, options);
    toClose.push(async () => {
      // a script that is still at work when the test is over has nobody to talk to any more
      const failures = [...peer.failures];
      const stopped = test.stop();
      // no script acknowledges what it is not told to: the session would wait for that
      peer.drop();
      await stopped;
      await test.until(() => test.clock.pending === 0, "all timers to be gone");
      await peer.close();
      if (failures.length > 0) throw failures[0];
    });
    return test;
  }

  /** Started, and established. */
  static async online(
    scripts: Script | readonly Script[],
    options: TestOptions = {},
  ): Promise<SessionUnderTest> {
    const test = await SessionUnderTest.over(scripts, options);
    await test.session.start();
    return test;
  }

  /** Stops the session; a clock that is moved by hand is moved as far as that takes. */
  async stop(): Promise<void> {
    let over = false;
    const stopped = this.session.stop().then(() => (over = true));
    const { clock } = this;
    if (clock instanceof ManualClock)
      await this.until(() => {
        if (!over) clock.advance(clock.nextInMs ?? 0);
        return over;
      }, "the session to stop");
    await stopped;
  }

  /** The events so far by name, with bodies of messages. */
  get told(): string[] {
    return this.events.map(([name, value]) => {
      if (name === "message") return `message ${value.getChildText("body") ?? ""}`;
      return name === "diagnostic" ? `diagnostic ${value.code}` : name;
    });
  }

  /** The bodies of the messages that came. */
  get bodies(): (string | null)[] {
    return this.events.flatMap(([name, value]) => (name === "message" ? [value.getChildText("body")] : []));
  }

  /** What an event said, once it has happened `times` times. */
  async event<K extends keyof SessionEvents>(name: K, times = 1): Promise<SessionEvents[K]> {
    const found = await this.until(
      () => this.events.filter(([each]) => each === name)[times - 1],
      `${name} to happen (${times})`,
    );
    return found[1] as SessionEvents[K];
  }

  /** Waits for a condition. */
  until<T>(check: () => T, what: string) {
    return eventually(check, {
      timeoutMs: 45_000,
      intervalMs: 2,
      what: `${what}; told: ${inspect(this.told)}`,
    });
  }
}

/** To be called once in a file: nothing may reach the process, and nothing may be left when its tests are over. */
export function guardProcess(): void {
  const seen: unknown[] = [];
  const collect = (what: unknown): void => void seen.push(what);
  const sockets = (): string[] =>
    process.getActiveResourcesInfo().filter((each) => /TCP|TLS|Pipe.*Connect|GetAddrInfo/.test(each));
  let before: string[] = [];
  beforeAll(() => {
    before = sockets();
    for (const event of ["unhandledRejection", "uncaughtExceptionMonitor", "warning"])
      process.on(event, collect);
  });
  afterEach(async () => {
    for (const close of toClose.splice(0).reverse()) await close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual([]);
    await eventually(() => sockets().length <= before.length, {
      timeoutMs: 30_000,
      what: "all sockets to be gone",
    });
  });
  afterAll(async () => {
    await eventually(() => sockets().length <= before.length, {
      timeoutMs: 30_000,
      what: "all sockets to be gone",
    });
    for (const event of ["unhandledRejection", "uncaughtExceptionMonitor", "warning"])
      process.off(event, collect);
    expect(seen).toEqual([]);
  });
}

export const message = (body: string): string =>
  `<message from='peer@example.org/x'><body>${body}</body></message>`;
