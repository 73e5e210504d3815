// A session that is told nonsense: mutated and truncated recordings of both servers, also while it logs in.
//   MUCWRIGHT_FUZZ_SEED=n  the seed of an earlier run; MUCWRIGHT_FUZZ_INPUTS=n  how many (default 100,000)
import { randomInt } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { xml } from "../../../src/base/element.js";
import { MucClient } from "../../../src/muc/client.js";
import { Session } from "../../../src/xmpp/session.js";
import { ManualClock } from "../../support/manual-clock.js";
import { FuzzPeer } from "./fuzz-peer.js";
import { mutated, pieces, Random, recordedStanzas } from "./mutate.js";

const SEED = Number(process.env["MUCWRIGHT_FUZZ_SEED"] ?? randomInt(2 ** 31));
const INPUTS = Number(process.env["MUCWRIGHT_FUZZ_INPUTS"] ?? 100_000);
const CANARY_EVERY = 2_000;
const ROOM = "fuzz@conference.localhost";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** The session under fire, a new one where it has ended for good, as some inputs make it. */
class Target {
  readonly peer = new FuzzPeer();
  readonly clock = new ManualClock();
  readonly failures: string[] = [];
  /** Messages and presences that were read. */
  stanzas = 0;
  session = this.#open();
  #bodies: string[] = [];

  #open(): Session {
    const session = new Session({
      jid: "alice@localhost",
      password: "secret",
      connect: this.peer.connect,
      clock: this.clock,
      connectTimeoutMs: 1e9,
      limits: { stanzaBytes: 65_536 },
    });
    session.on("presence", () => this.stanzas++);
    session.on("message", (stanza) => {
      this.stanzas++;
      if (stanza.attrs["id"] === "canary") this.#bodies.push(stanza.getChildText("body") ?? "");
    });
    session.on("diagnostic", ({ code }) => {
      if (code === "listener-failed") this.failures.push(code);
    });
    const muc = new MucClient(session);
    muc.on("diagnostic", ({ code }) => {
      if (code === "room-failed") this.failures.push(code);
    });
    const join = (): void => {
      if (session.state !== "stopped") muc.join(ROOM, "Alice").room.once("exit", () => queueMicrotask(join));
    };
    join();
    session.start().catch(() => {});
    return session;
  }

  /** Lets it come back, as often as it takes. */
  async online(): Promise<void> {
    for (let turns = 0; this.session.state !== "online"; turns++) {
      if (turns > 10_000) throw new Error(`it stays ${this.session.state}`);
      if (this.session.state === "stopped") {
        this.session = this.#open();
      }
      await turn();
      // Waiting for the next attempt, or for an answer that does not come.
      if (!this.peer.connected || turns % 20 === 19) this.clock.advance(this.clock.nextInMs ?? 0);
    }
  }

  /** Whether it hears and speaks: of a message that it gets, and of an answer. */
  async works(): Promise<boolean> {
    for (let attempt = 0; attempt < 5; attempt++) {
      // What was cut off in the midst of an element can only end this stream.
      this.peer.end(false);
      await turn();
      await this.online();
      this.#bodies = [];
      this.peer.send("<message id='canary'><body>alive</body></message>");
      const answer = await this.session.iq
        .get("localhost", xml("ping", { xmlns: "urn:xmpp:ping" }))
        .catch((error: unknown) => error);
      if (answer === null && this.#bodies.join() === "alive") return true;
    }
    return false;
  }
}

describe(`${INPUTS} mutated streams (MUCWRIGHT_FUZZ_SEED=${SEED})`, () => {
  const uncaught: unknown[] = [];
  const note = (error: unknown): void => void uncaught.push(error);
  beforeAll(() => void process.on("uncaughtException", note).on("unhandledRejection", note));
  afterAll(() => void process.off("uncaughtException", note).off("unhandledRejection", note));

  it("leave the process alive, its memory flat and the session working", { timeout: 600_000 }, async () => {
    const recorded = recordedStanzas(ROOM);
    const target = new Target();
    const heaps: number[] = [];
    let input = 0;
    try {
      for (; input < INPUTS; input++) {
        const random = new Random(SEED + input);
        target.peer.resumes = () => random.below(3) > 0;
        await target.online();
        if (random.below(50) === 0) {
          target.peer.instead = mutated(recorded, random);
          target.peer.end(random.below(2) === 0);
          await turn();
        } else for (const piece of pieces(mutated(recorded, random), random)) target.peer.send(piece);
        if (random.below(100) === 0) await turn();
        if (uncaught.length > 0 || target.failures.length > 0) break;
        if (input % CANARY_EVERY === CANARY_EVERY - 1 && !(await target.works())) break;
        if (input === Math.floor(INPUTS / 5) || input === INPUTS - 1) heaps.push(heapBytes());
      }
    } catch (error) {
      throw new Error(`Input ${input} of seed ${SEED}`, { cause: error });
    }
    expect({ input, uncaught, failures: target.failures }).toEqual({
      input: INPUTS,
      uncaught: [],
      failures: [],
    });
    expect(await target.works()).toBe(true);
    const [early = 0, late = 0] = heaps;
    expect((late - early) / 2 ** 20).toBeLessThan(8);
    await target.session.stop();
    expect(target.clock.pending).toBe(0);
    // Nonsense that nobody reads would prove nothing.
    expect(target.stanzas).toBeGreaterThan(INPUTS / 2);
    expect(target.peer.logins).toBeGreaterThan(INPUTS / 50);
  });
});
