import { xml, type XmlElement } from "@xmpp/client/index.js";

import { RawStream } from "./raw-stream.js";
import type { Account } from "./service.js";

export { xml, type XmlElement };

const NS = {
  delay: "urn:xmpp:delay",
  form: "jabber:x:data",
  muc: "http://jabber.org/protocol/muc",
  owner: "http://jabber.org/protocol/muc#owner",
  user: "http://jabber.org/protocol/muc#user",
};

/** A line that was said in a room. */
export interface RoomLine {
  /** Who said it; "" is the room itself. */
  readonly nick: string;
  readonly body: string;
  /** Whether it carries a delay: history does. */
  readonly delayed: boolean;
}

function isOwnPresence(stanza: XmlElement): boolean {
  const statuses = stanza.getChild("x", NS.user)?.getChildren("status") ?? [];
  return statuses.some(({ attrs }) => attrs["code"] === "110");
}

/** Somebody else in the room, with a client that is not ours. */
export class RawPeer extends RawStream {
  /** Logs in and becomes available. */
  static async connect(account: Account, resource?: string): Promise<RawPeer> {
    const peer = new RawPeer(account, resource);
    await peer.start();
    return peer;
  }

  /**
   * Enters a room; resolves with the own presence (status 110).
   * @param children what else the request says: a password, how much history.
   * @throws Error if the room refuses.
   */
  async join(room: string, nick: string, ...children: XmlElement[]): Promise<XmlElement> {
    const skip = this.received.length;
    await this.send(xml("presence", { to: `${room}/${nick}` }, xml("x", { xmlns: NS.muc }, ...children)));
    const isAnswer = (stanza: XmlElement): boolean => {
      const { from, type } = stanza.attrs;
      if (!stanza.is("presence") || from?.split("/")[0] !== room) return false;
      return type === "error" || (type === undefined && isOwnPresence(stanza));
    };
    const answer = await this.waitFor(isAnswer, `the own presence in ${room}`, undefined, skip);
    if (answer.attrs["type"] === "error") throw new Error(`${room} refused: ${answer.toString()}`);
    return answer;
  }

  /** Opens a room that this peer has made by joining: until then nobody else may get in (XEP-0045 §10.1.2). */
  async openRoom(room: string): Promise<void> {
    const form = xml("x", { xmlns: NS.form, type: "submit" });
    const answer = await this.ask("set", room, xml("query", { xmlns: NS.owner }, form));
    if (answer.attrs["type"] === "error") throw new Error(`${room} stays locked: ${answer.toString()}`);
  }

  /** Says something in a room. Resolves with the id of the message, once it is handed to the connection. */
  async say(room: string, text: string): Promise<string> {
    const id = this.newId();
    await this.send(xml("message", { to: room, type: "groupchat", id }, xml("body", {}, text)));
    return id;
  }

  leave(room: string, nick: string): Promise<void> {
    return this.send(xml("presence", { to: `${room}/${nick}`, type: "unavailable" }));
  }

  /** What was said in a room so far, as far as this peer got it. */
  messagesIn(room: string): readonly RoomLine[] {
    return this.received.flatMap((stanza) => {
      const [from, ...nick] = stanza.attrs["from"]?.split("/") ?? [];
      const body = stanza.getChildText("body");
      if (!stanza.is("message") || stanza.attrs["type"] !== "groupchat" || from !== room || body === null)
        return [];
      return [{ nick: nick.join("/"), body, delayed: stanza.getChild("delay", NS.delay) !== undefined }];
    });
  }
}
