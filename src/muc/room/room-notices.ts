import type { Element } from "../../base/element.js";
import { messageOf } from "../../base/errors.js";
import { AffiliationChanged } from "../events/occupants.js";
import { RoomConfigChanged } from "../events/room-config.js";
import { askFeatures } from "../admin/room-info.js";
import { StatusCode } from "../status-codes.js";
import { readItem, readMucUser, type MucItem, type MucUser } from "../wire/muc-user.js";
import { openAfter } from "./anonymity-watch.js";
import type { RoomContext } from "./room-context.js";

const CONFIG_CODES: ReadonlySet<number> = new Set([
  StatusCode.configNonPrivacy,
  StatusCode.loggingOn,
  StatusCode.loggingOff,
  StatusCode.configNonAnonymous,
  StatusCode.configSemiAnonymous,
  StatusCode.configFullyAnonymous,
]);

/** What the room tells in messages of its own: from anybody else these would be forged. */
export class RoomNotices {
  readonly #room: RoomContext;
  #asking = false;
  #askAgain = false;

  constructor(room: RoomContext) {
    this.#room = room;
  }

  /** A message of the bare room JID. False where it is no notice. */
  receive(stanza: Element): boolean {
    const user = readMucUser(stanza);
    const item = readItem(user.items, null);
    const isConfig = [...user.codes].some((code) => CONFIG_CODES.has(code));
    if (isConfig) this.#configured(stanza, user);
    if (item === null) return isConfig;
    this.#affiliated(stanza, user, item);
    return true;
  }

  #configured(stanza: Element, { codes }: MucUser): void {
    this.#refresh();
    this.#room.open = openAfter(codes, this.#room.open);
    this.#room.tell(new RoomConfigChanged(this.#room.room, stanza, codes));
  }

  /** What the room can may be another matter now. Several notices in a row need two questions at most. */
  #refresh(): void {
    this.#askAgain = this.#asking;
    if (this.#asking) return;
    this.#asking = true;
    const { host, jid } = this.#room;
    askFeatures(host, jid, (features) => this.#room.learnFeatures(features))
      .catch((error: unknown) =>
        host.logger.debug({ room: jid, error: messageOf(error) }, "The room tells no features"),
      )
      .finally(() => {
        this.#asking = false;
        if (this.#askAgain) this.#refresh();
      });
  }

  /** XEP-0045 §9.3 and others: of somebody who is not there, whom only this message tells of. */
  #affiliated(stanza: Element, user: MucUser, item: MucItem): void {
    const { host, room, tell } = this.#room;
    if (item.strange) host.diagnostic("unknown-rank", stanza);
    if (item.affiliation === null) return host.diagnostic("item-without-affiliation", stanza);
    tell(
      new AffiliationChanged(
        room,
        stanza,
        {
          occupant: null,
          realJid: item.jid?.bare() ?? null,
          oldAffiliation: null,
          newAffiliation: item.affiliation,
        },
        { actor: item.actor, reason: item.reason, statusCodes: user.codes },
      ),
    );
  }
}
