// What is measured, behind one face: a session of ours, and a bare @xmpp/client. Neither knows of rooms.
import { client, xml as xmppjs } from "@xmpp/client";
import { Session, xml } from "mucwright/muc";

/** A client that is not online yet. */
export interface BenchEntity {
  /** Resolves when it is online. */
  start(): Promise<void>;
  stop(): Promise<unknown>;
  /** Called with each message and presence: its kind, its sender, and the body. */
  onStanza(listener: (kind: string, from: string, body: string | null) => void): void;
  /** Enters a room. */
  join(occupantJid: string): Promise<void>;
  /** Says something in a room. */
  say(room: string, body: string): Promise<void>;
}

/** Bare @xmpp/client. */
export function bareEntity(port: number, mechanism: string): BenchEntity {
  const entity = client({
    service: `xmpp://127.0.0.1:${port}`,
    domain: "localhost",
    credentials: (authenticate) => authenticate({ username: "bot", password: "bench" }, mechanism),
  });
  entity.on("error", (error: unknown) => {
    throw error;
  });
  return {
    start: async () => {
      await entity.start();
    },
    stop: () => entity.stop(),
    onStanza: (listener) =>
      entity.on("stanza", (stanza) =>
        listener(stanza.name, stanza.attrs["from"] ?? "", stanza.getChildText("body")),
      ),
    join: (to) =>
      entity.send(xmppjs("presence", { to }, xmppjs("x", { xmlns: "http://jabber.org/protocol/muc" }))),
    say: (to, body) => entity.send(xmppjs("message", { to, type: "groupchat" }, xmppjs("body", {}, body))),
  };
}

/** A session of `mucwright/muc`. */
export function sessionEntity(port: number): BenchEntity {
  const session = new Session({
    jid: "bot@localhost",
    password: "bench",
    service: `xmpp://127.0.0.1:${port}`,
  });
  return {
    start: () => session.start(),
    stop: () => session.stop(),
    onStanza: (listener) => {
      session.on("message", (stanza) =>
        listener("message", stanza.attrs["from"] ?? "", stanza.getChildText("body")),
      );
      session.on("presence", (stanza) => listener("presence", stanza.attrs["from"] ?? "", null));
    },
    join: (to) =>
      session.send(xml("presence", { to }, xml("x", { xmlns: "http://jabber.org/protocol/muc" }))),
    say: (to, body) => session.send(xml("message", { to, type: "groupchat" }, xml("body", null, body))),
  };
}
