import { BotApp, SIT_NOWHERE } from "../app/bot-app.js";
import { logForgottenPromises } from "../app/run.js";
import { consoleLogger } from "../app/console-logger.js";
import { logLevelOf, type AppOptions } from "../app/options.js";
import { setRunHost } from "../app/run.js";
import { TestServer } from "../testing/test-server.js";
import type { JID } from "../base/jid.js";
import type { Logger, LogLevel } from "../base/logger.js";
import { classesOf } from "../bot/features.js";
import { botSettings, handlersOf, type Class } from "../bot/metadata.js";
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
  const write = (text: string): void => {
    // here they are given one
    if (!text.includes(SIT_NOWHERE)) process.stderr.write(text);
  };
  return consoleLogger(level, { isTTY: true, write }, verbose || ownStack);
}

/** Starts the bots, in rooms that are there already: a visitor is not told of rooms that had to be made. */
async function start(app: BotApp, server: TestServer, moderates: boolean): Promise<void> {
  const open = (jid: JID | string): void => {
    const room = server.room(jid).open();
    if (moderates) room.setAffiliation(ACCOUNT, "admin");
  };
  const starting = app.start();
  // it is awaited below, unless a room cannot be
  starting.catch(() => {});
  for (const { jid } of app.status().rooms) open(jid);
  await starting;
  if (app.muc.rooms.size > 0) return;
  open(ROOM);
  app.muc.join(ROOM, app.nick);
}

/** Whether a bot hears who asks for voice: rooms tell that their moderators alone. */
function hearsRequests(bot: Class): boolean {
  if (botSettings(bot)?.roleRequests !== undefined) return true;
  const specs = classesOf(bot).flatMap((each) => handlersOf(each).map(({ spec }) => spec));
  return specs.some((spec) => spec.kind === "event" && spec.event === "roleRequest");
}

/** `mucwright dev FILE`: the bots of a file in a room of this process. Resolves when the visit is over. */
export async function dev(file: string, { script, verbose }: DevOptions): Promise<void> {
  const { groups, finish } = await loadBots(file);
  // whatever the file would connect by itself stays here, too
  setRunHost(() => Promise.resolve());
  const options: AppOptions = Object.assign({}, ...groups.map((group) => group.options));
  const server = new TestServer();
  const level = process.env["MUCWRIGHT_LOG_LEVEL"] === undefined ? "warn" : logLevelOf({}, process.env);
  const { service: _service, ca: _ca, ...kept } = options;
  const bots = groups.flatMap((group) => group.bots);
  const app = new BotApp(
    {
      logger: devLogger(level, verbose),
      ...kept,
      bots,
      jid: ACCOUNT,
      password: "nobody checks",
      connect: server.connect,
    },
    groups.flatMap(({ mistakes }) => mistakes),
  );
  const unguard = logForgottenPromises(app);
  try {
    await start(app, server, bots.some(hearsRequests));
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
