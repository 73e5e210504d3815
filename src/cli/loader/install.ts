import module, { createRequire, type LoadHook, type ResolveHook } from "node:module";
import { MessageChannel, receiveMessageOnPort, type MessagePort } from "node:worker_threads";

import { RUNS_FROM_SOURCE } from "./own-copy.js";

/** `node:module` as it is since Node 22.15; the types that we build with are those of Node 20. */
interface ModuleWithSyncHooks {
  registerHooks?(this: void, hooks: { resolve: ResolveHook; load: LoadHook }): unknown;
}

const files: string[] = [];
let port: MessagePort | null = null;
let installed = false;

function registerInThisThread(registerHooks: NonNullable<ModuleWithSyncHooks["registerHooks"]>): void {
  // not a static import: under Node 20 this thread would load the compiler for nothing
  const hooks = createRequire(import.meta.url)("./hooks.js") as typeof import("./hooks.js");
  hooks.reportTo((path) => files.push(path));
  registerHooks({ resolve: hooks.resolve, load: hooks.load });
}

function registerInItsOwnThread(): void {
  const { port1, port2 } = new MessageChannel();
  port = port1;
  module.register("./hooks.js", import.meta.url, { data: { port: port2 }, transferList: [port2] });
}

/**
 * From here on this process imports TypeScript, and its stack traces name the lines of the source.
 * A second call does nothing.
 */
export function installLoader(): void {
  if (installed) return;
  installed = true;
  process.setSourceMapsEnabled(true);
  // whoever runs our own TypeScript (a test runner) runs the author's too
  if (RUNS_FROM_SOURCE) return;
  const { registerHooks } = module as ModuleWithSyncHooks;
  if (registerHooks) registerInThisThread(registerHooks);
  else registerInItsOwnThread();
}

/**
 * The files of the author's that have been loaded so far, in that order and each once: what a watcher has to
 * watch. Complete even after an import that failed, the file that broke it included.
 */
export function loadedFiles(): readonly string[] {
  // pulled, and not listened for: when an import fails there may be no later turn in which to hear of it
  for (let entry = port && receiveMessageOnPort(port); entry; entry = port && receiveMessageOnPort(port))
    files.push(entry.message as string);
  return [...new Set(files)];
}
