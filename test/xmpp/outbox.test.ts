import { describe, expect, it } from "vitest";

import { xml, type Element } from "../../src/base/element.js";
import { ArgumentError } from "../../src/base/errors.js";
import { Outbox, type OutboxLimits, type PushOptions } from "../../src/xmpp/outbox.js";
import { ManualClock } from "../support/manual-clock.js";

const LIMITS: OutboxLimits = {
  stanzaBytes: 1000,
  outboxBytes: 5000,
  bytesPerSecond: Infinity,
  burstBytes: 1000,
};
const message = (text: string): Element => xml("message", null, xml("body", null, text));
/** A stanza of exactly so many bytes. */
const ofBytes = (bytes: number): Element => message("x".repeat(bytes - message("x").toString().length + 1));
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

class Setup {
  readonly clock = new ManualClock();
  readonly writes: string[] = [];
  readonly stanzas: Element[][] = [];
  readonly log: string[] = [];
  readonly outbox: Outbox;
  /** How many bytes are taken. */
  capacity = Infinity;

  constructor(limits: Partial<OutboxLimits> = {}) {
    this.outbox = new Outbox({ ...LIMITS, ...limits }, this.clock);
  }

  open(): void {
    this.outbox.open({
      capacity: () => this.capacity,
      write: (stanzas) => {
        this.writes.push(stanzas.map(({ text }) => text).join(""));
        this.stanzas.push(stanzas.map(({ stanza }) => stanza));
        for (const { bytes } of stanzas) this.capacity -= bytes;
      },
    });
  }

  push(text: string, options?: PushOptions): void {
    this.outbox.push(message(text), options).then(
      () => this.log.push(`sent ${text}`),
      (error: Error) => this.log.push(`failed ${text}: ${error.message}`),
    );
  }

  get bodies(): string[] {
    return this.writes.map((text) =>
      [...text.matchAll(/<body>(.*?)<\/body>/g)].map((match) => match[1]).join(" "),
    );
  }
}

describe("what is sent", () => {
  it("in one turn is written at once, in order, when the turn is over", async () => {
    const own = new Setup();
    expect(own.outbox.empty).toBe(true);
    own.open();
    own.push("1");
    own.push("2");
    own.push("3");
    expect(own.writes).toEqual([]);
    await turn();
    own.push("4");
    await turn();
    expect(own.bodies).toEqual(["1 2 3", "4"]);
    expect(own.stanzas.map((each) => each.length)).toEqual([3, 1]);
    expect(own.log).toEqual(["sent 1", "sent 2", "sent 3", "sent 4"]);
    expect(own.outbox.empty).toBe(true);
  });

  it("while there is no stream waits for one, and then comes first", async () => {
    const setup = new Setup();
    setup.push("1");
    await turn();
    expect([setup.log, setup.outbox.empty]).toEqual([[], false]);
    setup.open();
    setup.push("2");
    await turn();
    expect(setup.bodies).toEqual(["1 2"]);
  });

  it("just before the stream goes waits for the next one", async () => {
    const setup = new Setup();
    setup.open();
    setup.push("1");
    setup.outbox.close();
    await turn();
    expect([setup.writes, setup.log]).toEqual([[], []]);
    setup.open();
    await turn();
    expect(setup.bodies).toEqual(["1"]);
  });

  it("is written at once by flush(), and once only", async () => {
    const setup = new Setup();
    setup.open();
    setup.push("1");
    setup.outbox.flush();
    expect(setup.bodies).toEqual(["1"]);
    await turn();
    expect([setup.bodies, setup.log]).toEqual([["1"], ["sent 1"]]);
  });

  it("is left out when it is not wanted any more", async () => {
    const setup = new Setup();
    let wanted = true;
    setup.push("1", { wanted: () => wanted });
    setup.push("2", { wanted: () => true });
    wanted = false;
    setup.open();
    await turn();
    expect(setup.bodies).toEqual(["2"]);
    expect(setup.stanzas[0]).toHaveLength(1);
  });

  it("is no write at all when nothing of it is wanted", async () => {
    const setup = new Setup();
    setup.push("1", { wanted: () => false });
    setup.open();
    await turn();
    expect([setup.writes, setup.outbox.empty]).toEqual([[], true]);
  });

  it("rejects when it is given up", async () => {
    const setup = new Setup();
    setup.push("1");
    setup.outbox.abort(new Error("over"), { all: true });
    setup.push("2");
    setup.open();
    await turn();
    expect([setup.bodies, setup.log]).toEqual([["2"], ["failed 1: over", "sent 2"]]);
  });

  it("outlives its session only where it is lasting, and keeps its place", async () => {
    const setup = new Setup({ outboxBytes: 2000 });
    setup.push("1");
    setup.push("2", { lasting: false });
    setup.push("3", { lasting: true });
    setup.outbox.abort(new Error("over"), { all: false });
    setup.push("4");
    setup.open();
    await turn();
    expect(setup.bodies).toEqual(["1 3 4"]);
    expect(setup.log).toEqual(["failed 2: over", "sent 1", "sent 3", "sent 4"]);
  });
});

describe("what is not taken", () => {
  it("waits until there is capacity again; the last stanza may exceed it", async () => {
    const setup = new Setup();
    setup.capacity = 2 * message("1").toString().length - 1;
    setup.open();
    for (const text of ["1", "2", "3", "4"]) setup.push(text);
    await turn();
    expect([setup.bodies, setup.log]).toEqual([["1 2"], ["sent 1", "sent 2"]]);
    setup.outbox.proceed();
    await turn();
    expect(setup.bodies).toEqual(["1 2"]);
    setup.capacity = 1;
    setup.outbox.proceed();
    await turn();
    expect(setup.bodies).toEqual(["1 2", "3"]);
    setup.outbox.flush();
    expect(setup.bodies).toEqual(["1 2", "3", "4"]);
  });

  it("earns nothing for the rate by waiting, and needs no timer", async () => {
    const setup = new Setup({ bytesPerSecond: 100, burstBytes: 1000 });
    setup.capacity = 0;
    setup.open();
    setup.push("1");
    await turn();
    expect([setup.bodies, setup.clock.pending]).toEqual([[], 0]);
    setup.capacity = 1;
    setup.outbox.proceed();
    await turn();
    expect(setup.bodies).toEqual(["1"]);
  });
});

describe("limits", () => {
  it.each(["x", "é", "日", "\u{1F600}"])("hold for the bytes of one stanza, in %s", async (char) => {
    const { outbox } = new Setup({ stanzaBytes: 1004 });
    const overhead = message("x").toString().length - 1;
    const fits = message(char.repeat(Math.floor((1004 - overhead) / Buffer.byteLength(char))));
    const large = message(char.repeat(Math.floor((1004 - overhead) / Buffer.byteLength(char)) + 1));
    void outbox.push(fits);
    await expect(outbox.push(large)).rejects.toBeInstanceOf(ArgumentError);
  });

  it("count bytes, not characters, of what waits", async () => {
    const { outbox } = new Setup({ outboxBytes: 1500 });
    void outbox.push(message("日".repeat(300)));
    await expect(outbox.push(message("日".repeat(300)))).rejects.toMatchObject({ code: "policy" });
    void outbox.push(message("x".repeat(300)));
  });

  it("hold for what waits, and for nothing that was sent or given up", async () => {
    const setup = new Setup({ outboxBytes: 2000 });
    void setup.outbox.push(ofBytes(1000));
    void setup.outbox.push(ofBytes(1000));
    await expect(setup.outbox.push(message(""))).rejects.toMatchObject({ code: "policy" });
    setup.open();
    await turn();
    expect(setup.stanzas[0]).toHaveLength(2);
    setup.outbox.close();
    const waiting = [setup.outbox.push(ofBytes(1000)), setup.outbox.push(ofBytes(1000))];
    setup.outbox.abort(new Error("over"), { all: true });
    for (const each of waiting) await expect(each).rejects.toThrow("over");
    void setup.outbox.push(ofBytes(1000));
    void setup.outbox.push(ofBytes(1000));
    expect(setup.outbox.empty).toBe(false);
  });
});

describe("a rate", () => {
  const slow = { bytesPerSecond: 100, burstBytes: 200 };

  it("lets through a burst, and then so many bytes a second, in order", async () => {
    const setup = new Setup(slow);
    setup.open();
    for (let i = 1; i <= 6; i++) void setup.outbox.push(ofBytes(100));
    await turn();
    expect(setup.stanzas.flat()).toHaveLength(2);
    setup.clock.advance(1000);
    expect(setup.stanzas.flat()).toHaveLength(3);
    setup.clock.advance(3_100);
    expect(setup.stanzas.flat()).toHaveLength(6);
    expect([setup.outbox.empty, setup.clock.pending]).toEqual([true, 0]);
  });

  it("makes what comes later wait behind what waits", async () => {
    const setup = new Setup(slow);
    setup.open();
    for (const text of ["1", "2", "3", "4", "5", "6"]) setup.push(text.repeat(60));
    await turn();
    setup.push("late");
    await turn();
    setup.clock.advance(60_000);
    expect(
      setup.bodies
        .join(" ")
        .split(" ")
        .map((body) => body[0]),
    ).toEqual(["1", "2", "3", "4", "5", "6", "l"]);
  });

  it("earns no more than the burst in a long pause", async () => {
    const setup = new Setup(slow);
    setup.open();
    setup.clock.advance(3_600_000);
    for (let i = 1; i <= 6; i++) void setup.outbox.push(ofBytes(100));
    await turn();
    expect(setup.stanzas.flat()).toHaveLength(2);
  });

  it("lets through a stanza that is larger than the burst, and then waits longer", async () => {
    const setup = new Setup(slow);
    setup.open();
    void setup.outbox.push(ofBytes(500));
    void setup.outbox.push(ofBytes(100));
    await turn();
    expect(setup.stanzas.flat()).toHaveLength(1);
    setup.clock.advance(3000);
    expect(setup.stanzas.flat()).toHaveLength(1);
    setup.clock.advance(100);
    expect(setup.stanzas.flat()).toHaveLength(2);
  });

  it("leaves no timer behind when the stream goes, and does not hold up flush()", async () => {
    const setup = new Setup(slow);
    setup.open();
    for (let i = 1; i <= 6; i++) void setup.outbox.push(ofBytes(100));
    await turn();
    setup.outbox.flush();
    expect(setup.stanzas.flat()).toHaveLength(6);
    setup.outbox.close();
    expect(setup.clock.pending).toBe(0);
  });
});
