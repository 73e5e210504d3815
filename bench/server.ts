// Logs clients in, lets them join one room, and does what the scenario says: what costs time is the client.
//   server.ts SCENARIO COUNT
import { createServer, type Socket } from "node:net";

import { median, report } from "./measure.js";
import { ScramServer } from "./scram-server.js";
import { BOT, DONE, GO, joinBytes, liveBytes, presenceBytes, ROOM } from "./workload.js";

const scenario = process.argv[2] ?? "";
const count = Number(process.argv[3]);
const join = joinBytes();
const live = scenario === "presence" ? presenceBytes(count) : liveBytes(scenario === "message" ? count : 0);
const ECHO_EVERY_MS = 5;

const STREAM =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' from='localhost' id='1' version='1.0'>";
const SASL = `<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>${scenario === "login" ? "SCRAM-SHA-1" : "PLAIN"}</mechanism></mechanisms></stream:features>`;
const BIND =
  "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><sm xmlns='urn:xmpp:sm:3'/></stream:features>";
const SASL_NS = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'";
const SM_NS = "xmlns='urn:xmpp:sm:3'";

/** The elements of what a client wrote, each with what is in it: all of them are small. */
const ELEMENTS =
  /<(message|presence|iq|auth|response|enable|r|a)\b[^>]*?(?:\/>|>[^]*?<\/\1>)|<\/?stream:stream[^>]*>/g;

function answerIq(iq: string): string {
  const id = /\bid=["']([^"']*)/.exec(iq)?.[1] ?? "";
  const to = /<iq[^>]*\bto=["']([^"']*)/.exec(iq)?.[1];
  const payload = iq.includes("xmpp-bind")
    ? `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>${BOT}</jid></bind>`
    : "<query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:occupant-id:0'/></query>";
  return `<iq type='result' id='${id}' to='${BOT}'${to === undefined ? "" : ` from='${to}'`}>${payload}</iq>`;
}

/** Asks 200 times a second, and reports how long the answers took. */
class Echo {
  readonly #socket: Socket;
  readonly #sentAtMs: number[] = [];
  readonly #tookMs: number[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
    const timer = setInterval(() => {
      if (this.#sentAtMs.length === count) return clearInterval(timer);
      const body = `echo ${this.#sentAtMs.length}`;
      this.#sentAtMs.push(performance.now());
      this.#socket.write(
        `<message from='${ROOM}/user1' to='${BOT}' type='groupchat' id='e${this.#sentAtMs.length}'><body>${body}</body></message>`,
      );
    }, ECHO_EVERY_MS);
  }

  answered(body: string): void {
    const sentAtMs = this.#sentAtMs[Number(/^echo (\d+)$/.exec(body)?.[1])];
    if (sentAtMs === undefined) return;
    this.#tookMs.push(performance.now() - sentAtMs);
    if (this.#tookMs.length < count) return;
    const p99 = this.#tookMs.toSorted((a, b) => a - b)[Math.floor(count * 0.99)] ?? Number.NaN;
    report({ "ms p50": median(this.#tookMs), "ms p99": p99 });
  }
}

/** One client. */
class Connection {
  readonly #socket: Socket;
  readonly #scram = new ScramServer();
  #text = "";
  #authenticated = false;
  #handled = 0;
  #messages = 0;
  #echo: Echo | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("error", () => socket.destroy());
    socket.on("data", (data: Buffer) => this.#read(data.toString()));
  }

  #read(chunk: string): void {
    this.#text += chunk;
    let end = 0;
    for (const match of this.#text.matchAll(ELEMENTS)) {
      end = match.index + match[0].length;
      this.#handle(match[1] ?? "", match[0]);
    }
    this.#text = this.#text.slice(end);
  }

  #handle(name: string, element: string): void {
    const inner = />([^<]*)</.exec(element)?.[1] ?? "";
    if (name === "message" || name === "presence" || name === "iq") this.#handled++;
    switch (name) {
      case "":
        return void (element.startsWith("</")
          ? this.#socket.end("</stream:stream>")
          : this.#socket.write(STREAM + (this.#authenticated ? BIND : SASL)));
      case "auth":
        if (scenario === "login")
          return void this.#socket.write(`<challenge ${SASL_NS}>${this.#scram.challenge(inner)}</challenge>`);
        this.#authenticated = true;
        return void this.#socket.write(`<success ${SASL_NS}/>`);
      case "response":
        this.#authenticated = true;
        return void this.#socket.write(`<success ${SASL_NS}>${this.#scram.success(inner)}</success>`);
      case "enable":
        this.#handled = 0;
        return void this.#socket.write(`<enabled ${SM_NS} id='1' resume='true'/>`);
      case "r":
        return void this.#socket.write(`<a ${SM_NS} h='${this.#handled}'/>`);
      case "iq":
        if (!/type=["'](?:result|error)/.test(element)) this.#socket.write(answerIq(element));
        return;
      case "presence":
        if (/<presence[^>]*\bto=/.test(element) && !element.includes("unavailable")) this.#socket.write(join);
        return;
      case "message":
        return this.#said(/<body>([^<]*)/.exec(element)?.[1] ?? "");
    }
  }

  #said(body: string): void {
    if (body === GO) {
      if (scenario === "echo") this.#echo = new Echo(this.#socket);
      else this.#socket.write(live);
    } else if (body === DONE) {
      if (this.#messages !== count) throw new Error(`${this.#messages} of ${count} messages have come`);
      this.#socket.write(live);
    } else if (this.#echo === null) this.#messages++;
    else this.#echo.answered(body);
  }
}

const server = createServer((socket) => new Connection(socket));
server.listen(0, "127.0.0.1", () => process.send?.(server.address()));
process.on("disconnect", () => process.exit(0));
