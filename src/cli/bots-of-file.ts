import { readFileSync } from "node:fs";

import type { AppOptions } from "../app/options.js";
import { setRunHost } from "../app/run.js";
import { ArgumentError } from "../base/errors.js";
import type { AuthoringMistake } from "../bot/errors.js";
import { classesOf } from "../bot/features.js";
import { handlersOf, isBotClass, type Class } from "../bot/metadata.js";
import { installLoader, loadedFiles } from "./loader/install.js";
import { loadBotFile } from "./loader/load-bot-file.js";

/** Bots that are one application. */
export interface BotGroup {
  readonly bots: readonly Class[];
  /** What the file itself gave to `run`. */
  readonly options: AppOptions;
  /** What is wrong with what the file exports beside them; to be told with what is wrong with the bots. */
  readonly mistakes: readonly AuthoringMistake[];
}

/** What an author's file wants to be run. */
export interface BotFile {
  /** One group of all that the file exports; or one for each time that it calls `run` itself. */
  readonly groups: readonly BotGroup[];
  /** The bots have ended: what stands behind `await run(…)` in the file goes on. Rejects with what that throws. */
  readonly finish: () => Promise<void>;
}

function isClass(value: unknown): value is Class {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
}

/** Nothing of it is left at run time, so the sources are asked. */
function isAbstract({ name }: Class): boolean {
  const declaration = new RegExp(`\\babstract\\s+class\\s+${name.replaceAll("$", "\\$")}(?![\\w$])`);
  return loadedFiles().some((file) => declaration.test(readFileSync(file, "utf8")));
}

function isBaseOf(base: Class, bots: readonly Class[]): boolean {
  return bots.some((bot) => Object.prototype.isPrototypeOf.call(base, bot));
}

/** Handlers that nothing would ever call: mostly a forgotten `@Bot()`. */
function orphanMistakes(exports: readonly unknown[], bots: readonly Class[]): readonly AuthoringMistake[] {
  const listed = bots.flatMap(classesOf);
  const orphans = exports.filter(
    (value): value is Class =>
      isClass(value) &&
      !isBotClass(value) &&
      handlersOf(value).length > 0 &&
      !listed.includes(value) &&
      !isBaseOf(value, listed),
  );
  return orphans
    .filter((orphan) => !isAbstract(orphan))
    .map((orphan) => ({
      where: orphan.name,
      problem: `it has handlers (${handlersOf(orphan)
        .map(({ method }) => String(method))
        .join(", ")}), and no bot has them`,
      fix: "Put @Bot() on it, or list it in the features of a bot, or let a bot extend it",
    }));
}

function exportedBots(exports: readonly unknown[], path: string): BotGroup {
  const bots = [...new Set(exports.filter(isBotClass))];
  if (bots.length > 0) return { bots, options: {}, mistakes: orphanMistakes(exports, bots) };
  const classes = exports.filter(isClass).map((each) => each.name);
  const found =
    classes.length === 0
      ? "it exports no class: write `export` before the class of your bot"
      : `of what it exports (${classes.join(", ")}) nothing has @Bot(): put it on the class of your bot`;
  throw new ArgumentError(`There is no bot in ${path}: ${found}`);
}

/**
 * Loads an author's file: the bots that it exports, or those that it hands to `run` itself. Rejects with a message for
 * people when it cannot be loaded, or has no bot.
 */
export async function loadBots(path: string): Promise<BotFile> {
  installLoader();
  const groups: BotGroup[] = [];
  let finished = (): void => {};
  const end = new Promise<void>((resolve) => (finished = resolve));
  const handedOver = new Promise<void>((resolve) =>
    setRunHost((bots, options) => {
      groups.push({ bots, options, mistakes: [] });
      resolve();
      return end;
    }),
  );
  // `await run(…)` keeps the file from being loaded until its bots have ended
  const loading = loadBotFile(path);
  const exports = await Promise.race([
    loading.then((loaded): readonly unknown[] => Object.values(loaded)),
    handedOver.then(() => new Promise<null>((resolve) => setImmediate(resolve, null))),
  ]);
  if (groups.length === 0) groups.push(exportedBots(exports ?? [], path));
  return {
    groups: [...groups],
    finish: async () => {
      finished();
      await loading;
    },
  };
}
