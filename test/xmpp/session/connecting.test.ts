import { describe, expect, it } from "vitest";

import { HEADER, SASL_PLAIN, streamError, type Script } from "../../support/scripted-peer.js";
import { ManualClock } from "../../support/manual-clock.js";
import { guardProcess, message, SessionUnderTest } from "./session-under-test.js";

guardProcess();

const online: Script = (peer) => peer.online();
const failure =
  (condition: string): Script =>
  async (peer) => {
    await peer.open(SASL_PLAIN);
    await peer.expect(/<auth .*<\/auth>/);
    peer.send(
      `<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><${condition}/><text>because</text></failure>`,
    );
  };

describe("a connection that fails before there is a session is tried again:", () => {
  it.each<[string, Script]>([
    ["reset before the stream opens", (peer) => peer.reset()],
    ["closed before the stream opens", (peer) => peer.halfClose()],
    ["an HTTP reply", (peer) => peer.send("HTTP/1.1 400 Bad Request\r\nConnection: keep-alive\r\n\r\n")],
    [
      "an HTTP reply with a page",
      (peer) => peer.send("HTTP/1.1 400 Bad Request\r\n\r\n<html><body>no</body></html>"),
    ],
    ["a page", (peer) => peer.send("<html><body>")],
    ["another protocol", (peer) => peer.send("220 mail.example.org ESMTP\r\n")],
    [
      "something else than features",
      async (peer) => {
        await peer.expect(/<stream:stream /);
        peer.send(HEADER, message("too early"));
      },
    ],
    [
      "an end of the stream",
      async (peer) => {
        await peer.expect(/<stream:stream /);
        peer.send(HEADER, "</stream:stream>");
      },
    ],
    [
      "a stream error",
      async (peer) => {
        await peer.expect(/<stream:stream /);
        peer.send(HEADER, streamError("system-shutdown"), "</stream:stream>");
      },
    ],
    [
      "a reset while logging in",
      async (peer) => {
        await peer.open(SASL_PLAIN);
        await peer.expect(/<auth /);
        peer.reset();
      },
    ],
    ["temporary-auth-failure", failure("temporary-auth-failure")],
    [
      "nonsense while logging in",
      async (peer) => {
        await peer.open(SASL_PLAIN);
        await peer.expect(/<auth /);
        peer.send(message("?"));
      },
    ],
    [
      "a resource that is refused",
      async (peer) => {
        await peer.login();
        const [, id] = await peer.expect(/<iq [^>]*id="([^"]*)".*<\/iq>/);
        peer.send(
          `<iq type='error' id='${id}'><error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`,
        );
      },
    ],
    [
      "a resource that is no address",
      async (peer) => {
        await peer.login();
        await peer.bind("@");
      },
    ],
    [
      "a reset before stream management is confirmed",
      async (peer) => {
        await peer.login();
        await peer.bind();
        await peer.expect(/<enable /);
        peer.reset();
      },
    ],
    [
      "broken XML while binding",
      async (peer) => {
        await peer.login();
        await peer.expect(/<iq /);
        peer.send("<iq><<>");
      },
    ],
  ])("%s", async (_name, script) => {
    const test = await SessionUnderTest.online([script, script, online]);
    expect(test.told).toEqual(["established"]);
    expect([test.session.state, test.session.jid?.toString()]).toEqual([
      "online",
      "bot@example.org/made-by-server",
    ]);
    expect(test.peer.conversations).toHaveLength(3);
    for (const conversation of test.peer.conversations.slice(0, 2)) await conversation.closed();
  });
});

describe("a server that accepts and says nothing", () => {
  it.each<[string, Script]>([
    ["at all", () => {}],
    [
      "after the header",
      async (peer) => {
        await peer.expect(/<stream:stream /);
        peer.send(HEADER);
      },
    ],
    [
      "but blanks",
      async (peer) => {
        await peer.expect(/<stream:stream /);
        peer.send(HEADER, "   ");
      },
    ],
    [
      "when we log in",
      async (peer) => {
        await peer.open(SASL_PLAIN);
        await peer.expect(/<auth /);
      },
    ],
    [
      "when we bind",
      async (peer) => {
        await peer.login();
        await peer.expect(/<iq /);
      },
    ],
    [
      "when we enable stream management",
      async (peer) => {
        await peer.login();
        await peer.bind();
        await peer.expect(/<enable /);
      },
    ],
  ])("%s is left when the time for an attempt is over, and tried again", async (_name, script) => {
    const clock = new ManualClock();
    let asked = false;
    const test = await SessionUnderTest.over(
      [
        async (peer) => {
          await script(peer);
          asked = true;
        },
        online,
      ],
      {
        clock,
        reconnect: { minDelayMs: 1, maxDelayMs: 1, attemptTimeoutMs: 7_000 },
        connectTimeoutMs: 20_000,
      },
    );
    const started = test.session.start();
    await test.until(() => asked, "the server to have said all it says");
    clock.advance(6_999);
    expect(test.peer.conversations).toHaveLength(1);
    clock.advance(1);
    await test.peer.conversations[0]?.closed();
    await test.until(() => {
      clock.advance(1);
      return test.peer.conversations[1];
    }, "the second attempt");
    await started;
    expect(test.log.some(({ text }) => text.includes("did not answer within 7000 ms"))).toBe(true);
  });
});

describe("a login that is refused", () => {
  it.each(["not-authorized", "account-disabled", "credentials-expired", "invalid-authzid", "unheard-of"])(
    "for good (%s) rejects start() at once and ends the session",
    async (condition) => {
      const test = await SessionUnderTest.over(failure(condition));
      await expect(test.session.start()).rejects.toMatchObject({
        code: "credentials",
        condition,
        message: expect.stringContaining("because") as string,
      });
      expect([test.told, test.session.state, test.peer.conversations.length]).toEqual([
        ["error", "stopped"],
        "stopped",
        1,
      ]);
      await test.peer.conversations[0]?.closed();
    },
  );

  it("because the server offers nothing that we can do, too", async () => {
    const test = await SessionUnderTest.over((peer) => peer.open(SASL_PLAIN.replace("PLAIN", "X-OAUTH2")));
    await expect(test.session.start()).rejects.toMatchObject({
      code: "credentials",
      message: expect.stringContaining("X-OAUTH2") as string,
    });
  });

  it("never shows the password in the log", async () => {
    const test = await SessionUnderTest.over(failure("not-authorized"));
    await expect(test.session.start()).rejects.toThrow("not-authorized");
    expect(JSON.stringify(test.log)).not.toMatch(/secret|AGJvdABzZWNyZXQ/);
  });
});

describe("what start() rejects with", () => {
  it("is the last cause, once connectTimeoutMs are over", async () => {
    const clock = new ManualClock();
    const test = await SessionUnderTest.over((peer) => peer.reset(), {
      clock,
      connectTimeoutMs: 30_000,
      reconnect: { minDelayMs: 1000, maxDelayMs: 1000 },
    });
    let over: unknown = null;
    const started = test.session.start().catch((error: unknown) => (over = error));
    await test.until(() => test.log.some(({ level }) => level === "warn"), "the first failure");
    clock.advance(29_999);
    expect(test.session.state).toBe("connecting");
    clock.advance(1);
    await started;
    expect(over).toMatchObject({ name: "SessionError", code: "closed" });
    expect([test.session.state, test.told]).toEqual(["stopped", ["error", "stopped"]]);
  });

  it("is a time-out where the first attempt is still under way", async () => {
    const clock = new ManualClock();
    const test = await SessionUnderTest.over(() => {}, { clock, connectTimeoutMs: 5_000 });
    const started = test.session.start();
    await test.peer.connection(1);
    clock.advance(5_000);
    await expect(started).rejects.toMatchObject({ code: "timeout" });
    await test.peer.conversations[0]?.closed();
    expect(clock.pending).toBe(0);
  });

  it("tells of the first attempt that fails how long it is tried, and what could be done", async () => {
    const reset: Script = (peer) => peer.reset();
    const brief: Script = async (peer) => {
      await peer.online();
      peer.reset();
    };
    const silent: Script = async (peer) => void (await peer.expect(/<stream:stream /));
    const test = await SessionUnderTest.over([reset, reset, brief, silent], {
      connectTimeoutMs: 20_000,
      advice: ({ code }) => `Mend what is ${code}`,
    });
    await test.session.start();
    await test.event("interrupted");
    const warnings = test.log.filter(({ level }) => level === "warn").map(({ text }) => text);
    expect(warnings).toHaveLength(3);
    expect(warnings[0]).toMatch(/; it is tried again for 20 s\. Mend what is closed$/);
    for (const later of warnings.slice(1)) expect(later).not.toMatch(/tried|Mend/);
  });

  it("comes at once where nothing is tried again", async () => {
    const test = await SessionUnderTest.over((peer) => peer.reset(), { reconnect: false });
    await expect(test.session.start()).rejects.toMatchObject({ name: "SessionError" });
    expect([test.session.state, test.peer.conversations.length]).toEqual(["stopped", 1]);
  });

  it("is unreachable where nobody listens", async () => {
    const test = await SessionUnderTest.over(online, { service: "xmpp://127.0.0.1:1", reconnect: false });
    await expect(test.session.start()).rejects.toMatchObject({ code: "unreachable" });
  });

  it("is the same promise each time, and a refusal after the end", async () => {
    const test = await SessionUnderTest.over(online);
    const started = test.session.start();
    expect(test.session.start()).toBe(started);
    await started;
    await test.session.stop();
    expect(test.session.start()).toBe(started);
    const other = await SessionUnderTest.over(online);
    await other.session.stop();
    await expect(other.session.start()).rejects.toMatchObject({ code: "stopped" });
  });
});
