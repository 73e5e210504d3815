import { randomBytes } from "node:crypto";

import { xml, type Element } from "../../base/element.js";
import { JID } from "../../base/jid.js";
import type { Host } from "../host/host.js";
import { readCount, smFailed } from "../host/server-management.js";
import { NS } from "../wire/namespaces.js";
import { Refusal } from "../wire/refusal.js";
import { resultFor } from "../wire/stanza.js";
import type { ClientStream } from "./client-stream.js";
import { beginSasl, decodeSasl, saslMechanisms } from "./sasl.js";
import { saslFailure, type SaslExchange, type SaslStep } from "./sasl-exchange.js";

/** RFC 6120 §6.4.5: how often a client may try before the stream is ended. */
const MAX_LOGINS = 5;

/** From the header of a stream to its session: login, then a resource is bound or an old session resumed. */
export class Negotiation {
  readonly #stream: ClientStream;
  readonly #host: Host;
  #domain = "";
  #account: JID | null = null;
  #exchange: SaslExchange | null = null;
  #failures = 0;

  constructor(stream: ClientStream, host: Host) {
    this.#stream = stream;
    this.#host = host;
  }

  /** The client has sent its header: says what it can do next. */
  open(to: string): void {
    const domain = JID.tryParse(to);
    if (domain === null || domain.local !== null || domain.resource !== null)
      return this.#stream.fail("improper-addressing", "The stream is addressed to no domain");
    if (this.#host.accounts.strict && !this.#host.accounts.hasDomain(domain.domain))
      return this.#stream.fail("host-unknown", `There are no accounts at ${domain.domain}`);
    this.#domain = domain.domain;
    this.#stream.sendFeatures(this.#account === null ? [this.#mechanisms()] : SESSION_FEATURES);
  }

  #mechanisms(): Element {
    const names = saslMechanisms(this.#host.accounts);
    return xml(
      "mechanisms",
      { xmlns: NS.sasl },
      names.map((name) => xml("mechanism", null, name)),
    );
  }

  /** Takes an element of a client that has no session yet. */
  element(element: Element): void {
    if (this.#account === null) return this.#login(element);
    if (element.is("resume", NS.sm)) return this.#resume(element, this.#account);
    if (element.is("enable", NS.sm)) return this.#stream.send(smFailed("unexpected-request"));
    if (element.is("iq") && element.attrs["type"] === "set") {
      const bind = element.getChild("bind", NS.bind);
      if (bind !== undefined) return this.#bind(element, bind, this.#account);
    }
    this.#stream.fail("not-authorized", "Bind a resource first");
  }

  #login(element: Element): void {
    if (element.xmlns !== NS.sasl) return this.#stream.fail("not-authorized", "Log in first");
    if (element.name === "abort") return this.#answer(saslFailure("aborted"));
    if (element.name === "auth")
      this.#exchange = beginSasl(element.attrs["mechanism"] ?? "", this.#host.accounts, this.#domain);
    else if (element.name !== "response") return this.#answer(saslFailure("malformed-request"));
    if (this.#exchange === null)
      return this.#answer(saslFailure(element.name === "auth" ? "invalid-mechanism" : "malformed-request"));
    const data = decodeSasl(element.text());
    this.#answer(data === null ? saslFailure("incorrect-encoding") : this.#exchange.step(data));
  }

  #answer(step: SaslStep): void {
    if (step.kind === "challenge")
      return this.#stream.send(xml("challenge", { xmlns: NS.sasl }, step.data.toString("base64")));
    this.#exchange = null;
    if (step.kind === "failure") {
      this.#stream.send(xml("failure", { xmlns: NS.sasl }, xml(step.condition)));
      if (++this.#failures >= MAX_LOGINS)
        this.#stream.fail("policy-violation", "Too many logins were refused");
      return;
    }
    this.#account = step.account;
    this.#host.accounts.addDomain(step.account.domain);
    this.#stream.send(xml("success", { xmlns: NS.sasl }, step.data?.toString("base64")));
    this.#stream.restart();
  }

  /** RFC 6120 §7: with the resource that the client asks for, or one of ours. */
  #bind(iq: Element, bind: Element, account: JID): void {
    const wanted = bind.getChildText("resource") ?? "";
    const resource = wanted === "" ? randomBytes(8).toString("base64url") : wanted;
    const jid = JID.tryParse(`${account.toString()}/${resource}`);
    if (jid === null) return this.#stream.send(new Refusal("bad-request", { type: "modify" }).replyTo(iq));
    this.#stream.session = this.#host.bind(jid, this.#stream);
    this.#stream.send(resultFor(iq, xml("bind", { xmlns: NS.bind }, xml("jid", null, jid.toString()))));
  }

  /** XEP-0198 §5. */
  #resume(element: Element, account: JID): void {
    const id = element.attrs["previd"] ?? "";
    const session = this.#host.sessions.findResumable(id);
    const h = readCount(element);
    if (session === undefined || !session.jid.bare().equals(account) || session.management === null)
      return this.#stream.send(
        smFailed("item-not-found", this.#host.sessions.endedCount(id, account.toString())),
      );
    const { management } = session;
    if (h === null) return this.#stream.send(smFailed("bad-request"));
    // Prosody ends such a stream without a word, ejabberd with an error, as XEP-0198 §4 wants it.
    if (management.acknowledge(h) !== null)
      return this.#stream.fail("undefined-condition", "Client acknowledged more stanzas than sent by server");
    this.#host.resume(session, this.#stream);
    this.#stream.session = session;
    this.#stream.send(xml("resumed", { xmlns: NS.sm, previd: id, h: management.inbound }));
    for (const stanza of this.#host.unacknowledged(session)) this.#stream.send(stanza);
  }
}

const SESSION_FEATURES: readonly Element[] = [
  xml("bind", { xmlns: NS.bind }),
  xml("session", { xmlns: NS.session }, xml("optional")),
  xml("sm", { xmlns: NS.sm }),
];
