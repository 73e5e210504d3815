import { createSecureContext, type TLSSocketOptions } from "node:tls";

import { describe, expect, it } from "vitest";

import { makeCertificates, type Certificate } from "../../support/certificates.js";
import {
  HEADER,
  SASL_PLAIN,
  STARTTLS,
  features,
  type Conversation,
  type Script,
} from "../../support/scripted-peer.js";
import { guardProcess, SessionUnderTest } from "./session-under-test.js";

guardProcess();

const { ca, of } = makeCertificates(["example.org", "other.org", "xn--mnchen-3ya.de", "127.0.0.1"]);
const PROCEED = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";

/** What the client asked for in its handshake. */
interface Asked {
  name?: string;
  protocols?: string[];
}

function serverOptions({ key, cert }: Certificate, asked: Asked): TLSSocketOptions {
  return {
    key,
    cert,
    SNICallback: (name, done) => {
      asked.name = name;
      done(null, createSecureContext({ key, cert }));
    },
    ALPNCallback: ({ protocols }) => {
      asked.protocols = protocols;
      return protocols[0];
    },
  };
}

/** Offers STARTTLS and upgrades with this certificate. */
async function upgrade(
  peer: Conversation,
  certificate: Certificate = of["example.org"],
  asked: Asked = {},
): Promise<void> {
  await peer.open(STARTTLS);
  await peer.expect(/<starttls [^>]*\/>/);
  peer.send(PROCEED);
  await peer.secure(serverOptions(certificate, asked));
}

describe("a stream without TLS", () => {
  it("is refused where TLS is required and not offered, and no password is sent", async () => {
    const test = await SessionUnderTest.over((peer) => peer.open(SASL_PLAIN), { tls: { required: true } });
    await expect(test.session.start()).rejects.toMatchObject({ code: "tls" });
    await test.peer.conversations[0]?.closed();
    expect(test.peer.conversations[0]?.received).not.toContain("<auth");
    expect(test.session.state).toBe("stopped");
  });

  it("is refused where the server does not go on to TLS", async () => {
    const test = await SessionUnderTest.over(async (peer) => {
      await peer.open(STARTTLS);
      await peer.expect(/<starttls /);
      peer.send("<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    });
    await expect(test.session.start()).rejects.toMatchObject({ code: "tls" });
  });

  it("is required to anywhere but loopback", async () => {
    // the address leads here, though its name is not known to be of this machine
    const test = await SessionUnderTest.over((peer) => peer.open(SASL_PLAIN), {
      tls: {},
      connectTimeoutMs: 500,
    });
    expect(test.peer.service).toContain("127.0.0.1");
    const { settingsOf } = await import("../../../src/xmpp/session-options.js");
    const required = (service?: string, jid = "bot@example.org"): boolean =>
      settingsOf({ jid, password: "x", ...(service !== undefined && { service }) }).tlsRequired;
    expect([
      required(),
      required("xmpp://192.168.0.1"),
      required("xmpp://example.org"),
      required("xmpps://example.org"),
    ]).toEqual([true, true, true, true]);
    expect([
      required("xmpp://127.0.0.1"),
      required("xmpp://[::1]:1"),
      required(undefined, "bot@localhost"),
    ]).toEqual([false, false, false]);
  });
});

describe("STARTTLS", () => {
  it("with a private authority gives a session; the server hears the domain and the protocol", async () => {
    const asked: Asked = {};
    const test = await SessionUnderTest.online(
      async (peer) => {
        await upgrade(peer, of["example.org"], asked);
        await peer.online();
      },
      { tls: { ca, required: true } },
    );
    expect(asked).toEqual({ name: "example.org", protocols: ["xmpp-client"] });
    expect(test.session.state).toBe("online");
  });

  it("is used where it is offered, though it is not required", async () => {
    let secured = false;
    await SessionUnderTest.online(
      async (peer) => {
        await upgrade(peer);
        secured = true;
        await peer.online();
      },
      { tls: { ca } },
    );
    expect(secured).toBe(true);
  });

  it("names an internationalised domain as DNS does", async () => {
    const asked: Asked = {};
    await SessionUnderTest.online(
      async (peer) => {
        await upgrade(peer, of["xn--mnchen-3ya.de"], asked);
        await peer.online();
      },
      { jid: "bot@münchen.de", tls: { ca, required: true } },
    );
    expect(asked.name).toBe("xn--mnchen-3ya.de");
  });

  it("takes an address for a domain, where the certificate has it, and sends no name", async () => {
    const asked: Asked = {};
    await SessionUnderTest.online(
      async (peer) => {
        await upgrade(peer, of["127.0.0.1"], asked);
        await peer.online();
      },
      { jid: "bot@127.0.0.1", tls: { ca, required: true } },
    );
    expect(asked.name).toBeUndefined();
  });

  it.each<[string, Certificate, Parameters<typeof SessionUnderTest.over>[1]]>([
    ["of another name", of["other.org"], { tls: { ca } }],
    ["of the host and not of the domain", of["127.0.0.1"], { tls: { ca } }],
    ["of an unknown authority", of["example.org"], {}],
  ])("refuses a certificate %s, for good, and sends no password", async (_name, certificate, options) => {
    const test = await SessionUnderTest.over((peer) => upgrade(peer, certificate).catch(() => {}), options);
    await expect(test.session.start()).rejects.toMatchObject({ code: "tls" });
    await test.peer.conversations[0]?.closed();
    expect(test.peer.conversations[0]?.received).not.toContain("<auth");
  });

  it("takes any certificate where the options say so", async () => {
    const test = await SessionUnderTest.online(
      async (peer) => {
        await upgrade(peer, of["other.org"]);
        await peer.online();
      },
      { tls: { rejectUnauthorized: false } },
    );
    expect(test.session.state).toBe("online");
  });

  it.each([
    ["a stanza", "<iq type='result' id='injected'/>"],
    ["features", features(SASL_PLAIN)],
    ["a whole stream", `</stream:stream>${HEADER}${features(SASL_PLAIN)}`],
  ])("refuses %s in the clear behind <proceed/> (CVE-2011-0411)", async (_name, injected) => {
    const test = await SessionUnderTest.over(
      async (peer) => {
        await peer.open(STARTTLS);
        await peer.expect(/<starttls /);
        peer.send(PROCEED, injected);
      },
      { tls: { ca, required: true }, reconnect: false },
    );
    await expect(test.session.start()).rejects.toMatchObject({ name: "SessionError" });
    await test.peer.conversations[0]?.closed();
    expect(test.peer.conversations[0]?.received).not.toContain("<auth");
  });

  it.each<[string, (peer: Conversation) => void]>([
    ["reset", (peer) => peer.reset()],
    ["closed", (peer) => peer.halfClose()],
    ["answered in the clear", (peer) => peer.send("not TLS at all, but long enough to be looked at")],
  ])("is tried again when the handshake is %s", async (_name, fault) => {
    const broken: Script = async (peer) => {
      await peer.open(STARTTLS);
      await peer.expect(/<starttls [^>]*\/>/);
      peer.send(PROCEED);
      await peer.expect(/./s).catch(() => {});
      fault(peer);
    };
    const test = await SessionUnderTest.over(
      [
        broken,
        async (peer) => {
          await upgrade(peer);
          await peer.online();
        },
      ],
      { tls: { ca } },
    );
    const outcome = await test.session.start().catch((error: { code: string }) => error.code);
    // what is no TLS is refused for good at the first start; a broken connection is not
    expect(outcome).toBe(_name === "answered in the clear" ? "tls" : undefined);
  });

  it("leaves nothing behind of a connection that is cut later", async () => {
    const script: Script = async (peer) => {
      await upgrade(peer);
      await peer.onlineUnmanaged();
    };
    const test = await SessionUnderTest.online(script, { tls: { ca } });
    for (let times = 2; times <= 4; times++) {
      await test.until(() => test.peer.conversations.at(-1)?.received.includes("<presence>"), "the presence");
      test.peer.conversations.at(-1)?.reset();
      await test.event("established", times);
    }
    expect(test.told.filter((each) => each === "interrupted")).toHaveLength(3);
    expect(test.peer.conversations).toHaveLength(4);
  });
});

describe("TLS from the first byte (XEP-0368)", () => {
  async function over(
    script: Script,
    options: Parameters<typeof SessionUnderTest.over>[1],
  ): Promise<SessionUnderTest> {
    const first = await SessionUnderTest.over(script);
    const test = await SessionUnderTest.over(script, {
      ...options,
      service: `xmpps://127.0.0.1:${first.peer.port}`,
    });
    return test;
  }

  it("gives a session, verified by the domain and not by the host; the server hears domain and protocol", async () => {
    const asked: Asked = {};
    const test = await over(
      async (peer) => {
        await peer.secure(serverOptions(of["example.org"], asked));
        await peer.online();
      },
      { tls: { ca, required: true } },
    );
    await test.session.start();
    expect(asked).toEqual({ name: "example.org", protocols: ["xmpp-client"] });
  });

  it.each(["other.org", "127.0.0.1"] as const)("refuses a certificate of %s", async (name) => {
    const test = await over(
      async (peer) => {
        await peer.secure(serverOptions(of[name], {})).catch(() => {});
      },
      { tls: { ca } },
    );
    await expect(test.session.start()).rejects.toMatchObject({ code: "tls" });
  });

  it("is tried again when the server is silent", async () => {
    let times = 0;
    const test = await over(
      async (peer) => {
        if (++times === 1) return;
        await peer.secure(serverOptions(of["example.org"], {}));
        await peer.online();
      },
      { tls: { ca }, reconnect: { minDelayMs: 1, maxDelayMs: 1, attemptTimeoutMs: 2_000 } },
    );
    await test.session.start();
    expect(times).toBeGreaterThan(1);
  });
});
