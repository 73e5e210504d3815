import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Account } from "../service.js";
import { needProgram } from "./installed.js";
import { prosodyConfig } from "./prosody-config.js";
import { lua, shell } from "./prosody-shell.js";
import type { RoomOption } from "./real-server.js";
import { ServerBase } from "./server-base.js";
import type { Command } from "./server-process.js";

/** Prosody, in the foreground, administered through the socket of its shell. */
export class Prosody extends ServerBase {
  readonly wsUrl = `ws://${this.host}:${this.place.ports.http}/xmpp-websocket`;

  protected prepare(): Command {
    const { dir } = this.place;
    const config = join(dir, "prosody.cfg.lua");
    for (const folder of ["data", "certs"].map((name) => join(dir, name)))
      if (!existsSync(folder)) mkdirSync(folder);
    const { tls } = this.place.options;
    for (const [kind, pem] of Object.entries(tls === undefined ? {} : { crt: tls.cert, key: tls.key }))
      writeFileSync(join(dir, "certs", `localhost.${kind}`), pem);
    writeFileSync(config, prosodyConfig(this.place));
    const { file, env } = needProgram("prosody");
    return { file, args: ["-F", "--config", config], env: { ...env, HOME: dir } };
  }

  protected async isReady(): Promise<boolean> {
    const { c2s, http } = this.place.ports;
    // Prosody goes on without a port that it cannot have, so it is asked, instead of the port.
    const serves = (port: number): string => `ports.get_service_at("127.0.0.1", ${port}) ~= nil`;
    return (
      (await this.lua(
        `(function(ports) return ${serves(c2s)} and ${serves(http)} end)(require "core.portmanager")`,
      )) === "true"
    );
  }

  protected async register(localpart: string, password: string): Promise<void> {
    await this.shell(`user:create(${lua(`${localpart}@${this.domain}`)}, ${lua(password)})`);
  }

  protected async switchMuc(on: boolean): Promise<void> {
    await this.shell(`host:${on ? "activate" : "deactivate"}(${lua(this.mucDomain)})`);
  }

  /** Gives a line to the admin shell: `c2s:show()`. Resolves with the text of the result. */
  shell(line: string): Promise<string> {
    return shell(join(this.place.dir, "shell"), line);
  }

  /** Evaluates an expression in the server's own environment. Resolves with the result as text. */
  lua(expression: string): Promise<string> {
    return this.shell(`> ${expression}`);
  }

  /** Evaluates an expression of `room`, the object that Prosody has for it. */
  async #inRoom(room: string, expression: string): Promise<void> {
    const muc = `require "core.modulemanager".get_module(${lua(this.mucDomain)}, "muc")`;
    await this.lua(`(function(room) return ${expression} end)(${muc}.get_room_from_jid(${lua(room)}))`);
  }

  async #list(loop: string): Promise<readonly string[]> {
    const text = await this.lua(
      `(function() local all = {}; ${loop}; return table.concat(all, "\\n") end)()`,
    );
    return text === "" ? [] : text.split("\n");
  }

  askVersion(): Promise<string> {
    return this.lua("prosody.version");
  }

  async deleteAccount({ jid }: Account): Promise<void> {
    await this.shell(`user:delete(${lua(jid)})`);
  }

  sessions(): Promise<readonly string[]> {
    return this.#list("for jid in pairs(prosody.full_sessions) do all[#all + 1] = jid end");
  }

  async kickSession(fullJid: string): Promise<void> {
    await this.shell(`c2s:close(${lua(fullJid)}, "ended by the test", "conflict")`);
  }

  /** Closes a session's stream without a stream error. */
  async closeStream(fullJid: string): Promise<void> {
    await this.shell(`c2s:close(${lua(fullJid)})`);
  }

  rooms(): Promise<readonly string[]> {
    const muc = `prosody.hosts[${lua(this.mucDomain)}].modules.muc`;
    return this.#list(`for room in ${muc}.each_room() do all[#all + 1] = room.jid end`);
  }

  setRoomOption(room: string, option: RoomOption, value: boolean): Promise<void> {
    return this.#inRoom(room, `room:set_${option}(${value}), room:save(true)`);
  }

  setAffiliation(room: string, jid: string, affiliation: string): Promise<void> {
    return this.#inRoom(room, `assert(room:set_affiliation(true, ${lua(jid)}, ${lua(affiliation)}))`);
  }

  /** The room forgets an occupant, and tells nobody. */
  ghost(room: string, nick: string): Promise<void> {
    const found = `room:get_occupant_by_nick(${lua(`${room}/${nick}`)})`;
    return this.#inRoom(
      room,
      `(function() local who = ${found}; who.role = nil; room:save_occupant(who) end)()`,
    );
  }

  destroyRoom(room: string, reason = ""): Promise<void> {
    return this.#inRoom(room, `room:destroy(nil, ${lua(reason)})`);
  }
}
