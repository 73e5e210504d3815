import { xml, type Element } from "../../base/element.js";
import { NS } from "../namespaces.js";
import { SessionError } from "../session-error.js";
import { Scram } from "./scram.js";
import type { XmppStream } from "./xmpp-stream.js";

/** Who logs in. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** One way to prove who we are (RFC 6120 §6). */
export interface SaslMechanism {
  readonly name: string;
  /** What goes with the choice of the mechanism. */
  initial(): Buffer;
  /** The answer to a challenge. */
  respond(challenge: Buffer): Promise<Buffer>;
  /** Looks at what came with the success; throws when the server has not proved who it is. */
  succeed(data: Buffer): void;
}

/** RFC 4616. Only where nobody can read it: over TLS, or on the machine itself. */
class Plain implements SaslMechanism {
  readonly name = "PLAIN";
  readonly #credentials: Credentials;

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
  }

  initial(): Buffer {
    return Buffer.from(`\0${this.#credentials.username}\0${this.#credentials.password}`);
  }

  respond(): Promise<Buffer> {
    return Promise.resolve(Buffer.alloc(0));
  }

  succeed(): void {}
}

/** RFC 4013 in short: blanks of all kinds become one kind, what cannot be seen goes, compatible characters one form. */
function prepare(text: string): string {
  return text
    .replace(
      /\u{AD}|\u{34F}|\u{1806}|[\u{180B}-\u{180D}]|\u{200C}|\u{200D}|\u{2060}|[\u{FE00}-\u{FE0F}]|\u{FEFF}/gu,
      "",
    )
    .replace(/[\u00A0\u1680\u2000-\u200B\u202F\u205F\u3000]/g, " ")
    .normalize("NFKC");
}

function choose(
  offered: ReadonlySet<string>,
  credentials: Credentials,
  plainAllowed: boolean,
): SaslMechanism {
  const prepared = { username: prepare(credentials.username), password: prepare(credentials.password) };
  if (offered.has("SCRAM-SHA-256")) return new Scram("sha256", prepared);
  if (offered.has("SCRAM-SHA-1")) return new Scram("sha1", prepared);
  if (offered.has("PLAIN") && plainAllowed) return new Plain(credentials);
  const names = offered.size === 0 ? "none" : [...offered].join(", ");
  throw new SessionError(
    "credentials",
    `The server offers no way to log in that can be used here (it offers ${names})`,
  );
}

/** RFC 6120 §6.5: whether another try can help. */
function failureOf(failure: Element): SessionError {
  const condition =
    failure.getChildElements().find((child) => child.name !== "text")?.name ?? "not-authorized";
  const text = failure.getChildText("text");
  const said = text === null ? "" : ` (${text})`;
  const passing = condition === "temporary-auth-failure" || condition === "aborted";
  return new SessionError(
    passing ? "closed" : "credentials",
    passing
      ? `The server could not check the password now: ${condition}${said}`
      : `The server refused to log in: ${condition}${said}`,
    { condition },
  );
}

function decode(element: Element): Buffer {
  const text = element.text().trim();
  return text === "=" ? Buffer.alloc(0) : Buffer.from(text, "base64");
}

function encode(data: Buffer): string {
  return data.length === 0 ? "=" : data.toString("base64");
}

/** Logs in; the stream has to be restarted afterwards. Rejects with a {@link SessionError}. */
export async function authenticate(
  stream: XmppStream,
  features: Element,
  credentials: Credentials,
  plainAllowed: boolean,
): Promise<void> {
  const offered = features.getChild("mechanisms", NS.sasl)?.getChildren("mechanism", NS.sasl) ?? [];
  const mechanism = choose(new Set(offered.map((each) => each.text())), credentials, plainAllowed);
  stream.send(xml("auth", { xmlns: NS.sasl, mechanism: mechanism.name }, encode(mechanism.initial())));
  for (;;) {
    const answer = await stream.next();
    if (answer.is("challenge", NS.sasl)) {
      const response = await mechanism.respond(decode(answer));
      stream.send(xml("response", { xmlns: NS.sasl }, response.toString("base64")));
    } else if (answer.is("success", NS.sasl)) return mechanism.succeed(decode(answer));
    else if (answer.is("failure", NS.sasl)) throw failureOf(answer);
    else throw new SessionError("protocol", `The server sent <${answer.name}/> while logging in`);
  }
}
