import { randomUUID } from "node:crypto";

import { xml, type Element } from "../../base/element.js";
import { JID } from "../../base/jid.js";
import { NS } from "../namespaces.js";
import { SessionError } from "../session-error.js";
import { XmppError } from "../xmpp-error.js";
import { authenticate, type Credentials } from "./sasl.js";
import type { XmppStream } from "./xmpp-stream.js";

/** What is wanted of a stream. */
export interface NegotiateOptions {
  readonly credentials: Credentials;
  /** The resource to ask for, null to let the server choose. */
  readonly resource: string | null;
  /** Refuse to go on without TLS. */
  readonly tlsRequired: boolean;
  /** Whether the stream never leaves this machine: a password may then go in the clear. */
  readonly loopback: boolean;
  /** The session to resume, null for none (XEP-0198 §5). */
  readonly resume: { readonly id: string; readonly inbound: number } | null;
}

/** What came of it. */
export type Negotiated =
  | { readonly kind: "resumed"; readonly outbound: number }
  | {
      readonly kind: "bound";
      readonly jid: JID;
      /** What the server acknowledged of a session that could not be resumed, null where it did not say. */
      readonly outbound: number | null;
      /** Stream management, null where the server has none; `id` is null where it cannot be resumed. */
      readonly sm: { readonly id: string | null } | null;
      /** Stanzas that came before stream management was confirmed: they are not counted. */
      readonly early: readonly Element[];
    };

function isStanza(element: Element): boolean {
  return element.name === "message" || element.name === "presence" || element.name === "iq";
}

/** The value of `h`, null where there is none that makes sense. */
export function handledCount(element: Element): number | null {
  const text = element.attrs["h"] ?? "";
  const count = Number(text);
  return /^\d{1,10}$/.test(text) && count <= 0xffff_ffff ? count : null;
}

async function encrypt(stream: XmppStream, features: Element, required: boolean): Promise<Element> {
  if (stream.secure) return features;
  if (features.getChild("starttls", NS.tls) === undefined) {
    if (!required) return features;
    throw new SessionError(
      "tls",
      "The server offers no encryption (STARTTLS), and the stream would leave this machine",
    );
  }
  stream.send(xml("starttls", { xmlns: NS.tls }));
  const answer = await stream.next();
  if (!answer.is("proceed", NS.tls))
    throw new SessionError("tls", "The server refused to begin encryption (STARTTLS)");
  await stream.startTls();
  return stream.restart();
}

async function bind(stream: XmppStream, resource: string | null, early: Element[]): Promise<JID> {
  const id = randomUUID();
  const wanted = resource === null ? null : xml("resource", null, resource);
  stream.send(xml("iq", { type: "set", id }, xml("bind", { xmlns: NS.bind }, wanted)));
  for (;;) {
    const answer = await stream.next();
    if (answer.name !== "iq" || answer.attrs["id"] !== id) {
      early.push(answer);
      continue;
    }
    const jid = JID.tryParse(answer.getChild("bind", NS.bind)?.getChildText("jid"));
    if (answer.attrs["type"] === "result" && jid !== null) return jid;
    const error = XmppError.fromStanza(answer);
    const code = error.condition === "conflict" ? "conflict" : "policy";
    throw new SessionError(code, `The server refused the resource: ${error.message}`, { cause: error });
  }
}

async function enable(stream: XmppStream, early: Element[]): Promise<{ id: string | null } | null> {
  stream.send(xml("enable", { xmlns: NS.sm, resume: "true" }));
  for (;;) {
    const answer = await stream.next();
    if (answer.is("failed", NS.sm)) return null;
    if (answer.is("enabled", NS.sm)) {
      const resumable = /^(?:true|1)$/.test(answer.attrs["resume"] ?? "");
      return { id: resumable ? (answer.attrs["id"] ?? null) : null };
    }
    if (isStanza(answer)) early.push(answer);
  }
}

/** The server's answer to the wish to resume makes no sense: asking again would end the same way. */
export class ResumeError extends SessionError {}

async function resume(
  stream: XmppStream,
  session: NonNullable<NegotiateOptions["resume"]>,
): Promise<{ resumed: boolean; outbound: number | null }> {
  stream.send(xml("resume", { xmlns: NS.sm, previd: session.id, h: session.inbound }));
  const answer = await stream.next();
  if (answer.is("resumed", NS.sm)) {
    const outbound = handledCount(answer);
    if (outbound !== null) return { resumed: true, outbound };
  } else if (answer.is("failed", NS.sm)) return { resumed: false, outbound: handledCount(answer) };
  throw new ResumeError("protocol", `The server answered the wish to resume with <${answer.name}/>`);
}

/**
 * From the stream's first features to a session: TLS, login, then the old session resumed or a resource bound
 * and stream management switched on (XEP-0198). Nothing else is sent meanwhile. Rejects with a
 * {@link SessionError}.
 */
export async function negotiate(
  stream: XmppStream,
  first: Element,
  options: NegotiateOptions,
): Promise<Negotiated> {
  const encrypted = await encrypt(stream, first, options.tlsRequired);
  await authenticate(stream, encrypted, options.credentials, stream.secure || options.loopback);
  const features = await stream.restart();
  const managed = features.getChild("sm", NS.sm) !== undefined;
  let outbound: number | null = null;
  if (options.resume !== null && managed) {
    const answer = await resume(stream, options.resume);
    if (answer.resumed) return { kind: "resumed", outbound: answer.outbound ?? 0 };
    outbound = answer.outbound;
  }
  const early: Element[] = [];
  const jid = await bind(stream, options.resource, early);
  const sm = managed ? await enable(stream, early) : null;
  return { kind: "bound", jid, outbound, sm, early };
}
