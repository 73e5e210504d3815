import type { Account, Service } from "../service.js";

/** The real servers that tests run on. */
export const SERVER_NAMES = ["prosody", "ejabberd"] as const;
export type ServerName = (typeof SERVER_NAMES)[number];

/** How a server is to behave. */
export interface ServerOptions {
  /** How long a session whose stream is gone can be resumed, in seconds. Default 10. */
  readonly resumptionSeconds?: number;
  /** Whether the byte rates of Debian's configuration files hold. Default: no limits. */
  readonly stockLimits?: boolean;
  /** A certificate for `localhost` and its key, as PEM: TLS is then required. Default: there is no TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** All that it takes to make a server's object anew, in whatever process: plain data. */
export interface ServerPlace {
  readonly name: ServerName;
  readonly version: string;
  /** The folder of its configuration, data, logs and pid file. */
  readonly dir: string;
  /** The ports on 127.0.0.1. They stay the same over restarts. */
  readonly ports: {
    readonly c2s: number;
    readonly http: number;
    /** For TLS from the first byte, where there is a certificate. */
    readonly directTls: number;
  };
  readonly options: ServerOptions;
}

/** Configuration of a room that both servers have under this name. */
export type RoomOption = "members_only" | "moderated" | "persistent" | "public";

/** A real server that several test files use at the same time: nothing here disturbs the others. */
export interface SharedServer extends Service {
  readonly name: ServerName;
  readonly version: string;
  readonly host: "127.0.0.1";
  /** The port for clients. There is no TLS, but where the options have a certificate. */
  readonly port: number;
  /** The address for WebSocket clients. */
  readonly wsUrl: string;
  /** An account that administers the server and all of its rooms. */
  readonly admin: Account;
  createAccount(name?: string, password?: string): Promise<Account>;
  /** Deletes an account. Its sessions end. */
  deleteAccount(account: Account): Promise<void>;
  /** The full JIDs of all sessions, those waiting for resumption included. */
  sessions(): Promise<readonly string[]>;
  /**
   * Ends a session with the stream error `conflict`, also one that waits for resumption. A client of Prosody that is
   * sending at that moment may be told nothing: its connection is reset.
   */
  kickSession(fullJid: string): Promise<void>;
  /** The bare JIDs of the rooms that exist. */
  rooms(): Promise<readonly string[]>;
  /** Reconfigures a room. Prosody then sends no 104 and removes nobody; ejabberd does both. */
  setRoomOption(room: string, option: RoomOption, value: boolean): Promise<void>;
  setAffiliation(room: string, jid: string, affiliation: string): Promise<void>;
  /** Destroys a room. ejabberd tells no reason, and its occupants get a 332 after the destroy. */
  destroyRoom(room: string, reason?: string): Promise<void>;
}

/** A real server of which everything may be asked: for a test that has it alone. */
export interface RealServer extends SharedServer {
  readonly place: ServerPlace;
  /** The id of its process, or null when there is none. */
  readonly pid: number | null;
  /** Starts the process, with the ports and the data it had. Resolves once it serves; does nothing if it runs. */
  start(): Promise<void>;
  /** Ends the process, by default in order, and resolves once it is gone. Also one that is frozen. */
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** Ends the process at once, as a crash would: `stop("SIGKILL")`. */
  kill(): Promise<void>;
  /** Stops the process in its tracks: connections stay open and nothing answers. */
  freeze(): void;
  /** Lets a frozen process go on. */
  thaw(): void;
  /** Takes the rooms' domain away. Occupants are told 332 by ejabberd, and nothing by Prosody. */
  mucDown(): Promise<void>;
  /** Brings the rooms' domain back. On Prosody occupants are in their rooms still. */
  mucUp(): Promise<void>;
  /** Undoes what a test may have left behind: thaws it, starts it, brings the rooms back. */
  heal(): Promise<void>;
  /** Ends the process and deletes its folder. */
  remove(): Promise<void>;
}
