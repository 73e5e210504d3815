import { createServer as createTlsServer } from "node:https";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, describe, expect, it } from "vitest";
import { WebSocketServer, type WebSocket } from "ws";

import { xml, type Element } from "../../../src/base/element.js";
import { Session, type SessionEvents } from "../../../src/xmpp/session.js";
import type { SessionOptions } from "../../../src/xmpp/session-options.js";
import { makeCertificates } from "../../support/certificates.js";
import { FaultProxy } from "../../support/fault-proxy.js";
import { describeOnServers } from "../../support/services.js";
import { eventually } from "../../support/wait.js";
import { guardProcess } from "./session-under-test.js";

guardProcess();

const FRAMING = "urn:ietf:params:xml:ns:xmpp-framing";
const OPEN = `<open xmlns="${FRAMING}" from="example.org" id="1" version="1.0"/>`;
const features = (inner: string): string =>
  `<stream:features xmlns:stream="http://etherx.jabber.org/streams">${inner}</stream:features>`;
const PLAIN = features(
  '<mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>PLAIN</mechanism></mechanisms>',
);
const BIND = features('<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/><sm xmlns="urn:xmpp:sm:3"/>');

const toEnd: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of toEnd.splice(0).reverse()) await end();
});

/** A server as RFC 7395 has it, to the point where stanzas are exchanged: one frame an element, both ways. */
class WebSocketPeer {
  readonly frames: string[] = [];
  readonly sockets: WebSocket[] = [];
  readonly #http: Server;
  #bound = 0;

  constructor(http: Server, path = "/xmpp", protocol: string | false = "xmpp") {
    this.#http = http;
    const server = new WebSocketServer({ server: http, path, handleProtocols: () => protocol });
    server.on("connection", (socket) => {
      let loggedIn = false;
      this.sockets.push(socket);
      socket.on("error", () => {});
      socket.on("message", (data, isBinary) => {
        const frame = isBinary ? "binary" : (data as Buffer).toString();
        this.frames.push(frame);
        if (frame.startsWith("<open ")) for (const each of [OPEN, loggedIn ? BIND : PLAIN]) socket.send(each);
        else if (frame.startsWith("<close ")) socket.send(`<close xmlns="${FRAMING}"/>`);
        else if (frame.startsWith("<auth ")) {
          loggedIn = true;
          socket.send('<success xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>');
        } else if (frame.includes("xmpp-bind")) {
          const id = / id="([^"]*)"/.exec(frame)?.[1] ?? "";
          socket.send(
            `<iq xmlns="jabber:client" type="result" id="${id}"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><jid>bot@example.org/${++this.#bound}</jid></bind></iq>`,
          );
        } else if (frame.startsWith("<enable ")) socket.send('<enabled xmlns="urn:xmpp:sm:3"/>');
        else if (frame.startsWith("<r ")) socket.send(`<a xmlns="urn:xmpp:sm:3" h="${this.#stanzas}"/>`);
      });
    });
    toEnd.push(() => {
      server.close();
      for (const socket of this.sockets) socket.terminate();
      return new Promise((resolve) => http.close(resolve));
    });
  }

  /** Stanzas since stream management was switched on. */
  get #stanzas(): number {
    const from = this.frames.findLastIndex((frame) => frame.startsWith("<enable "));
    return this.frames.slice(from).filter((frame) => /^<(?:message|presence|iq) /.test(frame)).length;
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#http.listen(0, "127.0.0.1", resolve));
    return this;
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }
}

function sessionTo(service: string, options: Partial<SessionOptions> = {}): Session {
  const session = new Session({
    jid: "bot@example.org",
    password: "secret",
    service,
    reconnect: { minDelayMs: 1, maxDelayMs: 5, attemptTimeoutMs: 5_000 },
    ...options,
  });
  toEnd.push(() => session.stop());
  return session;
}

function next<Name extends keyof SessionEvents>(session: Session, name: Name): Promise<SessionEvents[Name]> {
  return new Promise((resolve) => session.once(name, resolve));
}

describe("a stream over WebSocket (RFC 7395)", () => {
  it("is made of frames, each one element that names its namespace", async () => {
    const peer = await new WebSocketPeer(createServer()).listen();
    const session = sessionTo(`ws://127.0.0.1:${peer.port}/xmpp`);
    await session.start();
    await eventually(() => peer.frames.at(-1)?.startsWith("<enable "), {
      timeoutMs: 30_000,
      what: "a session",
    });
    const at = peer.frames.length;
    for (const id of ["1", "2"]) void session.send(xml("message", { id }, xml("body", null, "a > b")));
    await session.send(xml("presence", { xmlns: "jabber:client", id: "3" }));
    await session.stop();
    expect(peer.frames[0]).toBe(`<open xmlns="${FRAMING}" to="example.org" version="1.0"/>`);
    expect(peer.frames.slice(at)).toEqual([
      expect.stringMatching(/^<presence xmlns="jabber:client"><c .*<\/presence>$/),
      '<message xmlns="jabber:client" id="1"><body>a &gt; b</body></message>',
      '<message xmlns="jabber:client" id="2"><body>a &gt; b</body></message>',
      '<presence xmlns="jabber:client" id="3"/>',
      '<r xmlns="urn:xmpp:sm:3"/>',
      `<close xmlns="${FRAMING}"/>`,
    ]);
  });

  it("brings stanzas as they were sent, also one that is larger than any buffer", async () => {
    const peer = await new WebSocketPeer(createServer()).listen();
    const session = sessionTo(`ws://127.0.0.1:${peer.port}/xmpp`);
    await session.start();
    const bodies: (string | null)[] = [];
    session.on("message", (stanza: Element) => void bodies.push(stanza.getChildText("body")));
    const large = "日本語\u{1F600}".repeat(20_000);
    for (const body of ["é", large])
      peer.sockets[0]?.send(`<message xmlns="jabber:client"><body>${body}</body></message>`);
    await eventually(() => bodies.length === 2, { timeoutMs: 30_000, what: "both messages" });
    expect(bodies).toEqual(["é", large]);
  });

  it.each([
    ["is dropped", (socket: WebSocket) => socket.terminate()],
    ["is closed", (socket: WebSocket) => socket.close(1001)],
    ["is ended by <close/>", (socket: WebSocket) => socket.send(`<close xmlns="${FRAMING}"/>`)],
    ["carries what is no XML", (socket: WebSocket) => socket.send("<message")],
    ["carries binary data", (socket: WebSocket) => socket.send(Buffer.from("<message/>"), { binary: true })],
    [
      "carries a stream error",
      (socket: WebSocket) =>
        socket.send(
          "<stream:error xmlns:stream='http://etherx.jabber.org/streams'><reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
        ),
    ],
  ])("is made anew when it %s", async (how, end) => {
    const peer = await new WebSocketPeer(createServer()).listen();
    const session = sessionTo(`ws://127.0.0.1:${peer.port}/xmpp`);
    await session.start();
    const again = next(session, "established");
    const [socket] = peer.sockets;
    if (socket !== undefined) end(socket);
    // what is no XML may still become some, until the next frame
    if (how === "carries what is no XML") socket?.send("<message/>");
    expect((await again).jid.toString()).toBe("bot@example.org/2");
    await eventually(() => socket?.readyState === 3, { timeoutMs: 30_000, what: "the old one to be closed" });
  });

  it.each([
    ["there is no WebSocket at that address", "/elsewhere", "xmpp", "unreachable"],
    ["the server speaks something else over it", "/xmpp", false, "unreachable"],
  ] as const)("fails in order where %s", async (_why, path, protocol, code) => {
    const peer = await new WebSocketPeer(createServer(), path, protocol).listen();
    const session = sessionTo(`ws://127.0.0.1:${peer.port}/xmpp`, { reconnect: false });
    await expect(session.start()).rejects.toMatchObject({ code });
  });

  it("that opens only after the attempt was given up is of no more concern", async () => {
    const silent = createServer();
    silent.on("upgrade", (_request, socket) => void toEnd.push(() => socket.destroy()));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    toEnd.push(() => silent.close());
    const service = `ws://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
    const session = sessionTo(service, { reconnect: false, connectTimeoutMs: 100 });
    await expect(session.start()).rejects.toMatchObject({ code: "timeout" });
  });

  it("to another machine is refused without TLS", () => {
    expect(() => sessionTo("ws://192.0.2.1/xmpp")).toThrow(
      expect.objectContaining({ code: "service" }) as Error,
    );
  });
});

describe("TLS under a WebSocket", () => {
  const { ca, of } = makeCertificates(["127.0.0.1", "other.org"]);

  it("is checked against the host of the address", async () => {
    const peer = await new WebSocketPeer(createTlsServer(of["127.0.0.1"])).listen();
    const session = sessionTo(`wss://127.0.0.1:${peer.port}/xmpp`, { tls: { ca, required: true } });
    await session.start();
    expect(session.state).toBe("online");
  });

  it.each([
    ["of an authority that nobody trusts", of["127.0.0.1"], {}],
    ["of another host", of["other.org"], { ca }],
  ])("is refused with a certificate %s, before anything is sent", async (_what, certificate, tls) => {
    const peer = await new WebSocketPeer(createTlsServer(certificate)).listen();
    const session = sessionTo(`wss://127.0.0.1:${peer.port}/xmpp`, { tls });
    await expect(session.start()).rejects.toMatchObject({ code: "tls" });
    expect(peer.frames).toEqual([]);
  });
});

describeOnServers("over WebSocket", (server) => {
  it("a session sends and receives, whatever the characters", async () => {
    const [alice, bob] = await Promise.all([server.createAccount("alice"), server.createAccount("bob")]);
    const sessions = [alice, bob].map((account) =>
      sessionTo(server.wsUrl, { jid: account.jid, password: account.password }),
    );
    await Promise.all(sessions.map((session) => session.start()));
    const [from, to] = sessions;
    const bodies: (string | null)[] = [];
    to?.on("message", (stanza) => void bodies.push(stanza.getChildText("body")));
    const sent = Array.from({ length: 50 }, (_, at) => `${at} 日本語と\u{1F600}`.repeat(200));
    for (const body of sent)
      void from?.send(xml("message", { to: to?.jid?.toString(), type: "chat" }, xml("body", null, body)));
    await eventually(() => bodies.length === sent.length, { timeoutMs: 45_000, what: "all messages" });
    expect(bodies).toEqual(sent);
    expect(await from?.iq.get(null, xml("ping", { xmlns: "urn:xmpp:ping" }))).toBeNull();
    let unconfirmed: readonly Element[] | null = null;
    from?.on("destroyed", (event) => (unconfirmed = event.unconfirmed));
    await from?.stop();
    expect(unconfirmed).toEqual([]);
  });

  it("a session that is cut goes on where it was, with nothing lost", async () => {
    const url = new URL(server.wsUrl);
    const proxy = await FaultProxy.before(Number(url.port));
    toEnd.push(() => proxy.close());
    const { jid, password } = await server.createAccount("bot");
    const near = sessionTo(`ws://127.0.0.1:${proxy.port}${url.pathname}`, { jid, password });
    const far = sessionTo(server.wsUrl, { jid, password });
    await Promise.all([near.start(), far.start()]);
    const bodies: (string | null)[] = [];
    far.on("message", (stanza) => void bodies.push(stanza.getChildText("body")));
    const say = (body: string): void => {
      void near.send(xml("message", { to: far.jid?.toString(), type: "chat" }, xml("body", null, body)));
    };
    const sent = ["0", "1", "2", "3", "4"];
    for (const body of sent) {
      const resumed = next(near, "resumed");
      proxy.freeze("toServer");
      say(body);
      await new Promise((resolve) => setImmediate(resolve));
      proxy.cut();
      proxy.thaw();
      await resumed;
    }
    await eventually(() => bodies.length >= sent.length, { timeoutMs: 45_000, what: "all messages" });
    await far.iq.get(null, xml("ping", { xmlns: "urn:xmpp:ping" }));
    expect(bodies).toEqual(sent);
  });
});
