import { statSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { BotFileError } from "./bot-file-error.js";
import { explain } from "./explain.js";
import { findModule } from "./find-module.js";
import { loadedFiles } from "./install.js";
import { showPath } from "./place.js";

/** The file that the author means, which may be named without its extension, as in an import. */
function findBotFile(path: string): string {
  const wanted = resolve(path);
  if (statSync(wanted, { throwIfNoEntry: false })?.isDirectory()) {
    const index = findModule(`${wanted}/index`, true);
    const hint = index === null ? "" : `; did you mean ${showPath(index)}?`;
    const message = `${wanted} is a folder: name the file that the bot is in${hint}`;
    throw new BotFileError({ code: "botFileIsFolder", message, place: null });
  }
  const found = findModule(wanted, true);
  if (found === null)
    throw new BotFileError({ code: "botFileNotFound", message: `there is no file ${wanted}`, place: null });
  return found;
}

/**
 * Waits until Node has reported the failure a second time, and sees to it that nobody hears it.
 *
 * WORKAROUND: when an imported CommonJS module throws, Node also leaves a rejected promise of its own behind,
 * which would end the process with a stack trace after our message. AFFECTS: Node 20.
 */
async function absorbEcho(failure: unknown): Promise<void> {
  const onRejection = (reason: unknown): void => {
    if (reason !== failure) throw reason; // somebody else's: as fatal as it would be without this listener
  };
  process.on("unhandledRejection", onRejection);
  await new Promise((done) => setImmediate(done));
  process.off("unhandledRejection", onRejection);
}

/**
 * Imports a bot's file, TypeScript or JavaScript, and gives its exports. Whatever goes wrong becomes a
 * {@link BotFileError} whose message can be shown as it is. The loader must be installed before.
 */
export async function loadBotFile(path: string): Promise<Record<string, unknown>> {
  const file = findBotFile(path);
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    await absorbEcho(error);
    throw await explain(error, file, loadedFiles());
  }
}
