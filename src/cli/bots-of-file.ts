import { ArgumentError } from "../base/errors.js";
import { setRunHost } from "../app/run.js";
import type { AppOptions } from "../app/options.js";
import { isBotClass, type Class } from "../bot/metadata.js";
import { installLoader } from "./loader/install.js";
import { loadBotFile } from "./loader/load-bot-file.js";

/** What an author's file wants to be run. */
export interface BotFile {
  readonly bots: readonly Class[];
  /** What the file itself gave to `run`. */
  readonly options: AppOptions;
}

function isClass(value: unknown): value is Class {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
}

/**
 * Loads an author's file: the bots that it exports, or those that it hands to `run` itself. Rejects with a message for
 * people when it cannot be loaded, or has no bot.
 */
export async function loadBots(path: string): Promise<BotFile> {
  installLoader();
  const handed: { bots: Set<Class>; options: AppOptions } = { bots: new Set(), options: {} };
  setRunHost((bots, options) => {
    for (const bot of bots) handed.bots.add(bot);
    handed.options = { ...handed.options, ...options };
    return Promise.resolve();
  });
  const exports = Object.values(await loadBotFile(path));
  if (handed.bots.size > 0) return { bots: [...handed.bots], options: handed.options };
  const bots = [...new Set(exports.filter(isBotClass))];
  if (bots.length > 0) return { bots, options: {} };
  const classes = exports.filter(isClass).map((each) => each.name);
  const found =
    classes.length === 0
      ? "it exports no class: write `export` before the class of your bot"
      : `of what it exports (${classes.join(", ")}) nothing has @Bot(): put it on the class of your bot`;
  throw new ArgumentError(`There is no bot in ${path}: ${found}`);
}
