/** An account to log in with. */
export interface Account {
  /** The bare JID. */
  readonly jid: string;
  readonly password: string;
  /** Where to connect to: `xmpp://127.0.0.1:PORT`. */
  readonly service: string;
}

/** An XMPP service that a scenario can run on, be it a real server or an embedded one. */
export interface Service {
  /** What reports call it. */
  readonly name: string;
  /** The domain of its accounts. */
  readonly domain: string;
  /** The domain of its rooms. */
  readonly mucDomain: string;
  /** Makes a fresh account. Its local part begins with `name`, and no other account has it. */
  createAccount(name?: string): Promise<Account>;
  /** The bare JID of a room that does not exist. Its local part begins with `name`. Nothing is created. */
  room(name?: string): string;
}
