import { describe, expect, it } from "vitest";

import { xml } from "../../src/base/element.js";
import { Liveness, type WatchedStream } from "../../src/xmpp/liveness.js";
import { ManualClock } from "../support/manual-clock.js";

const ASK = '<r xmlns="urn:xmpp:sm:3"/>';
const DEAD_PEER_MS = 60_000;

class FakeStream implements WatchedStream {
  congested = false;
  receivedAtMs: number;
  readonly written: string[] = [];
  droppedAtMs: number | null = null;
  why: Error | undefined;
  readonly #clock: ManualClock;

  constructor(clock: ManualClock) {
    this.#clock = clock;
    this.receivedAtMs = clock.monotonic();
  }

  hear(): void {
    this.receivedAtMs = this.#clock.monotonic();
  }

  write(text: string): void {
    this.written.push(text);
  }

  destroy(why?: Error): void {
    this.droppedAtMs ??= this.#clock.monotonic();
    this.why = why;
  }
}

function watch(pending: number | null): {
  clock: ManualClock;
  stream: FakeStream;
  liveness: Liveness;
  startMs: number;
} {
  const clock = new ManualClock();
  const stream = new FakeStream(clock);
  const liveness = new Liveness({ clock, deadPeerMs: DEAD_PEER_MS });
  liveness.start(stream, pending);
  return { clock, stream, liveness, startMs: clock.monotonic() };
}

describe("watching a stream", () => {
  it("does not come back to the same moment again and again, whatever is left of a difference of times", () => {
    const clock = new ManualClock();
    clock.advance(10_000);
    const stream = new FakeStream(clock);
    new Liveness({ clock, deadPeerMs: DEAD_PEER_MS }).start(stream, null);
    // When half of the time is over, less is missing than can be added to the time by then.
    stream.receivedAtMs += 2 ** -38;
    clock.advance(DEAD_PEER_MS / 2 + 1);
    expect(stream.written).toHaveLength(1);
  });
});

describe("asking for acknowledgements (XEP-0198 §4)", () => {
  it("is done a second after the first stanza, however much is sent meanwhile", () => {
    const { clock, stream, liveness } = watch(0);
    const along: string[] = [];
    for (let pending = 1; pending <= 20; pending++) {
      along.push(liveness.requestFor(pending));
      clock.advance(100);
    }
    expect(along.join("")).toBe("");
    expect(stream.written).toEqual([ASK]);
  });

  it("is done along with the stanza where many are not acknowledged, and once", () => {
    const { liveness } = watch(0);
    expect([49, 50, 51, 200].map((pending) => liveness.requestFor(pending))).toEqual(["", ASK, "", ""]);
  });

  it("is done again once the answer is there and more was sent", () => {
    const { clock, stream, liveness } = watch(0);
    liveness.requestFor(50);
    liveness.acknowledged(0);
    expect(liveness.requestFor(50)).toBe(ASK);
    clock.advance(5000);
    expect(stream.written).toEqual([]);
  });

  it("is done again for what was sent after the question, though nothing more is sent", () => {
    const { clock, stream, liveness } = watch(0);
    liveness.requestFor(50);
    liveness.requestFor(53);
    liveness.acknowledged(3);
    clock.advance(1000);
    expect(stream.written).toEqual([ASK]);
  });

  it("is done for what was not acknowledged when the stream began", () => {
    const { clock, stream } = watch(2);
    clock.advance(1000);
    expect(stream.written).toEqual([ASK]);
  });

  it("is not done without stream management, nor for nothing", () => {
    const unmanaged = watch(null);
    expect(unmanaged.liveness.requestFor(100)).toBe("");
    unmanaged.clock.advance(5000);
    expect(unmanaged.stream.written).toEqual([]);
    expect(watch(0).liveness.requestFor(0)).toBe("");
  });
});

describe.each([
  ["with stream management", 0, /^<r /],
  ["without", null, /^<iq type="get" id="alive-\d+"><ping xmlns="urn:xmpp:ping"\/><\/iq>$/],
] as const)("a server that is silent, %s", (_name, pending, question) => {
  it("is asked after half of the time, and dropped after all of it, not before", () => {
    const { clock, stream, startMs } = watch(pending);
    clock.advance(DEAD_PEER_MS / 2);
    expect(stream.written).toEqual([expect.stringMatching(question)]);
    clock.advance(DEAD_PEER_MS / 2 - 1);
    expect(stream.droppedAtMs).toBeNull();
    clock.advance(1);
    expect(stream.droppedAtMs).toBe(startMs + DEAD_PEER_MS);
    expect(stream.why).toMatchObject({ code: "timeout" });
    expect(stream.written).toHaveLength(1);
  });

  it("is left alone when it says anything, however late", () => {
    const { clock, stream, liveness } = watch(pending);
    for (let i = 0; i < 20; i++) {
      clock.advance(DEAD_PEER_MS - 1);
      stream.hear();
      liveness.acknowledged(0);
    }
    expect(stream.droppedAtMs).toBeNull();
  });

  it("is dropped that much after its last word", () => {
    const { clock, stream, liveness } = watch(pending);
    for (let i = 0; i < 50; i++) {
      clock.advance(1700);
      stream.hear();
    }
    liveness.acknowledged(0);
    const lastMs = clock.monotonic();
    clock.advance(3 * DEAD_PEER_MS);
    expect(stream.droppedAtMs).toBe(lastMs + DEAD_PEER_MS);
  });

  it("is not dropped while what we sent has not left", () => {
    const { clock, stream } = watch(pending);
    stream.congested = true;
    clock.advance(10 * DEAD_PEER_MS);
    expect([stream.droppedAtMs, stream.written]).toEqual([null, []]);
    stream.congested = false;
    const freeMs = clock.monotonic();
    clock.advance(2 * DEAD_PEER_MS);
    expect(stream.droppedAtMs).toBeGreaterThanOrEqual(freeMs + DEAD_PEER_MS / 2);
    expect(stream.droppedAtMs).toBeLessThanOrEqual(freeMs + DEAD_PEER_MS);
  });

  it("is dropped in time though we send all the while", () => {
    const { clock, stream, liveness, startMs } = watch(pending);
    for (let waiting = 1; stream.droppedAtMs === null && waiting < 10_000; waiting++) {
      stream.written.push(liveness.requestFor(waiting));
      clock.advance(100);
    }
    expect(stream.droppedAtMs).toBe(startMs + DEAD_PEER_MS);
  });

  it("is nobody's business any more after stop()", () => {
    const { clock, stream, liveness } = watch(pending);
    liveness.requestFor(3);
    liveness.stop();
    expect(clock.pending).toBe(0);
    clock.advance(10 * DEAD_PEER_MS);
    expect([stream.written, stream.droppedAtMs]).toEqual([[], null]);
  });
});

describe("a server that talks and acknowledges nothing", () => {
  it("is dropped: what we keep for it would grow for ever", () => {
    const { clock, stream, liveness, startMs } = watch(0);
    liveness.requestFor(50);
    for (let i = 0; i < 300 && stream.droppedAtMs === null; i++) {
      clock.advance(1000);
      stream.hear();
    }
    expect(stream.droppedAtMs).toBeGreaterThanOrEqual(startMs + DEAD_PEER_MS);
    expect(stream.droppedAtMs).toBeLessThanOrEqual(startMs + 2 * DEAD_PEER_MS);
    expect(stream.why).toMatchObject({ code: "timeout" });
  });
});

describe("the answer to a ping", () => {
  it("is known by its id", () => {
    const { clock, stream } = watch(null);
    clock.advance(DEAD_PEER_MS / 2);
    const id = /id="([^"]*)"/.exec(stream.written[0] ?? "")?.[1];
    expect(Liveness.isPingAnswer(xml("iq", { type: "result", id }))).toBe(true);
    expect(Liveness.isPingAnswer(xml("iq", { type: "result", id: "other" }))).toBe(false);
    expect(Liveness.isPingAnswer(xml("iq", { type: "result" }))).toBe(false);
  });
});

it("an answer that came at once counts, however late one looks", () => {
  const { clock, stream } = watch(0);
  for (let questions = 1; questions <= 3; questions++) {
    clock.advance(DEAD_PEER_MS / 2);
    expect(stream.written.length).toBe(questions);
    stream.hear();
  }
  clock.advance(DEAD_PEER_MS);
  expect(stream.droppedAtMs).not.toBeNull();
});
