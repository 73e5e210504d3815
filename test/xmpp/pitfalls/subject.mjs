// One client in a process of its own, told over IPC what to do, and telling what happens to it: subject.mjs WHICH PORT
// `mucwright` is a session of ours; `bare` is @xmpp/client as its README has it, with every error caught that can be.
import { Socket } from "node:net";

const [, , which, port] = process.argv;
const service = `xmpp://127.0.0.1:${port}`;
const tell = (event, value = "") => process.send({ event, value: String(value) });

const setNoDelay = Socket.prototype.setNoDelay;
Socket.prototype.setNoDelay = function (on) {
  tell("noDelay", on);
  return setNoDelay.call(this, on);
};

/** The newest connection. */
let connection;
const connect = Socket.prototype.connect;
Socket.prototype.connect = function (...args) {
  connection = this;
  return connect.apply(this, args);
};

/** Everybody's friend. */
const TO = "friend@example.org";
const ROOM = "room@rooms.example.org";

async function ours() {
  const { JID, MucClient, Session, xml } = await import("mucwright/muc");
  const reconnect = { minDelayMs: 10, maxDelayMs: 100, attemptTimeoutMs: 30_000 };
  const options = {
    jid: "bot@example.org",
    password: "secret",
    service,
    reconnect,
    connectTimeoutMs: 60_000,
  };
  const session = new Session(process.argv[4] === "offline" ? { ...options, offline: "fail" } : options);
  session.on("established", () => tell("online"));
  session.on("resumed", () => tell("resumed"));
  session.on("message", (stanza) => tell("message", stanza.getChildText("body") ?? String(stanza).length));
  return {
    start: () => session.start(),
    send: (body) => session.send(xml("message", { to: TO, type: "chat" }, xml("body", {}, body))),
    ask: (done) => session.iq.get(TO, xml("query", { xmlns: "urn:q" }), { onResult: done }),
    keep: (over) => {
      const { room } = new MucClient(session).join(ROOM, "bot");
      room.on("message", ({ body }) => over(body));
      return () => room.occupants.length;
    },
    sameAddress: (a, b) => JID.parse(a).equals(JID.parse(b)),
    element: (attributes) => xml("message", attributes),
  };
}

async function bare() {
  const { client, xml, jid } = await import("@xmpp/client");
  const entity = client({
    service,
    domain: "example.org",
    credentials: (authenticate, mechanisms) =>
      authenticate(
        { username: "bot", password: "secret" },
        mechanisms.includes("PLAIN") ? "PLAIN" : mechanisms[0],
      ),
  });
  entity.on("error", () => {});
  entity.on("online", () => tell("online"));
  entity.streamManagement.on("resumed", () => tell("resumed"));
  entity.on("stanza", (stanza) => {
    if (stanza.is("message")) tell("message", stanza.getChildText("body") ?? String(stanza).length);
  });
  return {
    start: () => entity.start(),
    send: (body) => entity.send(xml("message", { to: TO, type: "chat" }, xml("body", {}, body))),
    ask: async (done) => done(await entity.iqCaller.get(xml("query", { xmlns: "urn:q" }), TO)),
    keep: (over) => {
      const occupants = [];
      entity.on("stanza", (stanza) => {
        if (stanza.is("presence")) occupants.push(stanza.attrs.from);
        else over(stanza.getChildText("body"));
      });
      void entity.send(
        xml("presence", { to: `${ROOM}/bot` }, xml("x", { xmlns: "http://jabber.org/protocol/muc" })),
      );
      return () => occupants.length;
    },
    sameAddress: (a, b) => jid(a).equals(jid(b)),
    element: (attributes) => xml("message", attributes),
  };
}

const subject = await (which === "mucwright" ? ours() : bare());
const kept = Object.freeze({ to: TO, count: "1" });

const actions = {
  start: () => subject.start(),
  send: (body) => subject.send(body),
  "tell of reads": () => {
    let told;
    setInterval(() => {
      const { bytesRead } = connection;
      if (bytesRead === told) return;
      told = bytesRead;
      tell("read", told);
    }, 1);
  },
  ask: () => subject.ask((answer) => tell("answer", answer?.attrs?.by ?? answer?.children?.[0]?.attrs?.by)),
  "send all the while": async () => {
    for (let count = 0; count < 60; count++) {
      await subject.send(`message ${count}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  },
  keep: () => {
    let before;
    const heap = () => {
      globalThis.gc();
      return process.memoryUsage().heapUsed;
    };
    const count = subject.keep((body) => {
      if (body === "begin") before = heap();
      // What is handled in this turn is in use still.
      else if (body === "end") setImmediate(() => tell("bytes each", (heap() - before) / count()));
    });
  },
  addresses: () =>
    tell(
      "addresses",
      [
        subject.sameAddress("\uFF21lice@b", "alice@b"),
        subject.sameAddress("e\u0301@b", "\u00E9@b"),
        subject.sameAddress("a@M\u00DCNCHEN.de", "a@xn--mnchen-3ya.de"),
      ].join(),
    ),
  attributes: () => tell("attributes", subject.element(kept).attrs.to === TO),
};

process.on("message", ({ action, value }) => {
  Promise.resolve()
    .then(() => actions[action](value))
    .then(
      () => tell("done", action),
      (error) => tell("failed", error.code ?? error.name),
    );
});
process.on("disconnect", () => process.exit(0));
tell("ready");
