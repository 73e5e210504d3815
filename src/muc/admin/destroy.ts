import { xml } from "../../base/element.js";
import { ArgumentError } from "../../base/errors.js";
import type { JID } from "../../base/jid.js";
import { checkRoom } from "../join-options.js";
import type { RoomHost } from "../room-host.js";
import { NS } from "../wire/namespaces.js";
import { checkText } from "./arguments.js";

/** What is said of the end of a room. */
export interface DestroyOptions {
  /** Text for everybody. */
  readonly reason?: string;
  /** The room where people meet now. */
  readonly alternative?: JID | string;
  /** The password of that room. */
  readonly password?: string;
}

/** Ends a room for good (XEP-0045 §10.9). Rejects with `ArgumentError` for an alternative that is no room. */
export async function destroyRoom(
  host: Pick<RoomHost, "iq">,
  room: JID,
  options: DestroyOptions = {},
): Promise<void> {
  const jid = options.alternative === undefined ? null : checkRoom(options.alternative);
  if (jid?.equals(room) === true) throw new ArgumentError(`${room.toString()} cannot take its own place`);
  const reason = checkText("reason", options.reason);
  const password = checkText("password", options.password);
  const destroy = xml(
    "destroy",
    { jid: jid?.toString() },
    reason === null ? null : xml("reason", null, reason),
    password === null ? null : xml("password", null, password),
  );
  await host.iq.set(room, xml("query", { xmlns: NS.owner }, destroy));
}
