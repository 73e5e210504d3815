// Logs clients in, lets them join one room, and does what the work asks for: what costs time is the client.
//   server.ts WORK COUNT managed|unmanaged
import { createServer, type Socket } from "node:net";

import { median, quantile, report } from "./measure.js";
import { ScramServer } from "./scram-server.js";
import { BOT, DONE, GO, joinBytes, liveBytes, presenceBytes, question } from "./workload.js";

const [, , work, countText, managed] = process.argv;
const count = Number(countText);
const join = joinBytes();
const live = work === "presence" ? presenceBytes(count) : liveBytes(work === "message" ? count : 0);
const questions = work === "echo" ? Array.from({ length: count }, (_, index) => question(index)) : [];
const ECHO_EVERY_MS = 5;
/** The first third warms up, at the same pace: a faster one would decide what Nagle's algorithm does to a client. */
const WARM_UP = 1 / 3;

const STREAM =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' from='localhost' id='1' version='1.0'>";
const SASL = `<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>${work === "login" ? "SCRAM-SHA-1" : "PLAIN"}</mechanism></mechanisms></stream:features>`;
const BIND = `<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>${managed === "managed" ? "<sm xmlns='urn:xmpp:sm:3'/>" : ""}</stream:features>`;
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
      const next = questions[this.#sentAtMs.length];
      if (next === undefined) return clearInterval(timer);
      this.#sentAtMs.push(performance.now());
      this.#socket.write(next);
    }, ECHO_EVERY_MS);
  }

  answered(body: string): void {
    const sentAtMs = this.#sentAtMs[Number(/^echo (\d+)$/.exec(body)?.[1])];
    if (sentAtMs === undefined) return;
    this.#tookMs.push(performance.now() - sentAtMs);
    if (this.#tookMs.length < questions.length) return;
    const warm = this.#tookMs.slice(Math.floor(count * WARM_UP));
    report({ "ms p50": median(warm), "ms p99": quantile(warm, 0.99) });
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
        if (work === "login")
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
      if (work === "echo") this.#echo = new Echo(this.#socket);
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
