import { readFileSync } from "node:fs";
import type { LoadHook, ResolveHook } from "node:module";
import { fileURLToPath } from "node:url";
import type { MessagePort } from "node:worker_threads";

import { findImport, isTypeScript } from "./find-module.js";
import { isAuthors, ownDependency, ownEntryPoint } from "./own-copy.js";
import { transformTypeScript } from "./transform.js";

let report: (path: string) => void = () => {};

/** Names the one who is told the path of each file of the author's that is loaded. */
export function reportTo(listener: (path: string) => void): void {
  report = listener;
}

/** Called by Node where the hooks run in a thread of their own: the port is the way back. */
export function initialize(data: { port: MessagePort }): void {
  reportTo((path) => data.port.postMessage(path));
}

/** A deep import of ours, refused in the author's terms: Node would name this file as the importer. */
function noSuchEntryPoint(specifier: string, parentUrl: string | undefined): Error {
  const from = parentUrl?.startsWith("file:") ? ` imported from ${fileURLToPath(parentUrl)}` : "";
  const error = new Error(`"${specifier}" is no entry point of mucwright${from}`);
  return Object.assign(error, { code: "ERR_PACKAGE_PATH_NOT_EXPORTED" });
}

/**
 * Finds what an import means. What is left to Node is returned as Node gives it, a promise or not: in a thread
 * of their own the hooks are asynchronous, in the main thread (`module.registerHooks`) they may not be.
 */
export const resolve: ResolveHook = (specifier, context, nextResolve) => {
  const { parentURL } = context;
  const fromAuthor = parentURL === undefined || isAuthors(parentURL);
  const url =
    ownEntryPoint(specifier) ??
    (fromAuthor ? (ownDependency(specifier) ?? findImport(specifier, parentURL)) : null);
  if (url !== null) return { url, shortCircuit: true };
  if (specifier.startsWith("mucwright/") && fromAuthor) throw noSuchEntryPoint(specifier, parentURL);
  return nextResolve(specifier, context);
};

/** Turns the author's TypeScript into JavaScript; everything else is left to Node. */
export const load: LoadHook = (url, context, nextLoad) => {
  if (!isAuthors(url)) return nextLoad(url, context);
  const file = fileURLToPath(url);
  report(file);
  if (!isTypeScript(file)) return nextLoad(url, context);
  const source = transformTypeScript(file, readFileSync(file, "utf8"));
  return { format: file.endsWith(".cts") ? "commonjs" : "module", shortCircuit: true, source };
};
