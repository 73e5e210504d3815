import { Duplex } from "node:stream";

import { describe, expect, it } from "vitest";

import { xml } from "../../../src/base/element.js";
import { ManualClock } from "../../support/manual-clock.js";
import { SASL_PLAIN, type Script } from "../../support/scripted-peer.js";
import { guardProcess, SessionUnderTest } from "./session-under-test.js";

const SM_NS = "xmlns='urn:xmpp:sm:3'";

guardProcess();

const online: Script = (peer) => peer.online();

describe("stop()", () => {
  it("before start() ends the session that never was", async () => {
    const test = await SessionUnderTest.over(online);
    expect(test.session.state).toBe("idle");
    await test.session.stop();
    expect([test.session.state, test.told]).toEqual(["stopped", ["stopped"]]);
    await expect(test.session.start()).rejects.toMatchObject({ code: "stopped" });
    await expect(test.session.send(xml("message"))).rejects.toMatchObject({ code: "stopped" });
    expect(test.peer.conversations).toEqual([]);
  });

  it.each<[string, Script]>([
    ["while connecting", () => {}],
    ["while logging in", (peer) => peer.open(SASL_PLAIN)],
    ["while binding", async (peer) => void (await peer.login())],
    [
      "while stream management is enabled",
      async (peer) => {
        await peer.login();
        await peer.bind();
      },
    ],
  ])("%s is done at once, closes the connection, and start() rejects", async (_name, script) => {
    let ready = false;
    const clock = new ManualClock();
    const test = await SessionUnderTest.over(
      async (peer) => {
        await script(peer);
        ready = true;
      },
      { clock },
    );
    const started = test.session.start();
    expect(test.session.state).toBe("connecting");
    await test.until(() => ready, "the server to have said all it says");
    await test.session.stop();
    await expect(started).rejects.toMatchObject({ code: "stopped" });
    await test.peer.conversations[0]?.closed();
    expect([test.session.state, test.told]).toEqual(["stopped", ["stopped"]]);
    await test.until(() => clock.pending === 0, "no timer to be left");
  });

  it("online sends what waits, ends the stream in order, and tells it", async () => {
    const test = await SessionUnderTest.online((peer) => peer.onlineUnmanaged());
    await test.peer.conversations[0]?.scripted;
    const sent = test.session.send(xml("message", { id: "last" }));
    const stopped = test.session.stop();
    expect(test.session.stop()).toBe(stopped);
    await stopped;
    await sent;
    const [peer] = test.peer.conversations;
    await peer?.closed();
    expect(peer?.unread).toBe('<message id="last"/> </stream:stream>');
    expect(test.told).toEqual(["established", "destroyed", "stopped"]);
    await test.session.stop();
    expect(test.told).toHaveLength(3);
  });

  it("while interrupted does not wait for the next attempt", async () => {
    const clock = new ManualClock();
    const test = await SessionUnderTest.online(
      async (peer) => {
        await peer.online();
        peer.reset();
      },
      { clock, reconnect: { minDelayMs: 1e6, maxDelayMs: 1e6 } },
    );
    await test.event("interrupted");
    const waiting = test.session.send(xml("message"));
    await test.session.stop();
    await expect(waiting).rejects.toMatchObject({ code: "stopped" });
    expect(test.told).toEqual(["established", "interrupted", "destroyed", "stopped"]);
    expect([clock.pending, test.peer.conversations.length]).toEqual([0, 1]);
  });

  it("against a server that reads nothing any more is over within ten seconds", async () => {
    const clock = new ManualClock();
    const test = await SessionUnderTest.online(
      async (peer) => {
        await peer.onlineUnmanaged();
        peer.polite = false;
        peer.freeze();
      },
      { clock },
    );
    for (let i = 0; i < 150; i++)
      test.session.send(xml("message", null, "x".repeat(200_000))).catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
    let over = false;
    const stopped = test.session.stop().then(() => (over = true));
    clock.advance(4_999);
    await new Promise((resolve) => setImmediate(resolve));
    expect(over).toBe(false);
    clock.advance(1);
    await test.until(() => clock.nextInMs === 2_000, "the end of the stream to be waited for");
    clock.advance(2_000);
    await stopped;
    expect(test.told).toEqual(["established", "destroyed", "stopped"]);
    expect(clock.pending).toBe(0);
  });

  it("against a server that does not answer the end of the stream is over within two seconds", async () => {
    const clock = new ManualClock();
    const test = await SessionUnderTest.online(
      async (peer) => {
        peer.polite = false;
        await peer.online();
        await peer.expect(/<r /);
        peer.send(`<a ${SM_NS} h='1'/>`);
        await peer.expect(/<\/stream:stream>/);
      },
      { clock },
    );
    const stopped = test.session.stop();
    await test.until(() => clock.nextInMs === 2_000, "the end of the stream to be waited for");
    clock.advance(2_000);
    await stopped;
    expect(test.told).toEqual(["established", "destroyed", "stopped"]);
  });

  it("waits until what was sent is acknowledged: then it is not told as unconfirmed", async () => {
    const test = await SessionUnderTest.online(async (peer) => {
      await peer.online();
      await peer.expect(/<message id="last"\/><r /);
      peer.send(`<a ${SM_NS} h='2'/>`);
      await peer.expect(/^<\/stream:stream>/);
    });
    void test.session.send(xml("message", { id: "last" }));
    await test.session.stop();
    expect((await test.event("destroyed")).unconfirmed).toEqual([]);
  });

  it("against a server that acknowledges nothing is over within ten seconds, and tells what is unconfirmed", async () => {
    const clock = new ManualClock();
    const test = await SessionUnderTest.online((peer) => peer.online(), { clock });
    void test.session.send(xml("message", { id: "last" }));
    const stopped = test.session.stop();
    await test.until(
      () => test.peer.conversations[0]?.received.endsWith('<r xmlns="urn:xmpp:sm:3"/> '),
      "a request",
    );
    clock.advance(5_000);
    await stopped;
    expect((await test.event("destroyed")).unconfirmed.map((each) => each.attrs["id"])).toEqual([
      undefined,
      "last",
    ]);
  });

  it("that meets a loss while it flushes makes no new attempt", async () => {
    const clock = new ManualClock();
    let frozen = false;
    const test = await SessionUnderTest.online(
      async (peer) => {
        peer.polite = false;
        await peer.online();
        peer.freeze();
        frozen = true;
      },
      { clock },
    );
    await test.until(() => frozen, "the server to read no more");
    for (let i = 0; i < 150; i++)
      test.session.send(xml("message", null, "x".repeat(200_000))).catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
    const stopped = test.session.stop();
    test.peer.conversations[0]?.reset();
    await stopped;
    expect(test.told).toEqual(["established", "destroyed", "stopped"]);
    expect([clock.pending, test.peer.conversations.length]).toEqual([0, 1]);
  });

  it.each(["established", "interrupted", "destroyed", "message", "stopped"] as const)(
    "in a listener of %s is obeyed",
    async (event) => {
      const test = await SessionUnderTest.over(async (peer) => {
        await peer.onlineUnmanaged();
        peer.send("<message/>");
        if (event === "interrupted" || event === "destroyed") peer.reset();
      });
      const stopped: Promise<void>[] = [];
      test.session.on(event, () => {
        stopped.push(test.session.stop());
      });
      await test.session.start().catch(() => {});
      if (event === "stopped") await test.session.stop();
      await test.event("stopped");
      await Promise.all(stopped);
      expect(stopped.length).toBeGreaterThan(0);
      expect(test.session.state).toBe("stopped");
      expect(test.told.filter((each) => each === "stopped")).toHaveLength(1);
      expect(test.told.filter((each) => each === "destroyed")).toHaveLength(1);
      expect(test.told.at(-1)).toBe("stopped");
      expect(test.peer.conversations).toHaveLength(1);
    },
  );
});

describe("a silent server", () => {
  it.each<[string, Script, boolean]>([
    ["with stream management", online, true],
    ["without", (peer) => peer.onlineUnmanaged(), false],
  ])(
    "is given up after deadPeerMs, %s, and without a word that could end the session",
    async (_name, script, managed) => {
      const clock = new ManualClock();
      const test = await SessionUnderTest.online(
        [script, (peer) => (managed ? peer.resume().then(() => {}) : peer.onlineUnmanaged())],
        {
          clock,
          limits: { deadPeerMs: 10_000 },
          reconnect: { minDelayMs: 1, maxDelayMs: 1 },
        },
      );
      const [peer] = test.peer.conversations;
      await peer?.scripted;
      clock.advance(5_000);
      await peer?.expect(managed ? /<r xmlns/ : /<ping /);
      clock.advance(4_999);
      expect(test.session.state).toBe("online");
      clock.advance(1);
      expect(test.session.state).toBe("interrupted");
      expect(await test.event("interrupted")).toMatchObject({ cause: { code: "timeout" } });
      await peer?.closed();
      expect(peer?.received).not.toContain("</stream:stream>");
      await test.until(() => {
        clock.advance(1);
        return test.session.state === "online";
      }, "the session to come back");
      expect(test.told).toEqual(
        managed
          ? ["established", "interrupted", "resumed"]
          : ["established", "interrupted", "destroyed", "established"],
      );
    },
  );
});

describe("another transport", () => {
  /** One end of a pipe in memory. */
  class PipeEnd extends Duplex {
    other: PipeEnd | null = null;

    override _read(): void {}

    override _write(chunk: Buffer, _encoding: string, done: () => void): void {
      this.other?.push(chunk);
      done();
    }

    override _final(done: () => void): void {
      this.other?.push(null);
      done();
    }
  }

  function pipe(): { readonly client: Duplex; readonly server: Duplex } {
    const client = new PipeEnd();
    const server = new PipeEnd();
    client.other = server;
    server.other = client;
    return { client, server };
  }

  it("that is refused is tried again", async () => {
    let times = 0;
    const test = await SessionUnderTest.over(online, {
      connect: () => {
        times++;
        if (times === 1) throw new Error("not yet");
        if (times === 2) return Promise.reject(new Error("still not"));
        const { client, server } = pipe();
        server.end();
        return client;
      },
    });
    const started = test.session.start();
    await test.until(() => times >= 4, "four attempts");
    await test.session.stop();
    await expect(started).rejects.toMatchObject({ code: "stopped" });
  });

  it("that has just opened when the session is stopped leaves nothing behind that nobody awaits", async () => {
    for (let turns = 0; turns < 40; turns++) {
      const { client } = pipe();
      const test = await SessionUnderTest.over(online, { connect: () => Promise.resolve(client) });
      const started = test.session.start();
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      await test.session.stop();
      await expect(started).rejects.toMatchObject({ code: "stopped" });
    }
  });

  it("that opens after the attempt is over is destroyed", async () => {
    const { client, server } = pipe();
    let open = (_stream: Duplex): void => {};
    let aborted = false;
    const test = await SessionUnderTest.over(online, {
      connect: ({ signal, domain, service }) => {
        expect([domain, service]).toEqual(["example.org", test.peer.service]);
        signal.addEventListener("abort", () => (aborted = true));
        return new Promise((resolve) => (open = resolve));
      },
    });
    const started = test.session.start();
    await new Promise((resolve) => setImmediate(resolve));
    await test.session.stop();
    await expect(started).rejects.toMatchObject({ code: "stopped" });
    expect(aborted).toBe(true);
    open(client);
    await test.until(() => client.destroyed, "the late connection to be destroyed");
    expect(server.readableLength).toBe(0);
  });

  it("is destroyed with the session, and its errors reach nobody else", async () => {
    const made: Duplex[] = [];
    const test = await SessionUnderTest.over(online, {
      connect: () => {
        const { client } = pipe();
        made.push(client);
        return client;
      },
    });
    const started = test.session.start();
    await test.until(() => made.length === 1, "the connection");
    await new Promise((resolve) => setImmediate(resolve));
    await test.session.stop();
    await expect(started).rejects.toMatchObject({ code: "stopped" });
    expect(made[0]?.destroyed).toBe(true);
    expect(() => made[0]?.emit("error", new Error("late"))).not.toThrow();
  });
});
