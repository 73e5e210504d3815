import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";

import type { Account } from "../service.js";
import type { RealServer, RoomOption, ServerName, ServerPlace } from "./real-server.js";
import { ServerProcess, type Command } from "./server-process.js";

function unique(name: string): string {
  return `${name}-${randomBytes(4).toString("hex")}`;
}

/** What both servers have in common: names, and the life of a process. */
export abstract class ServerBase implements RealServer {
  readonly name: ServerName;
  readonly version: string;
  readonly host = "127.0.0.1";
  readonly port: number;
  readonly domain = "localhost";
  readonly mucDomain = "conference.localhost";
  readonly admin: Account;
  abstract readonly wsUrl: string;
  readonly #process: ServerProcess;
  #mucIsDown = false;
  #isRemoved = false;

  constructor(readonly place: ServerPlace) {
    this.name = place.name;
    this.version = place.version;
    this.port = place.ports.c2s;
    this.admin = this.#account("admin", "admin-pw");
    this.#process = new ServerProcess(place.dir);
  }

  /** Writes what the process needs, and says how to run it. */
  protected abstract prepare(): Command;
  /** Whether the process serves on its ports. Throwing counts as no. */
  protected abstract isReady(): Promise<boolean>;
  protected abstract register(localpart: string, password: string): Promise<void>;
  protected abstract switchMuc(on: boolean): Promise<void>;

  /** Asks the running server for its version. */
  abstract askVersion(): Promise<string>;
  abstract deleteAccount(account: Account): Promise<void>;
  abstract sessions(): Promise<readonly string[]>;
  abstract kickSession(fullJid: string): Promise<void>;
  abstract rooms(): Promise<readonly string[]>;
  abstract setRoomOption(room: string, option: RoomOption, value: boolean): Promise<void>;
  abstract setAffiliation(room: string, jid: string, affiliation: string): Promise<void>;
  abstract destroyRoom(room: string, reason?: string): Promise<void>;

  get pid(): number | null {
    return this.#process.pid;
  }

  #account(localpart: string, password: string): Account {
    return {
      jid: `${localpart}@${this.domain}`,
      password,
      service: `xmpp://${this.host}:${this.port}`,
    };
  }

  async createAccount(name = "user", password = "secret"): Promise<Account> {
    const localpart = unique(name);
    await this.register(localpart, password);
    return this.#account(localpart, password);
  }

  room(name = "room"): string {
    return `${unique(name)}@${this.mucDomain}`;
  }

  async start(): Promise<void> {
    if (this.pid !== null) return;
    const isNew = !this.#process.wasStarted;
    this.#mucIsDown = false;
    this.#process.spawn(this.prepare());
    await this.#process.waitUntil(() => this.isReady(), `start of ${this.name}`);
    if (isNew) await this.register("admin", this.admin.password);
  }

  stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    return this.#process.end(signal);
  }

  kill(): Promise<void> {
    return this.stop("SIGKILL");
  }

  freeze(): void {
    this.#process.signal("SIGSTOP");
  }

  thaw(): void {
    this.#process.signal("SIGCONT");
  }

  async mucDown(): Promise<void> {
    this.#mucIsDown = true;
    await this.switchMuc(false);
  }

  async mucUp(): Promise<void> {
    await this.switchMuc(true);
    this.#mucIsDown = false;
  }

  async heal(): Promise<void> {
    if (this.#isRemoved) return;
    this.thaw();
    await this.start();
    if (this.#mucIsDown) await this.mucUp();
  }

  async remove(): Promise<void> {
    this.#isRemoved = true;
    await this.kill();
    await rm(this.place.dir, { recursive: true, force: true });
  }
}
