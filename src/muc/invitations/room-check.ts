import { messageOf } from "../../base/errors.js";
import type { JID } from "../../base/jid.js";
import type { Element } from "../../base/element.js";
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
    askFeatures(this.#host, address, () => {})
      .then(
        (info) => this.#settle(key, isRoom(info) ? null : "forged-invitation"),
        (error: unknown) => {
          this.#host.logger.info(
            { from: address, error: messageOf(error) },
            "What invites us does not say that it is a room",
          );
          this.#settle(key, "unproven-invitation");
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
