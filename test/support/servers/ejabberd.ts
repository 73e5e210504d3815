import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Account } from "../service.js";
import { callApi } from "./ejabberd-api.js";
import { ejabberdConfig } from "./ejabberd-config.js";
import { needProgram } from "./installed.js";
import type { RoomOption } from "./real-server.js";
import { ServerBase } from "./server-base.js";
import type { Command } from "./server-process.js";

function split(jid: string): { user: string; host: string; resource: string } {
  const [, user = "", host = "", resource = ""] = /^([^@]+)@([^/]+)(?:\/(.*))?$/.exec(jid) ?? [];
  return { user, host, resource };
}

/**
 * ejabberd, administered through its HTTP API. The Erlang node has no name and takes part in no distribution: so
 * there is no epmd, no cookie, and nothing in which two nodes on one machine could meet.
 */
export class Ejabberd extends ServerBase {
  readonly wsUrl = `ws://${this.host}:${this.place.ports.http}/ws`;
  readonly #config = join(this.place.dir, "ejabberd.yml");

  protected prepare(): Command {
    const { dir } = this.place;
    const spool = join(dir, "spool");
    if (!existsSync(spool)) mkdirSync(spool);
    const { tls } = this.place.options;
    if (tls !== undefined) writeFileSync(join(dir, "tls.pem"), tls.cert + tls.key);
    writeFileSync(this.#config, ejabberdConfig(this.place));
    const { file, env } = needProgram("ejabberd");
    return {
      file,
      args: ["+K", "true", "-mnesia", "dir", `"${spool}"`, "-noinput", "-s", "ejabberd"],
      env: {
        ...env,
        HOME: dir,
        ERL_CRASH_DUMP_BYTES: "0",
        EJABBERD_CONFIG_PATH: this.#config,
        EJABBERD_LOG_PATH: join(dir, "ejabberd.log"),
      },
    };
  }

  protected async isReady(): Promise<boolean> {
    // It accepts connections some time before it serves.
    await this.api("status");
    return true;
  }

  protected async register(localpart: string, password: string): Promise<void> {
    await this.api("register", { user: localpart, host: this.domain, password });
    // Reading the table writes its cache to the disk: the account then outlives a crash at any time.
    await this.api("registered_users", { host: this.domain });
  }

  protected async switchMuc(on: boolean): Promise<void> {
    writeFileSync(this.#config, ejabberdConfig(this.place, on));
    await this.api("reload_config");
  }

  /** Runs an administrative command, by the names of ejabberd's documentation. */
  api(command: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    return callApi(this.place.ports.http, command, args);
  }

  async askVersion(): Promise<string> {
    return /ejabberd ([\d.]+)/.exec(String(await this.api("status")))?.[1] ?? "unknown";
  }

  async deleteAccount({ jid }: Account): Promise<void> {
    const { user, host } = split(jid);
    await this.api("unregister", { user, host });
  }

  async sessions(): Promise<readonly string[]> {
    return (await this.api("connected_users")) as string[];
  }

  async kickSession(fullJid: string): Promise<void> {
    await this.api("kick_session", { ...split(fullJid), reason: "ended by the test" });
  }

  async rooms(): Promise<readonly string[]> {
    return (await this.api("muc_online_rooms", { service: this.mucDomain })) as string[];
  }

  async setRoomOption(room: string, option: RoomOption, value: boolean): Promise<void> {
    await this.#change(room, "change_room_option", { option, value: String(value) });
  }

  async setAffiliation(room: string, jid: string, affiliation: string): Promise<void> {
    await this.#change(room, "set_room_affiliation", { jid, affiliation });
  }

  async destroyRoom(room: string): Promise<void> {
    await this.#change(room, "destroy_room", {});
  }

  async #change(room: string, command: string, args: Readonly<Record<string, string>>): Promise<void> {
    const { user: name, host: service } = split(room);
    const result = await this.api(command, { name, service, ...args });
    if (result !== 0) throw new Error(`ejabberd's API, asked ${command} for ${room}: ${String(result)}`);
  }
}
