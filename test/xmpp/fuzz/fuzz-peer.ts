import { Duplex } from "node:stream";

const HEADER =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' from='localhost' id='1' version='1.0'>";
const LOGIN =
  "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms></stream:features>";
const FEATURES =
  "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><sm xmlns='urn:xmpp:sm:3'/></stream:features>";
const SM = "xmlns='urn:xmpp:sm:3'";
const MUC_USER = "http://jabber.org/protocol/muc#user";

const attribute = (tag: string, name: string): string =>
  new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? "";

/** A server in memory that does all as it should, but for what it is told to say beside. */
export class FuzzPeer {
  /** Logins so far. */
  logins = 0;
  /** Said in place of the next answer while logging in. */
  instead: Buffer | null = null;
  /** Whether a session can be resumed. */
  resumes: () => boolean = () => true;
  #client: Duplex | null = null;
  #loggedIn = false;
  /** Stanzas that came in the session that there is; null where none is counted. */
  #received = 0;

  /** For `new Session({ connect })`. */
  readonly connect = (): Duplex => {
    const client = new Duplex({
      read: () => {},
      write: (chunk: Buffer, _encoding, done) => {
        done();
        this.#hear(client, chunk.toString());
      },
      destroy: (_error, done) => {
        if (this.#client === client) this.#client = null;
        done(null);
      },
    });
    this.#client = client;
    this.#loggedIn = false;
    return client;
  };

  /** Whether there is a connection. */
  get connected(): boolean {
    return this.#client !== null;
  }

  /** Bytes to the client. */
  send(bytes: Buffer | string): void {
    this.#client?.push(bytes);
  }

  /** The end of the connection: in order, or not. */
  end(inOrder: boolean): void {
    const client = this.#client;
    if (inOrder) client?.push(null);
    else client?.destroy(new Error("reset"));
  }

  #answer(client: Duplex, text: string): void {
    if (client !== this.#client) return;
    const { instead } = this;
    this.instead = null;
    client.push(instead ?? text);
  }

  /** Each of the client's writes holds whole elements. */
  #hear(client: Duplex, text: string): void {
    for (const [tag] of text.matchAll(/<(?:\?xml|\/?[a-z:]+)[^>]*>/g)) {
      const name = /^<([\w:/?]+)/.exec(tag)?.[1] ?? "";
      if (name === "stream:stream") this.#answer(client, HEADER + (this.#loggedIn ? FEATURES : LOGIN));
      else if (name === "auth") {
        this.#loggedIn = true;
        this.#answer(client, "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
      } else if (name === "enable") {
        this.logins++;
        this.#received = 0;
        this.#answer(client, `<enabled ${SM} id='${this.logins}' resume='true'/>`);
      } else if (name === "resume")
        this.#answer(
          client,
          this.resumes()
            ? `<resumed ${SM} h='${this.#received}' previd='1'/>`
            : `<failed ${SM}><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>`,
        );
      else if (name === "/stream:stream") client.push("</stream:stream>");
      else if (name === "r") client.push(`<a ${SM} h='${this.#received}'/>`);
      else if (name === "iq" || name === "message" || name === "presence") this.#stanza(client, tag, text);
    }
  }

  #stanza(client: Duplex, tag: string, text: string): void {
    this.#received++;
    const [id, to] = [attribute(tag, "id"), attribute(tag, "to")];
    if (tag.startsWith("<iq") && / type="(?:get|set)"/.test(tag)) {
      const bind = text.includes("xmpp-bind")
        ? "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>alice@localhost/lab</jid></bind>"
        : "";
      const answer = `<iq type='result' id='${id}'${to === "" ? "" : ` from='${to}'`}>${bind}</iq>`;
      if (bind === "") client.push(answer);
      else this.#answer(client, answer);
    } else if (tag.startsWith("<presence") && to !== "" && !tag.includes("unavailable"))
      this.#enter(client, to);
  }

  #enter(client: Duplex, to: string): void {
    const item = "<item affiliation='none' role='participant'/>";
    client.push(
      `<presence from='${to}'><x xmlns='${MUC_USER}'>${item}<status code='110'/></x></presence>` +
        `<message type='groupchat' from='${to.split("/")[0] ?? ""}'><subject/></message>`,
    );
  }
}
