import { describe, expect, it } from "vitest";

import { xml } from "../../../src/base/element.js";
import { XmppError } from "../../../src/xmpp/xmpp-error.js";
import { BIND, SM, features, streamError, type Script } from "../../support/scripted-peer.js";
import { ManualClock } from "../../support/manual-clock.js";
import { guardProcess, message, SessionUnderTest } from "./session-under-test.js";

guardProcess();

const online: Script = (peer) => peer.online();
describe("a session that is lost is interrupted, and comes back:", () => {
  it.each<[string, string | Buffer]>([
    ["an end of the stream, the connection left open", "</stream:stream>"],
    ["an end of the stream with bytes behind it", "</stream:stream><message/> and & more <"],
    ["an empty stream error", `${streamError()}`],
    ["a stream error", `${streamError("system-shutdown")}</stream:stream>`],
    ["a stream error with bytes behind it", `${streamError("reset")}</stream:stream>${message("no")}`],
    ["an unknown entity", "<message><body>&nbsp;</body></message>"],
    ["a forbidden character reference", "<message><body>&#1;</body></message>"],
    ["an end tag too many", "</message>"],
    ["a comment", "<!-- hello -->"],
    ["text between stanzas", "hello"],
  ])("%s", async (_name, text) => {
    const test = await SessionUnderTest.online([
      async (peer) => {
        await peer.online();
        peer.send(text);
      },
      async (peer) => {
        await peer.login();
        peer.send(
          (await peer.expect(/<(resume|iq) .*?(?:\/>|<\/iq>)/))[1] === "resume"
            ? "<failed xmlns='urn:xmpp:sm:3'/>"
            : "",
        );
        peer.reset();
      },
      async (peer) => {
        await peer.login();
        const [request, kind] = await peer.expect(/<(resume|iq) .*?(?:\/>|<\/iq>)/);
        if (kind === "resume") {
          peer.send("<failed xmlns='urn:xmpp:sm:3'/>");
          await peer.bind();
        } else
          peer.send(
            `<iq type='result' id='${/id="([^"]*)"/.exec(request)?.[1]}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>bot@example.org/2</jid></bind></iq>`,
          );
        await peer.enable();
      },
    ]);
    await test.event("established", 2);
    expect(test.told).toEqual(["established", "interrupted", "destroyed", "established"]);
    expect(test.session.state).toBe("online");
    await test.peer.conversations[0]?.closed();
  });

  it("a reset, a close and a half-close, again and again", async () => {
    const ways = ["reset", "halfClose"] as const;
    const scripts = [...ways, ...ways].map<Script>((way) => async (peer) => {
      await peer.onlineUnmanaged();
      peer[way]();
    });
    const test = await SessionUnderTest.online([...scripts, online]);
    await test.event("established", 5);
    const round = ["established", "interrupted", "destroyed"];
    expect(test.told).toEqual([...round, ...round, ...round, ...round, "established"]);
  });

  it("a half-close by a server that reads nothing any more", async () => {
    const test = await SessionUnderTest.online(
      [
        async (peer) => {
          await peer.onlineUnmanaged();
          peer.freeze();
          await peer.expect(/never/).catch(() => {});
        },
        online,
      ],
      { limits: { outboxBytes: 64 << 20 } },
    );
    for (let i = 0; i < 100; i++)
      test.session.send(xml("message", null, xml("body", null, "x".repeat(200_000)))).catch(() => {});
    await test.until(() => test.peer.conversations[0]?.received, "something to arrive");
    test.peer.conversations[0]?.halfClose();
    await test.event("established", 2);
    expect(test.told.slice(0, 3)).toEqual(["established", "interrupted", "destroyed"]);
  });

  it("a stream that ends in the chunk that completed it", async () => {
    const test = await SessionUnderTest.online([
      async (peer) => {
        await peer.login();
        await peer.bind();
        await peer.enable("sm1", `${message("last words")}</stream:stream>`);
      },
      async (peer) => {
        expect(await peer.resume("sm1")).toBe(1);
      },
    ]);
    await test.event("resumed");
    expect(test.told).toEqual(["established", "message last words", "interrupted", "resumed"]);
  });
});

describe("a conflict (RFC 6120 §4.9.3.3)", () => {
  const conflicted: Script = async (peer) => {
    await peer.onlineUnmanaged();
    peer.send(streamError("conflict"), "</stream:stream>");
  };

  it("over a resource that the server made is final the third time within ten minutes", async () => {
    const test = await SessionUnderTest.online(conflicted);
    const error = await test.event("error");
    expect(error).toMatchObject({ code: "conflict", condition: "conflict" });
    const round = ["established", "interrupted", "destroyed"];
    expect(test.told).toEqual([...round, ...round, "established", "destroyed", "error", "stopped"]);
    expect(test.session.state).toBe("stopped");
  });

  it("is forgotten after ten minutes", async () => {
    const clock = new ManualClock();
    const test = await SessionUnderTest.online(conflicted, {
      clock,
      reconnect: { minDelayMs: 400_000, maxDelayMs: 400_000, attemptTimeoutMs: 1e6 },
      limits: { deadPeerMs: 1e7 },
    });
    for (let times = 1; times <= 4; times++) {
      await test.event("interrupted", times);
      clock.advance(clock.nextInMs ?? 0);
      clock.advance(300_000);
      await test.event("established", times + 1);
    }
    expect(test.session.state).not.toBe("stopped");
  });

  it("over a resource of one's own choice is final at once", async () => {
    const test = await SessionUnderTest.online(conflicted, { jid: "bot@example.org/mine" });
    expect(await test.event("error")).toMatchObject({ code: "conflict" });
    expect(test.told).toEqual(["established", "destroyed", "error", "stopped"]);
    expect(test.peer.conversations[0]?.received).toContain("<resource>mine</resource>");
  });

  const taken: Script = async (peer) => {
    await peer.login(BIND);
    const [, id] = await peer.expect(/<iq [^>]*id="([^"]*)".*<\/iq>/);
    peer.send(
      `<iq type='error' id='${id}'><error type='modify'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`,
    );
  };

  it("while binding a resource of one's own choice is final at the first start", async () => {
    const test = await SessionUnderTest.over(taken, { resource: "mine" });
    const started = test.session.start();
    await expect(started).rejects.toMatchObject({ code: "conflict" });
    await expect(started).rejects.toHaveProperty("cause", expect.any(XmppError));
  });

  it("while binding it again is waited for: the server may still hold our own session", async () => {
    const test = await SessionUnderTest.online(
      [
        async (peer) => {
          await peer.onlineUnmanaged();
          peer.reset();
        },
        taken,
        taken,
        taken,
        online,
      ],
      { resource: "mine" },
    );
    await test.event("established", 2);
    expect(test.session.state).toBe("online");
  });
});

describe("what comes in pieces", () => {
  it("is read as UTF-8, also where a character is cut in two", async () => {
    const text = "日本語 \u{1F600} größer ".repeat(20);
    const bytes = Buffer.from(message(text));
    const test = await SessionUnderTest.online(async (peer) => {
      await peer.online();
      for (const byte of bytes) {
        peer.send(Buffer.from([byte]));
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    await test.event("message");
    expect(test.bodies).toEqual([text]);
  });
});

describe("stanzas that are odd", () => {
  it.each([
    ["a bad sender", "<message from='@' to='also bad@@'><body>odd</body></message>"],
    ["no sender", "<message><body>odd</body></message>"],
    ["hostile names", "<message __proto__='1' constructor='2'><__proto__/><body>odd</body></message>"],
    ["a bad type", "<message type='&lt;nonsense&gt;' from='a@b'><body>odd</body></message>"],
  ])("(%s) are handed on, and the next one, too", async (_name, text) => {
    const test = await SessionUnderTest.online(async (peer) => {
      await peer.online();
      peer.send(text, message("next"));
    });
    await test.until(() => test.bodies.length === 2, "both messages");
    expect(test.bodies).toEqual(["odd", "next"]);
    expect(test.session.state).toBe("online");
  });

  it.each([
    ["unknown stanzas", "<nonsense/>", "unknown-stanza"],
    ["an IQ of no type", "<iq id='1' from='a@b'><x/></iq>", "bad-iq-type"],
    ["an answer that nobody asked for", "<iq type='result' id='1' from='a@b'/>", "unasked-iq-answer"],
    [
      "deep nesting",
      `<message from='a@b'>${"<x>".repeat(10_000)}${"</x>".repeat(10_000)}</message>`,
      "oversize-stanza",
    ],
    [
      "too many attributes",
      `<message ${Array.from({ length: 200 }, (_, i) => `a${i}='1'`).join(" ")}/>`,
      "oversize-stanza",
    ],
    ["a huge body", `<message from='a@b'><body>${"x".repeat(3 << 20)}</body></message>`, "oversize-stanza"],
  ])("(%s) are a diagnostic, counted like all others, and the stream goes on", async (_name, text, code) => {
    let count = -1;
    const test = await SessionUnderTest.online(async (peer) => {
      await peer.online();
      peer.send(text, message("next"));
      count = await peer.askCount();
    });
    await test.until(() => count >= 0, "the count");
    expect(test.told).toEqual(["established", `diagnostic ${code}`, "message next"]);
    expect(count).toBe(2);
  });

  it("(an IQ that is too large) are answered, and fail who waits for them", async () => {
    const deep = "<x>".repeat(300) + "</x>".repeat(300);
    const test = await SessionUnderTest.online(async (peer) => {
      await peer.online();
      const [, id] = await peer.expect(/<iq type="get" id="([^"]*)" to="c@d">/);
      peer.send(`<iq type='get' id='9' from='a@b'>${deep}</iq>`);
      await peer.expect(
        /<iq type="error" id="9" to="a@b"><error type="modify"><policy-violation [^>]*\/><\/error><\/iq>/,
      );
      peer.send(`<iq type='result' id='${id}' from='c@d'>${deep}</iq>`);
    });
    await expect(test.session.iq.get("c@d", xml("query", { xmlns: "urn:q" }))).rejects.toMatchObject({
      condition: "policy-violation",
    });
  });
});

describe("a listener that throws", () => {
  it("is a diagnostic, and the next stanza of the same chunk comes on the same stream", async () => {
    let count = -1;
    const test = await SessionUnderTest.over(async (peer) => {
      await peer.online();
      peer.send(message("one"), message("two"), message("three"));
      count = await peer.askCount();
    });
    test.session.on("message", (stanza) => {
      if (stanza.getChildText("body") === "one") throw new Error("at once");
      if (stanza.getChildText("body") === "two") return Promise.reject(new Error("later"));
      return undefined;
    });
    await test.session.start();
    await test.until(() => count >= 0, "the count");
    expect(count).toBe(3);
    expect(test.bodies).toEqual(["one", "two", "three"]);
    expect(test.told.filter((each) => each === "diagnostic listener-failed")).toHaveLength(2);
    expect(test.log.filter(({ text }) => text === "A listener failed")).toHaveLength(2);
    expect(test.peer.conversations).toHaveLength(1);
  });

  it.each(["established", "interrupted", "destroyed", "diagnostic"] as const)(
    "on %s changes nothing",
    async (event) => {
      const test = await SessionUnderTest.over([
        async (peer) => {
          await peer.onlineUnmanaged();
          peer.send("<nonsense/>");
          await peer.expect(/<message/);
          peer.reset();
        },
        online,
      ]);
      test.session.on(event, () => {
        throw new Error(event);
      });
      await test.session.start();
      await test.session.send(xml("message"));
      await test.event("established", 2);
      expect(test.told.filter((each) => !each.startsWith("diagnostic"))).toEqual([
        "established",
        "interrupted",
        "destroyed",
        "established",
      ]);
    },
  );
});

describe("an IQ that is answered with an error", () => {
  it("in one chunk with others causes no unhandled rejection, and all settle", async () => {
    const test = await SessionUnderTest.online(async (peer) => {
      await peer.online();
      const ids: string[] = [];
      for (let i = 0; i < 5; i++) ids.push((await peer.expect(/<iq type="get" id="([^"]*)"[^>]*>/))[1] ?? "");
      const condition =
        "<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
      const answers = ids.map(
        (id, at) =>
          `<iq type='${at === 2 ? "result" : "error"}' id='${id}' from='a@b'>${at === 2 ? "" : condition}</iq>`,
      );
      peer.send(message("before"), ...answers, message("after"));
    });
    const asked = Array.from({ length: 5 }, () =>
      test.session.iq.get("a@b", xml("query", { xmlns: "urn:q" })),
    );
    await test.until(() => test.bodies.length === 2, "both messages");
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.map(({ status }) => status)).toEqual([
      "rejected",
      "rejected",
      "fulfilled",
      "rejected",
      "rejected",
    ]);
  });
});

describe("features", () => {
  it("without stream management give a session without it", async () => {
    const test = await SessionUnderTest.online([(peer) => peer.onlineUnmanaged(), online]);
    expect(test.peer.conversations[0]?.received).not.toContain("<enable");
  });

  it("that stream management is refused of, too", async () => {
    const test = await SessionUnderTest.online(async (peer) => {
      await peer.login();
      await peer.bind();
      await peer.expect(/<enable /);
      peer.send(
        "<failed xmlns='urn:xmpp:sm:3'><unexpected-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>",
      );
      await peer.expect(/<presence><c/);
    });
    expect(test.session.state).toBe("online");
    expect(features(BIND, SM)).toContain("urn:xmpp:sm:3");
  });
});
