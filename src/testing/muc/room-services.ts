import type { Element } from "../../base/element.js";
import type { JID } from "../../base/jid.js";
import { MucService, type MucServiceOptions } from "./muc-service.js";
import type { Room } from "./room.js";

/** The services of rooms: one for each domain that rooms were asked for at. */
export class RoomServices {
  readonly #options: MucServiceOptions;
  readonly #services = new Map<string, MucService>();

  constructor(options: MucServiceOptions) {
    this.#options = options;
  }

  /** Handles a stanza to a domain that is none of accounts. Throws `Refusal`. */
  handle(stanza: Element, from: JID, to: JID): void {
    const known = this.#services.get(to.domain);
    const service = known ?? new MucService(to.domain, this.#options);
    service.handle(stanza, from, to);
    // Whatever domains a client makes up, only those with rooms are kept.
    if (known === undefined && service.rooms.length > 0) this.#services.set(to.domain, service);
  }

  /** The room of that address. */
  find(jid: JID): Room | undefined {
    return this.#services.get(jid.domain)?.find(jid);
  }

  /** Makes a room for the service's own ends: open to all, to stay, and nobody's. */
  create(jid: JID): Room {
    const service = this.#services.get(jid.domain) ?? new MucService(jid.domain, this.#options);
    this.#services.set(jid.domain, service);
    const room = service.create(jid);
    room.config = { ...room.config, persistentRoom: true };
    return room;
  }

  /** All rooms, or those of one domain. */
  rooms(domain?: string): readonly Room[] {
    const services = [...this.#services.values()].filter(
      (each) => domain === undefined || each.domain === domain,
    );
    return services.flatMap((service) => service.rooms);
  }

  /** The domains that have rooms, of which a server tells its accounts; a usual one while there are none. */
  domainsFor(accountDomain: string): readonly string[] {
    const known = [...this.#services.keys()];
    return known.length > 0 ? known : [`rooms.${accountDomain}`];
  }
}
