import { messageOf } from "../../base/errors.js";
import type { JID } from "../../base/jid.js";
import type { Element } from "../../base/element.js";
import { SessionError } from "../../xmpp/session-error.js";
import { askFeatures } from "../admin/room-info.js";
import type { RoomHost } from "../room-host.js";
import { NS } from "../wire/namespaces.js";

/** Addresses that are asked at a time, … */
const MAX_ASKED = 32;
/** … and invitations that wait for the answer of one. */
const MAX_WAITING = 8;

/** Why an invitation does not count: the diagnostic. */
export type NoRoom = "forged-invitation" | "unproven-invitation" | "too-many-invitations";

type Verdict = (problem: NoRoom | null) => void;

/**
 * Finds out whether what invites is a room at all: any account can send what looks like the invitation of a room. One
 * question at a time for each address, however often it invites, and a bound on all of them.
 */
export class RoomCheck {
  readonly #host: Pick<RoomHost, "iq" | "logger" | "failed">;
  readonly #waiting = new Map<string, Verdict[]>();
  /** Addresses whose answer was lost with a session. */
  readonly #lost = new Map<string, JID>();

  constructor(host: Pick<RoomHost, "iq" | "logger" | "failed">) {
    this.#host = host;
  }

  /** Calls `verdict` with null when the address says that it is a room, else with what is wrong. */
  ask(address: JID, verdict: Verdict): void {
    const key = address.toString();
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined && waiting.length < MAX_WAITING) return void waiting.push(verdict);
    if (waiting !== undefined || this.#waiting.size >= MAX_ASKED) return verdict("too-many-invitations");
    this.#waiting.set(key, [verdict]);
    this.#question(address);
  }

  /** There is a session again: what was lost with the one before is asked once more. */
  established(): void {
    const lost = [...this.#lost.values()];
    this.#lost.clear();
    for (const address of lost) this.#question(address);
  }

  #question(address: JID): void {
    const key = address.toString();
    askFeatures(this.#host, address, () => {})
      .then(
        (info) => this.#settle(key, isRoom(info) ? null : "forged-invitation"),
        (error: unknown) => {
          // That the session is gone says nothing of whoever was asked.
          if (error instanceof SessionError) return void this.#lost.set(key, address);
          this.#host.logger.info(
            { from: address, error: messageOf(error) },
            "What invites us does not say that it is a room",
          );
          return this.#settle(key, "unproven-invitation");
        },
      )
      .catch((error: unknown) => this.#host.failed(error, null));
  }

  #settle(key: string, problem: NoRoom | null): void {
    const waiting = this.#waiting.get(key) ?? [];
    this.#waiting.delete(key);
    for (const verdict of waiting) verdict(problem);
  }
}

/** XEP-0045 §6.4: a room says so by its identity, and by its feature. */
function isRoom(info: Element | null): boolean {
  const of = (name: string, attribute: string, value: string): boolean =>
    info?.getChildren(name).some((each) => each.attrs[attribute] === value) ?? false;
  return of("identity", "category", "conference") || of("feature", "var", NS.muc);
}
