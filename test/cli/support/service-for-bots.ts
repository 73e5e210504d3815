// a service that listens, and commands that run bots on it in processes of their own
import { afterEach, beforeAll, beforeEach } from "vitest";
import type { Server } from "node:net";

import { TestServer, type TestUser } from "../../../src/testing/index.js";
import { until } from "../../app/support/apps.js";
import { BUILD_TIMEOUT_MS, ensureBuilt, mucwright, type Command } from "../../app/support/commands.js";
import { authorFolder } from "../loader/support/author.js";

export const LOBBY = "lobby@rooms.example.org";

/** A bot that keeps to the lobby. */
export const KEEPER = `import { Bot, Command, MessageReceived } from "mucwright";
@Bot({ rooms: ["${LOBBY}"], nick: "keeper" })
export class Keeper {
  @Command("roll <sides:int>") roll(m: MessageReceived, { sides }: { sides: number }) { return "rolled d" + sides; }
}
`;

/** What there is for one test. */
export interface ServiceForBots {
  server: TestServer;
  /** The account, for the environment. */
  env: Record<string, string>;
  /** Killed after the test. */
  readonly commands: Command[];
  /** Closed after the test. */
  readonly listeners: Server[];
  /** Runs a command beside these files. */
  start(args: readonly string[], files: Record<string, string>, more?: Record<string, string>): Command;
  /** Somebody who is there before the bot is, and sees it come. */
  watch(): Promise<TestUser>;
  present(nick?: string): Promise<void>;
}

/** Sees to it that each test of this file has a service of its own. */
export function serviceForBots(): ServiceForBots {
  const service: ServiceForBots = {
    server: new TestServer(),
    env: {},
    commands: [],
    listeners: [],
    start(args, files, more = {}) {
      const command = mucwright(args, { cwd: authorFolder(files), env: { ...service.env, ...more } });
      service.commands.push(command);
      return command;
    },
    watch() {
      service.server.room(LOBBY).open();
      return service.server.enter(LOBBY, "alice");
    },
    present(nick = "keeper") {
      const isThere = () => service.server.room(LOBBY).occupants.some((occupant) => occupant.nick === nick);
      return until(`${nick} is there`, isThere, 20_000);
    },
  };

  beforeAll(ensureBuilt, BUILD_TIMEOUT_MS);

  beforeEach(async () => {
    service.server = new TestServer({ accounts: { "bot@example.org": "s3cret" } });
    const { port } = await service.server.listen();
    service.env = {
      MUCWRIGHT_JID: "bot@example.org",
      MUCWRIGHT_PASSWORD: "s3cret",
      MUCWRIGHT_SERVICE: `xmpp://127.0.0.1:${port}`,
    };
  });

  afterEach(async () => {
    for (const command of service.commands.splice(0)) command.signal("SIGKILL");
    for (const listener of service.listeners.splice(0)) listener.close();
    await service.server.close();
  });

  return service;
}
