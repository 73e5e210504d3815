import { ArgumentError } from "../../base/errors.js";
import type { JID } from "../../base/jid.js";
import { checkNick } from "../join-options.js";
import { Occupant } from "../occupant.js";
import type { RoomContext } from "../room/room-context.js";
import type { Affiliation, Role } from "../wire/muc-user.js";
import { settleAll } from "./pipeline.js";
import {
  affiliationChange,
  roleChange,
  type AffiliationOptions,
  type Change,
  type RoleOptions,
} from "./ranks.js";

/** One of several changes of role. */
export interface RoleSetting extends RoleOptions {
  /** Who; an `Occupant` must still have its nick. */
  readonly occupant: Occupant | string;
  readonly role: Role;
}

/** One of several changes of affiliation. */
export interface AffiliationSetting extends AffiliationOptions {
  /** The account, or a whole domain. */
  readonly jid: JID | string;
  readonly affiliation: Affiliation;
}

/** What is done to others in one room. All of it is checked before anything is sent. */
export class RoomAdmin {
  readonly #context: RoomContext;
  readonly #assertInside: () => void;

  constructor(context: RoomContext, assertInside: () => void) {
    this.#context = context;
    this.#assertInside = assertInside;
  }

  /** XEP-0045 §8.2 to §8.4, §9.6, §9.7. */
  async setRole(who: Occupant | string, role: Role, options?: RoleOptions): Promise<void> {
    await this.#roleChange(who, role, options)();
  }

  /** As {@link setRole}, of several. */
  async setRoles(settings: readonly RoleSetting[]): Promise<readonly PromiseSettledResult<void>[]> {
    return settleAll(settings.map((each) => this.#roleChange(each.occupant, each.role, each)));
  }

  /** Roles are given by somebody who has one: in the room. */
  #roleChange(who: Occupant | string, role: Role, options?: RoleOptions): Change {
    const { host, jid } = this.#context;
    const change = roleChange(host, jid, this.#nickOf(who), role, options);
    this.#assertInside();
    return change;
  }

  /** The service knows only nicks: the nick has to be that of the very occupant still. */
  #nickOf(who: Occupant | string): string {
    const { table, jid } = this.#context;
    if (typeof who === "string") return table.get(who) === null ? checkNick(who) : who;
    if (!(who instanceof Occupant) || table.get(who.nick) !== who)
      throw new ArgumentError(`${who.nick} is not in ${jid.toString()} any more: the nick is free, or taken`);
    return who.nick;
  }

  /** XEP-0045 §9.1. */
  async ban(who: Occupant | JID | string, options?: RoleOptions): Promise<void> {
    await this.#affiliationChange(this.#accountOf(who), "outcast", options)();
  }

  #accountOf(who: Occupant | JID | string): JID | string {
    const { table, jid } = this.#context;
    if (who instanceof Occupant) {
      if (who.realJid !== null) return who.realJid;
      throw new ArgumentError(`${jid.toString()} does not tell who ${who.nick} really is: nobody to ban`);
    }
    // As an address it would be a domain: everybody there.
    if (typeof who === "string" && table.get(who) !== null)
      throw new ArgumentError(`"${who}" is a nick: a ban is of a real address, or of the Occupant`);
    return who;
  }

  /** XEP-0045 §9, §10.3 to §10.8. */
  async setAffiliation(
    account: JID | string,
    affiliation: Affiliation,
    options?: AffiliationOptions,
  ): Promise<void> {
    await this.#affiliationChange(account, affiliation, options)();
  }

  /** As {@link setAffiliation}, of several. */
  async setAffiliations(
    settings: readonly AffiliationSetting[],
  ): Promise<readonly PromiseSettledResult<void>[]> {
    return settleAll(settings.map((each) => this.#affiliationChange(each.jid, each.affiliation, each)));
  }

  #affiliationChange(account: JID | string, affiliation: Affiliation, options?: AffiliationOptions): Change {
    const { host, jid } = this.#context;
    return affiliationChange(host, jid, account, affiliation, options);
  }
}
