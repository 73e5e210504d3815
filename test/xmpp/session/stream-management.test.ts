import { describe, expect, it } from "vitest";

import { xml, type Element } from "../../../src/base/element.js";
import type { Script } from "../../support/scripted-peer.js";
import { guardProcess, message, SessionUnderTest } from "./session-under-test.js";

guardProcess();

const SM_NS = "xmlns='urn:xmpp:sm:3'";
const say = (id: string): Element => xml("message", { id, to: "peer@example.org" }, xml("body", null, id));
const idsIn = (text: string): string[] =>
  [...text.matchAll(/<message id="([^"]*)"/g)].map((match) => match[1] ?? "");
const ids = (stanzas: readonly Element[]): string[] => stanzas.map(({ name, attrs }) => attrs["id"] ?? name);

describe("a new stream", () => {
  it("carries nothing between the resource and the confirmation of stream management, and then presence first", async () => {
    let early = "";
    const test = await SessionUnderTest.over(async (peer) => {
      await peer.login();
      await peer.bind(
        "bot@example.org/1",
        message("early") + "<iq type='get' id='q' from='a@b'><ping xmlns='urn:xmpp:ping'/></iq>",
      );
      await peer.expect(/<enable [^>]*\/>/);
      // what the session would send unasked would be here by the time that its answer to this could be
      await new Promise((resolve) => setTimeout(resolve, 20));
      early = peer.unread;
      peer.send(`<enabled ${SM_NS} id='sm1' resume='true'/>`);
    });
    const waited = test.session.send(say("before"));
    test.session.on("established", () => void test.session.send(say("first")));
    await test.session.start();
    await waited;
    const [peer] = test.peer.conversations;
    await peer?.expect(/<message id="first"/);
    expect(early).toBe("");
    const sent = peer?.received.slice(peer.received.indexOf("<enable ")) ?? "";
    expect(sent).toMatch(
      /^<enable [^>]*resume="true"[^>]*\/><presence><c xmlns="http:\/\/jabber.org\/protocol\/caps"[^>]*\/><\/presence><message id="before"/,
    );
    expect(sent.indexOf('id="first"')).toBeGreaterThan(sent.indexOf('id="before"'));
    await peer?.expect(/<iq type="result" id="q" to="a@b"\/>/);
    expect(test.told).toEqual(["established", "message early"]);
  });

  it("counts from the confirmation on, not before it, also within one read", async () => {
    let count = -1;
    await SessionUnderTest.online(async (peer) => {
      await peer.login();
      await peer.bind("bot@example.org/1", message("not counted"));
      await peer.expect(/<enable /);
      peer.send(
        message("not counted"),
        `<enabled ${SM_NS} id='sm1' resume='true'/>`,
        message("1"),
        "<presence from='a@b'/>",
        `<r ${SM_NS}/>`,
        message("3"),
      );
      count = Number((await peer.expect(/<a [^>]*h="(\d+)"\/>/))[1]);
      expect(await peer.askCount()).toBe(3);
    }).then((test) => test.until(() => count >= 0, "the count"));
    expect(count).toBe(2);
  });

  it("counts IQs that answer a request, and those that are answered", async () => {
    let count = -1;
    const test = await SessionUnderTest.online(async (peer) => {
      await peer.online();
      const [, id] = await peer.expect(/<iq type="get" id="([^"]*)"/);
      peer.send(
        `<iq type='result' id='${id}' from='a@b'/>`,
        "<iq type='get' id='1' from='a@b'><ping xmlns='urn:xmpp:ping'/></iq>",
        "<iq type='set' id='2' from='a@b'/>",
      );
      await peer.expect(/id="2"/);
      count = await peer.askCount();
    });
    await test.session.iq.get("a@b", xml("query", { xmlns: "urn:q" }));
    await test.until(() => count >= 0, "the count");
    expect(count).toBe(3);
  });
});

describe("after a cut", () => {
  const first: Script = async (peer) => {
    await peer.online();
    await peer.expect(/<message id="3".*?<\/message>/);
    peer.acknowledge(2);
    peer.send(message("got it"));
  };

  it("the session goes on: what was not acknowledged is sent again, on <resumed/> and not before", async () => {
    let beforeAnswer = "";
    let count = -1;
    const test = await SessionUnderTest.online([
      first,
      async (peer) => {
        await peer.login();
        const [, h] = await peer.expect(/<resume [^>]*previd="sm1" h="(\d+)"\/>/);
        beforeAnswer = peer.unread;
        count = Number(h);
        peer.send(`<resumed ${SM_NS} previd='sm1' h='3'/>`, message("again"));
        await peer.expect(/<message id="4"/);
      },
    ]);
    const known: string[] = [];
    for (const id of ["1", "2", "3"])
      await test.session.send(say(id), { onAcknowledged: () => known.push(id) });
    await test.event("message");
    // the first that was acknowledged is our presence
    expect(known).toEqual(["1"]);
    test.peer.conversations[0]?.reset();
    await test.event("interrupted");
    expect(test.session.state).toBe("interrupted");
    const waiting = test.session.send(say("4"));
    await test.event("resumed");
    await waiting;
    await test.until(() => test.bodies.length === 2, "the second message");
    // presence, 1, 2, 3 were sent; of h='3' only "3" is missing
    expect([beforeAnswer, count]).toEqual(["", 1]);
    expect(known).toEqual(["1", "2"]);
    const second = await test.until(() => {
      const { received = "" } = test.peer.conversations[1] ?? {};
      return received.includes('id="4"') && received;
    }, "the last message");
    expect(idsIn(second)).toEqual(["3", "4"]);
    expect(second).not.toContain("<presence");
    expect(second).not.toContain("<delay");
    expect(test.told).toEqual(["established", "message got it", "interrupted", "resumed", "message again"]);
    expect([test.session.state, test.session.jid?.toString()]).toEqual([
      "online",
      "bot@example.org/made-by-server",
    ]);
  });

  it("the counts go on where they were, both ways", async () => {
    let count = -1;
    const test = await SessionUnderTest.online([
      first,
      async (peer) => {
        await peer.resume("sm1", 4, message("5th"));
        count = await peer.askCount();
        peer.acknowledge(5);
        peer.reset();
      },
      async (peer) => {
        await peer.resume("sm1", 5);
      },
    ]);
    for (const id of ["1", "2", "3"]) await test.session.send(say(id));
    await test.event("message");
    test.peer.conversations[0]?.reset();
    await test.session.send(say("4"));
    await test.event("resumed", 2);
    expect(count).toBe(2);
    expect(idsIn(test.peer.conversations[1]?.received ?? "")).toEqual(["4"]);
    expect(idsIn(test.peer.conversations[2]?.received ?? "")).toEqual([]);
  });

  it("that interrupts the resumption, it is tried again with nothing lost", async () => {
    const cut: Script = async (peer) => {
      await peer.login();
      await peer.expect(/<resume /);
      peer.reset();
    };
    const test = await SessionUnderTest.online([
      first,
      cut,
      cut,
      (peer) => peer.resume("sm1", 2).then(() => {}),
    ]);
    for (const id of ["1", "2", "3"]) await test.session.send(say(id));
    await test.event("message");
    test.peer.conversations[0]?.reset();
    await test.event("resumed");
    const last = test.peer.conversations[3];
    await last?.expect(/<message id="3"/);
    expect(idsIn(last?.received ?? "")).toEqual(["2", "3"]);
    expect(test.told.filter((each) => !each.startsWith("message"))).toEqual([
      "established",
      "interrupted",
      "resumed",
    ]);
  });

  it("a session that cannot be resumed is destroyed, with what is unconfirmed, before the new one", async () => {
    const test = await SessionUnderTest.online([
      first,
      async (peer) => {
        await peer.login();
        await peer.expect(/<resume /);
        peer.send(
          `<failed ${SM_NS} h='3'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>`,
        );
        await peer.bind("bot@example.org/new");
        await peer.enable("sm2");
        await peer.expect(/<presence><c/);
      },
    ]);
    for (const id of ["1", "2", "3"]) await test.session.send(say(id));
    await test.event("message");
    const asked = test.session.iq.get("a@b", xml("query", { xmlns: "urn:q" }));
    await test.peer.conversations[0]?.expect(/<iq type="get"/);
    test.peer.conversations[0]?.reset();
    await test.event("interrupted");
    const waiting = test.session.send(say("later"));
    const bound = test.session.send(say("never"), { thisSessionOnly: true });
    const { cause, unconfirmed } = await test.event("destroyed");
    expect(ids(unconfirmed)).toEqual(
      ["3", "iq"].map((each, at) => (at === 1 ? (unconfirmed[1]?.attrs["id"] ?? "") : each)),
    );
    expect([cause.name, unconfirmed[1]?.name]).toEqual(["SessionError", "iq"]);
    await expect(asked).rejects.toBe(cause);
    await expect(bound).rejects.toBe(cause);
    await waiting;
    await test.event("established", 2);
    expect(test.told).toEqual(["established", "message got it", "interrupted", "destroyed", "established"]);
    expect(test.session.jid?.toString()).toBe("bot@example.org/new");
    await test.peer.conversations[1]?.expect(/<message id="later"/);
    expect(idsIn(test.peer.conversations[1]?.received ?? "")).toEqual(["later"]);
  });

  it.each(["", "h='99'", "h='-1'", "h='x'", "h='4294967296'"])(
    "a server whose <failed/> counts wrongly (%s) is not believed",
    async (h) => {
      const test = await SessionUnderTest.online([
        first,
        async (peer) => {
          await peer.login();
          await peer.expect(/<resume /);
          peer.send(`<failed ${SM_NS} ${h}/>`);
          await peer.bind();
          await peer.enable("sm2");
        },
      ]);
      for (const id of ["1", "2", "3"]) await test.session.send(say(id));
      await test.event("message");
      test.peer.conversations[0]?.reset();
      expect(ids((await test.event("destroyed")).unconfirmed)).toEqual(["2", "3"]);
      await test.event("established", 2);
    },
  );

  it("without stream management the session is destroyed at once; what is sent then waits for the next", async () => {
    const test = await SessionUnderTest.online([
      async (peer) => {
        await peer.onlineUnmanaged();
        peer.reset();
      },
      (peer) => peer.onlineUnmanaged(),
    ]);
    expect((await test.event("destroyed")).unconfirmed).toEqual([]);
    expect(test.session.state).toBe("interrupted");
    await test.session.send(say("1"));
    await test.peer.conversations[1]?.scripted;
    await test.peer.conversations[1]?.expect(/<message id="1"/);
    expect(test.told).toEqual(["established", "interrupted", "destroyed", "established"]);
  });

  it("what is sent fails where the options say so", async () => {
    const test = await SessionUnderTest.online(
      [
        async (peer) => {
          await peer.online();
          peer.reset();
        },
        () => {},
      ],
      { offline: "fail" },
    );
    await test.event("interrupted");
    await expect(test.session.send(say("1"))).rejects.toMatchObject({ code: "closed" });
    await expect(test.session.iq.get("a@b", xml("query", { xmlns: "urn:q" }))).rejects.toMatchObject({
      code: "closed",
    });
  });

  it("the next attempt is told, and is made then", async () => {
    const test = await SessionUnderTest.online(
      [
        async (peer) => {
          await peer.online();
          peer.reset();
        },
        (peer) => peer.resume().then(() => {}),
      ],
      { reconnect: { minDelayMs: 50, maxDelayMs: 50 } },
    );
    const { cause, nextAttemptAt } = await test.event("interrupted");
    expect(cause).toMatchObject({ name: "SessionError", code: "closed" });
    expect(nextAttemptAt.getTime() - Date.now()).toBeLessThanOrEqual(50);
    await test.event("resumed");
    expect(Date.now()).toBeGreaterThanOrEqual(nextAttemptAt.getTime() - 5);
  });
});

describe("acknowledgements", () => {
  it("are asked for though we send all the while, and nothing is kept that was acknowledged", async () => {
    let asked = 0;
    const test = await SessionUnderTest.online(async (peer) => {
      await peer.online();
      for (;;) {
        await peer.expect(/<r xmlns="urn:xmpp:sm:3"\/>/);
        asked++;
        // presence and all messages up to here
        peer.acknowledge(1 + idsIn(peer.received.slice(0, peer.received.length - peer.unread.length)).length);
        if (asked === 3) return;
      }
    });
    let sent = 0;
    await test.until(() => {
      void test.session.send(say(String(sent++)));
      return asked >= 3;
    }, "three questions");
    test.peer.conversations[0]?.reset();
    await test.event("interrupted");
    expect(test.told).toEqual(["established", "interrupted"]);
  });
});

describe("a server that acknowledges nothing", () => {
  it("is given 128 KiB and no more, asked at once, and the rest in order when it does", async () => {
    const body = "x".repeat(10_000);
    const test = await SessionUnderTest.online((peer) => peer.online());
    const [peer] = test.peer.conversations;
    const sent = Array.from({ length: 30 }, (_, id) => {
      void test.session.send(xml("message", { id }, xml("body", null, body)));
      return String(id);
    });
    await peer?.expect(/<message id="13"[^]*<r /);
    const seen = (): string[] => idsIn(peer?.received ?? "");
    for (let round = 1; seen().length < sent.length; round++) {
      expect(seen()).toEqual(sent.slice(0, 14 * round));
      peer?.send(`<a ${SM_NS} h='${1 + seen().length}'/>`);
      await test.until(
        () => seen().length >= Math.min(30, 14 * (round + 1)),
        "what comes after the acknowledgement",
      );
    }
    expect(seen()).toEqual(sent);
  });
});

describe("a server that does not read", () => {
  it("holds back what is sent, within bounds, and gets it all in order when it reads again", async () => {
    const body = "x".repeat(100_000);
    let seen = "";
    const test = await SessionUnderTest.online(
      async (peer) => {
        await peer.onlineUnmanaged();
        peer.freeze();
      },
      { limits: { outboxBytes: 2 << 20 } },
    );
    const outcomes: Promise<string>[] = [];
    for (let i = 0; i < 400; i++) {
      const sent = test.session.send(xml("message", { id: String(i) }, xml("body", null, body)));
      outcomes.push(
        sent.then(
          () => String(i),
          (error: { code: string }) => error.code,
        ),
      );
      if (i % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const [peer] = test.peer.conversations;
    await test.until(() => peer, "the connection");
    peer?.socket.resume();
    const settled = await Promise.all(outcomes);
    expect(settled).toContain("policy");
    const passed = settled.filter((each) => each !== "policy");
    await test.until(
      () => idsIn((seen = peer?.received ?? "")).length === passed.length,
      "all that was accepted",
    );
    expect(idsIn(seen)).toEqual(passed);
    expect(test.session.state).toBe("online");
  });
});
