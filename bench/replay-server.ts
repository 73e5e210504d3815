// Logs a client in, lets it join one room, and plays ready-made bytes at it: what costs time is the client.
import { createServer, type Socket } from "node:net";

import { BOT, GO, joinBytes, liveBytes } from "./workload.js";

const count = Number(process.argv[2]);
const join = joinBytes();
const live = liveBytes(count);

const STREAM =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' from='localhost' id='1' version='1.0'>";
const PLAIN =
  "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms></stream:features>";
const BIND = "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>";

function answerIq(text: string): string {
  const id = /\bid=["']([^"']*)/.exec(text)?.[1] ?? "";
  const to = /<iq[^>]*\bto=["']([^"']*)/.exec(text)?.[1];
  const from = to === undefined ? "" : ` from='${to}'`;
  const payload = text.includes("xmpp-bind")
    ? `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>${BOT}</jid></bind>`
    : "<query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:occupant-id:0'/></query>";
  return `<iq type='result' id='${id}' to='${BOT}'${from}>${payload}</iq>`;
}

/** What a client sends comes in whole elements here: each is small, and written at once. */
function serve(socket: Socket): void {
  let authenticated = false;
  let joined = false;
  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy());
  socket.on("data", (data) => {
    const text = data.toString();
    if (text.includes("<stream:stream")) socket.write(STREAM + (authenticated ? BIND : PLAIN));
    if (text.includes("<auth")) {
      authenticated = true;
      socket.write("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
    }
    for (const iq of text.match(/<iq [^]*?<\/iq>/g) ?? [])
      if (!/type=["'](?:result|error)/.test(iq)) socket.write(answerIq(iq));
    if (!joined && text.includes("http://jabber.org/protocol/muc")) {
      joined = /<presence[^>]*\bto=/.test(text);
      if (joined) socket.write(join);
    }
    if (text.includes(GO)) socket.write(live);
    if (text.includes("</stream:stream>")) socket.end("</stream:stream>");
  });
}

const server = createServer(serve);
server.listen(0, "127.0.0.1", () => process.send?.(server.address()));
process.on("disconnect", () => process.exit(0));
