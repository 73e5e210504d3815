import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { TLSSocket, type TLSSocketOptions } from "node:tls";

import { eventually } from "./wait.js";

const STREAMS = "http://etherx.jabber.org/streams";
const DEADLINE_MS = 30_000;

/** Opens a stream from the server to the client. */
export const HEADER = `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='${STREAMS}' from='example.org' id='s' version='1.0'>`;
export const SASL_PLAIN =
  "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>";
export const STARTTLS = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>";
export const BIND = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>";
export const SM = "<sm xmlns='urn:xmpp:sm:3'/>";
const SM_NS = "xmlns='urn:xmpp:sm:3'";

export const features = (...each: string[]): string => `<stream:features>${each.join("")}</stream:features>`;
export const streamError = (condition = ""): string =>
  `<stream:error>${condition === "" ? "" : `<${condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>`}</stream:error>`;

/** What is done on one connection, from its start. */
export type Script = (peer: Conversation) => Promise<void> | void;

/** One connection as the server sees it: bytes are matched in order, and sent as they are. */
export class Conversation {
  /** All that came. */
  received = "";
  /** Whether the client has closed, or the connection is gone. */
  ended = false;
  /** Settled when the script is through: from then on a test may go on in its place. */
  scripted: Promise<void> = Promise.resolve();
  /** Whether the end of the client's stream is answered, as servers do. */
  polite = true;
  /** The socket that is talked over: a TLS one after {@link secure}. */
  socket: Socket;
  readonly #raw: Socket;
  #read = 0;

  constructor(socket: Socket) {
    this.socket = socket;
    this.#raw = socket;
    this.#listen(socket);
  }

  #listen(socket: Socket): void {
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => {
      this.received += chunk.toString("utf8");
      if (this.polite && this.received.endsWith("</stream:stream>")) socket.end("</stream:stream>");
    });
    socket.on("error", () => (this.ended = true));
    socket.on("end", () => (this.ended = true));
    socket.on("close", () => (this.ended = true));
  }

  /** What came and was not matched yet. */
  get unread(): string {
    return this.received.slice(this.#read);
  }

  /** Waits for something, and takes it and all before it. */
  async expect(pattern: RegExp): Promise<RegExpExecArray> {
    const match = await eventually(
      () => pattern.exec(this.unread) ?? (this.ended ? ("ended" as const) : null),
      {
        timeoutMs: DEADLINE_MS,
        intervalMs: 2,
        what: `the client to send ${pattern.source} (it sent "${this.unread}")`,
      },
    );
    if (match === "ended")
      throw new Error(`The client closed instead of sending ${pattern.source}; it sent "${this.unread}"`);
    this.#read += match.index + match[0].length;
    return match;
  }

  /** Waits until the client is gone. */
  async closed(): Promise<void> {
    await eventually(() => this.ended, {
      timeoutMs: DEADLINE_MS,
      intervalMs: 2,
      what: "the client to close the connection",
    });
  }

  /** Sends text or bytes, in one piece. */
  send(...data: (string | Buffer)[]): void {
    this.socket.write(
      Buffer.concat(data.map((each) => (typeof each === "string" ? Buffer.from(each) : each))),
    );
  }

  /** Ends the connection by a reset. */
  reset(): void {
    this.#raw.resetAndDestroy();
  }

  /** Ends our direction and goes on listening. */
  halfClose(): void {
    this.socket.end();
  }

  /** Reads nothing any more: what the client sends stays with it. */
  freeze(): void {
    this.#raw.pause();
  }

  /** TLS from here on, as the server; resolves once the handshake is done. */
  async secure(options: TLSSocketOptions): Promise<TLSSocket> {
    this.#raw.removeAllListeners("data");
    const tls = new TLSSocket(this.#raw, { ...options, isServer: true });
    this.socket = tls;
    this.#listen(tls);
    await new Promise<void>((resolve, reject) => {
      tls.once("secure", resolve);
      tls.once("error", reject);
      tls.once("close", () => reject(new Error("closed during the handshake")));
    });
    return tls;
  }

  // ---- ready-made pieces

  /** Waits for the client's header, and answers with ours and these features. */
  async open(...offered: string[]): Promise<void> {
    await this.expect(/<stream:stream [^>]*>/);
    this.send(HEADER, features(...offered));
  }

  /** From the header to the features after the login. Gives what was said to log in. */
  async login(...offered: string[]): Promise<string> {
    await this.open(SASL_PLAIN);
    const [, initial = ""] = await this.expect(/<auth [^>]*>([^<]*)<\/auth>/);
    this.send("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
    await this.open(...(offered.length === 0 ? [BIND, SM] : offered));
    return Buffer.from(initial, "base64").toString();
  }

  /** Binds a resource. Gives the request. */
  async bind(jid = "bot@example.org/made-by-server", after = ""): Promise<string> {
    const [request, id] = await this.expect(/<iq [^>]*id="([^"]*)"[^>]*><bind.*?<\/iq>/);
    this.send(
      `<iq type='result' id='${id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>${jid}</jid></bind></iq>${after}`,
    );
    return request;
  }

  /** Switches stream management on; `after` is sent in the same piece. */
  async enable(id = "sm1", after = ""): Promise<void> {
    await this.expect(/<enable [^>]*\/>/);
    this.send(`<enabled ${SM_NS} id='${id}' resume='true'/>${after}`);
  }

  /** From the first byte to the initial presence of a new session. */
  async online(id = "sm1", after = ""): Promise<void> {
    await this.login();
    await this.bind();
    await this.enable(id, after);
    await this.expect(/<presence><c [^>]*\/><\/presence>/);
  }

  /** The same without stream management. */
  async onlineUnmanaged(): Promise<void> {
    await this.login(BIND);
    await this.bind();
    await this.expect(/<presence><c [^>]*\/><\/presence>/);
  }

  /** Logs in and resumes the session of that id; gives the client's count. */
  async resume(id = "sm1", h = 0, after = ""): Promise<number> {
    await this.login();
    const [, count] = await this.expect(new RegExp(`<resume [^>]*previd="${id}" h="(\\d+)"/>`));
    this.send(`<resumed ${SM_NS} previd='${id}' h='${h}'/>${after}`);
    return Number(count);
  }

  /** Acknowledges so many stanzas. */
  acknowledge(h: number): void {
    this.send(`<a ${SM_NS} h='${h}'/>`);
  }

  /** Asks for the client's count, and gives it. */
  async askCount(): Promise<number> {
    this.send(`<r ${SM_NS}/>`);
    const [, h] = await this.expect(/<a [^>]*h="(\d+)"\/>/);
    return Number(h);
  }
}

/** A server on loopback that does on each connection what its script says; the last one serves all further ones. */
export class ScriptedPeer {
  readonly conversations: Conversation[] = [];
  /** What went wrong in scripts so far. */
  readonly failures: unknown[] = [];
  readonly #server: Server;

  private constructor(scripts: readonly Script[]) {
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      const conversation = new Conversation(socket);
      const script = scripts[Math.min(this.conversations.length, scripts.length - 1)];
      this.conversations.push(conversation);
      conversation.scripted = Promise.resolve()
        .then(() => script?.(conversation))
        .catch((error: unknown) => void this.failures.push(error));
    });
  }

  static async listen(...scripts: Script[]): Promise<ScriptedPeer> {
    const peer = new ScriptedPeer(scripts);
    await new Promise<void>((resolve) => peer.#server.listen(0, "127.0.0.1", resolve));
    return peer;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get service(): string {
    return `xmpp://127.0.0.1:${this.port}`;
  }

  /** The conversation of that number, once it has begun. */
  connection(number: number): Promise<Conversation> {
    return eventually(() => this.conversations[number - 1], {
      timeoutMs: DEADLINE_MS,
      intervalMs: 2,
      what: `connection ${number}`,
    });
  }

  /** Ends the connections that there are. */
  drop(): void {
    for (const { socket } of this.conversations) socket.destroy();
  }

  /** Ends all connections, and takes no more. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.drop();
    await closed;
  }
}
