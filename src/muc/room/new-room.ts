import { messageOf } from "../../base/errors.js";
import { askConfiguration, openInstantRoom, submitConfiguration } from "../admin/configuration.js";
import { JoinError } from "../join-error.js";
import type { ConfigureRoom, JoinOptions } from "../join-options.js";
import type { RoomContext } from "./room-context.js";

/** What becomes of a room that our join created. */
export interface NewRoomActions {
  /** Whether we are still in. */
  readonly inside: () => boolean;
  /** It is open, or is as it will be: the join is done. */
  readonly opened: () => void;
  /** It is not to be, and why; with the error of the join, where it has one of its own. */
  readonly leave: (reason: string | null, error: JoinError | null) => void;
}

const CREATED_ANEW = "The room was gone when it was joined again";
const NOT_TO_BE_MADE = "The room did not exist";
const NOT_CONFIGURED = "The new room could not be configured";

/** A room did not exist. Until it is configured, nobody else can enter it (XEP-0045 §10.1.2). */
export function settleNewRoom(
  room: RoomContext,
  wanted: { readonly create: JoinOptions["create"]; readonly rejoined: boolean },
  actions: NewRoomActions,
): void {
  const { host, jid } = room;
  const { create, rejoined } = wanted;
  if (rejoined || create === "refuse") {
    host.logger.warn({ room: jid }, "The room did not exist: it is left again");
    // Whoever makes a room of that name now is not who we told the password.
    if (rejoined) room.password = null;
    return actions.leave(rejoined ? CREATED_ANEW : NOT_TO_BE_MADE, null);
  }
  if (typeof create === "function") return reserve(room, create, actions);
  host.logger.warn({ room: jid }, "The room did not exist: it is opened with the service's own settings");
  openInstantRoom(host, jid)
    .catch((error: unknown) =>
      host.logger.error(
        { room: jid, error: messageOf(error) },
        "The new room could not be opened for others",
      ),
    )
    .finally(() => {
      if (actions.inside()) actions.opened();
    });
}

/** XEP-0045 §10.1.3. A room that cannot be made as its owner wants it is not left open to others. */
function reserve({ host, jid }: RoomContext, configure: ConfigureRoom, actions: NewRoomActions): void {
  const configured = async (): Promise<void> => {
    const form = await configure(await askConfiguration(host, jid));
    if (actions.inside()) await submitConfiguration(host, jid, form);
  };
  configured().then(
    () => {
      if (!actions.inside()) return;
      host.logger.info({ room: jid }, "The room did not exist: it was made as it was asked for");
      actions.opened();
    },
    (error: unknown) => {
      host.logger.error(
        { room: jid, error: messageOf(error) },
        "The new room could not be configured: it is left again",
      );
      if (actions.inside()) actions.leave(NOT_CONFIGURED, new JoinError(jid.toString(), "other", error));
    },
  );
}
