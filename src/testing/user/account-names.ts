import { JID } from "../../base/jid.js";

/** Addresses for users that a test gives only a nick: the same nick is the same account every time. */
export class AccountNames {
  readonly #locals = new Map<string, string>();
  #resources = 0;

  /** The account for a nick; one that `isTaken` by a client that the test does not drive is passed over. */
  accountFor(nick: string, domain: string, isTaken: (account: string) => boolean): JID {
    const known = this.#locals.get(nick);
    if (known !== undefined) return JID.parse(`${known}@${domain}`);
    const plain = nick.toLowerCase().replaceAll(/[^a-z0-9._-]/g, "-");
    const taken = new Set(this.#locals.values());
    let local = plain;
    const free = (): boolean => !taken.has(local) && !isTaken(`${local}@${domain}`);
    for (let number = 2; !free(); number++) local = `${plain}-${number}`;
    this.#locals.set(nick, local);
    return JID.parse(`${local}@${domain}`);
  }

  /** A resource that no other user has. */
  nextResource(): string {
    return `test-${++this.#resources}`;
  }
}

/** Where accounts are that nobody gave an address: at the domain above that of the room. */
export function domainAbove(roomDomain: string): string {
  const [, ...above] = roomDomain.split(".");
  return above.length === 0 ? "example.org" : above.join(".");
}
