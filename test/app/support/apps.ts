import { afterEach } from "vitest";

import { createBotApp, type BotApp, type BotAppOptions } from "../../../src/app/bot-app.js";
import { TestServer, type TestServerOptions, type TestUser } from "../../../src/testing/index.js";
import { recordLog, type RecordedLog } from "../../bot/support/log.js";

export const LOBBY = "lobby@rooms.example.org";
export const PASSWORD = "correct horse battery staple";

/** An application with a service of its own. */
export interface Started {
  readonly app: BotApp;
  readonly server: TestServer;
  readonly log: RecordedLog;
  readonly enter: (nick: string, room?: string) => Promise<TestUser>;
}

const open: { stop(): Promise<void> }[] = [];

/** Ends what the tests of a file made. */
export function cleanUp(): void {
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.stop();
  });
}

export function makeServer(options: TestServerOptions = {}): TestServer {
  const server = new TestServer(options);
  open.push({ stop: () => server.close() });
  return server;
}

export function makeApp(
  options: Partial<BotAppOptions> & Pick<BotAppOptions, "bots">,
  server = makeServer(),
): Started {
  const log = recordLog();
  const app = createBotApp({
    jid: "bot@example.org",
    password: PASSWORD,
    connect: server.connect,
    logger: log.logger,
    ...options,
  });
  open.push(app);
  return { app, server, log, enter: (nick, room = LOBBY) => server.enter(room, nick) };
}

/** The same, once it is in its rooms. */
export async function startApp(...args: Parameters<typeof makeApp>): Promise<Started> {
  const started = makeApp(...args);
  await started.app.ready();
  return started;
}

/** Waits for a condition; fails with its text when it does not come true in time. */
export async function until(what: string, holds: () => boolean, timeoutMs = 30_000): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!holds()) {
    if (performance.now() > deadlineMs)
      throw new Error(`In ${timeoutMs} ms it did not come true that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
