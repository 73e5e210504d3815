import { randomUUID } from "node:crypto";

import { xml, type Element } from "../../base/element.js";
import { NotJoinedError, RequestTimeoutError } from "../../base/errors.js";
import type { JID } from "../../base/jid.js";
import type { ClientSession, Link } from "../host/client-session.js";
import type { Host } from "../host/host.js";
import { afterPatience } from "../patience.js";
import { TestClock } from "../test-clock.js";
import { TestServiceError } from "../test-service-error.js";
import { NS } from "../wire/namespaces.js";
import { isRequest, resultFor, withAttributes } from "../wire/stanza.js";

/** How long a request of a user may take. It is the machine's time: a test may have stopped its own. */
const ANSWER_TIMEOUT_MS = 5000;

/** Sees each stanza first; true takes it as what was waited for. */
type Watcher = (stanza: Element) => boolean;

/**
 * A client without a connection: bound like any other, and what it sends goes the way of all stanzas. Both ways are
 * taken in a turn of their own, as with a socket.
 */
export class Puppet implements Link {
  /** Called with each stanza, but for answers to its own pings. */
  onStanza: (stanza: Element) => void = () => {};
  /** The bound resource. */
  readonly session: ClientSession;
  readonly #host: Host;
  readonly #watchers = new Set<Watcher>();
  #leaving = false;

  constructor(host: Host, jid: JID) {
    this.#host = host;
    this.session = host.bind(jid, this);
  }

  /** Takes what the service sends. */
  send(element: Element): void {
    queueMicrotask(() => this.#receive(element));
  }

  /** The service ended the session: somebody else has the address now. */
  end(): void {
    this.session.link = null;
  }

  /** As if a connection broke: there is no stream management, so the session is over. */
  cut(): void {
    this.#host.lost(this.session, this);
  }

  /** Ends the session, like a client that closes its stream. */
  close(): void {
    this.#leaving = true;
    this.#host.inbox.post(() => this.#host.end(this.session));
  }

  #receive(stanza: Element): void {
    const taken = [...this.#watchers].filter((watcher) => watcher(stanza));
    if (stanza.attrs["id"]?.startsWith(BARRIER) === true && taken.length > 0) return;
    this.onStanza(stanza);
    if (isRequest(stanza)) this.#answer(stanza);
  }

  /** RFC 6120 §8.2.3: a client answers every request; this one knows the ping (XEP-0199). */
  #answer(iq: Element): void {
    if (iq.getChild("ping", NS.ping) !== undefined) return this.post(resultFor(iq));
    const { id, from } = iq.attrs;
    const condition = xml("service-unavailable", { xmlns: NS.stanzaErrors });
    this.post(xml("iq", { type: "error", id, to: from }, xml("error", { type: "cancel" }, condition)));
  }

  #checkOpen(): void {
    if (this.#leaving || this.session.link !== this)
      throw new NotJoinedError(`The session of ${this.session.full} is over: it can send nothing`);
  }

  /** Sends a stanza. Throws {@link NotJoinedError} when the session is over. */
  post(stanza: Element): void {
    this.#checkOpen();
    this.#host.inbox.post(() => {
      if (this.session.link === this)
        this.#host.clients.receive(this.session, withAttributes(stanza, { from: null }), "en");
    });
  }

  /**
   * Sends a stanza and waits for what `isAnswer` picks. Rejects with {@link TestServiceError} when the stanza is
   * refused, with {@link RequestTimeoutError} when nothing comes. Where a test moves time, it comes after that.
   */
  async request(stanza: Element, isAnswer: Watcher): Promise<Element> {
    const still = this.#inTime();
    if (still !== undefined) await still;
    return this.#request(stanza, isAnswer);
  }

  /** Undefined where time stands still, or is nobody's: then nothing is waited for. */
  #inTime(): Promise<void> | undefined {
    const { clock } = this.#host;
    return clock instanceof TestClock && clock.moving ? clock.still() : undefined;
  }

  async #request(stanza: Element, isAnswer: Watcher): Promise<Element> {
    const { id = randomUUID() } = stanza.attrs;
    const refused = (each: Element): boolean => each.attrs["type"] === "error" && each.attrs["id"] === id;
    // Nothing comes before the next turn, so it is early enough to wait from here on.
    this.post(withAttributes(stanza, { id }));
    const answered = await this.wait((each) => refused(each) || isAnswer(each), `<${stanza.name}/>`);
    if (refused(answered)) throw new TestServiceError(answered);
    return answered;
  }

  /** Sends an IQ and waits for its result; rejects as {@link request}. */
  query(iq: Element): Promise<Element> {
    const id = randomUUID();
    return this.request(
      withAttributes(iq, { id }),
      (each) => each.name === "iq" && each.attrs["id"] === id && each.attrs["type"] === "result",
    );
  }

  /**
   * Sends what is answered only when it is refused, and resolves when the service has dealt with it: stanzas are
   * handled in order, so a refusal comes before the answer to a ping that was sent behind it.
   */
  async settle(stanza: Element): Promise<void> {
    const still = this.#inTime();
    if (still !== undefined) await still;
    this.#checkOpen();
    const id = BARRIER + randomUUID();
    const done = this.#request(stanza, (each) => each.attrs["id"] === id && each.name === "iq");
    const ping = xml("ping", { xmlns: NS.ping });
    this.post(xml("iq", { type: "get", id, to: this.session.jid.domain }, ping));
    await done;
  }

  /** Resolves with the next stanza that `watcher` takes. */
  wait(watcher: Watcher, what: string, timeoutMs = ANSWER_TIMEOUT_MS): Promise<Element> {
    return new Promise((resolve, reject) => {
      const watch: Watcher = (stanza) => {
        if (!watcher(stanza)) return false;
        this.#watchers.delete(watch);
        timer.cancel();
        resolve(stanza);
        return true;
      };
      const timer = afterPatience(timeoutMs, () => {
        this.#watchers.delete(watch);
        reject(
          new RequestTimeoutError(`${this.session.full} waited ${timeoutMs} ms for an answer to ${what}`),
        );
      });
      this.#watchers.add(watch);
    });
  }
}

/** How the ids of a user's own pings begin: they are nothing that a test wants to see. */
const BARRIER = "barrier-";
