import { BotApp } from "../app/bot-app.js";
import { logForgottenPromises } from "../app/run.js";
import { consoleLogger } from "../app/console-logger.js";
import { logLevelOf, type AppOptions } from "../app/options.js";
import { setRunHost } from "../app/run.js";
import { TestServer } from "../testing/test-server.js";
import type { Logger, LogLevel } from "../base/logger.js";
import { loadBots } from "./bots-of-file.js";
import { ownStack } from "./loader/place.js";
import { play } from "./play.js";
import { Playground } from "./playground.js";

/** The account that a bot has here; nobody checks it. */
const ACCOUNT = "bot@example.org";
/** Where a bot sits that names no room. */
const ROOM = "lobby@rooms.example.org";

/** What `mucwright dev` takes. */
export interface DevOptions {
  /** The lines to play; null: what is typed or piped, or those beside the bot's file. */
  readonly script: string | null;
  readonly verbose: boolean;
}

/** Whoever tries a bot reads along, also where a program hands the lines on: they are for people, and about the bot. */
function devLogger(level: LogLevel, verbose: boolean): Logger {
  const stream = { isTTY: true, write: (text: string) => process.stderr.write(text) };
  return consoleLogger(level, stream, verbose || ownStack);
}

/** Starts the bots, in rooms that are there already: a visitor is not told of rooms that had to be made. */
async function start(app: BotApp, server: TestServer): Promise<void> {
  const starting = app.start();
  // it is awaited below, unless a room cannot be
  starting.catch(() => {});
  for (const { jid } of app.status().rooms) server.room(jid).open();
  await starting;
  if (app.muc.rooms.size > 0) return;
  server.room(ROOM).open();
  app.muc.join(ROOM, app.nick);
}

/** `mucwright dev FILE`: the bots of a file in a room of this process. Resolves when the visit is over. */
export async function dev(file: string, { script, verbose }: DevOptions): Promise<void> {
  const { groups, finish } = await loadBots(file);
  // whatever the file would connect by itself stays here, too
  setRunHost(() => Promise.resolve());
  const options: AppOptions = Object.assign({}, ...groups.map((group) => group.options));
  const server = new TestServer();
  const level = process.env["MUCWRIGHT_LOG_LEVEL"] === undefined ? "error" : logLevelOf({}, process.env);
  const { service: _service, ca: _ca, ...kept } = options;
  const app = new BotApp(
    {
      logger: devLogger(level, verbose),
      ...kept,
      bots: groups.flatMap((group) => group.bots),
      jid: ACCOUNT,
      password: "nobody checks",
      connect: server.connect,
    },
    groups.flatMap(({ mistakes }) => mistakes),
  );
  const unguard = logForgottenPromises(app);
  try {
    await start(app, server);
    const [room] = app.muc.rooms.values();
    await app.ready();
    if (room === undefined) return;
    const place = new Playground(app, server, room);
    const { stdin: input, stdout: output, stderr: errors } = process;
    await play(place, file, script, { input, output, errors });
  } finally {
    unguard();
    await app.stop();
    await server.close();
  }
  await finish();
}
