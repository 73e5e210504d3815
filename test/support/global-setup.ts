import type { TestProject } from "vitest/node";

import { makeRunFolder, removeLeftovers, removeRunFolder } from "./servers/run-folder.js";
import { startServers, wantedServers, type ServerOfRun } from "./servers/start-servers.js";

declare module "vitest" {
  interface ProvidedContext {
    /** The real servers of this run. */
    realServers: readonly ServerOfRun[];
    /** The folder below which tests have servers of their own. It is removed when the run ends, however it ends. */
    runFolder: string;
  }
}

/**
 * Starts the real servers, once for all tests. What is not there is said in a line and its tests are skipped; where
 * `CI` is `true` it ends the run instead.
 */
export default async function setup(project: TestProject): Promise<() => void> {
  const tell = (line: string): void => project.vitest.logger.log(`real servers: ${line}`);
  const wanted = wantedServers(process.env);
  if (process.platform === "linux") removeLeftovers();
  const folder = makeRunFolder();
  const remove = (): void => removeRunFolder(folder);
  // Vitest exits on SIGINT and SIGTERM without a teardown, and on its own errors too.
  process.once("exit", remove);

  const started = performance.now();
  const servers = await startServers(wanted, folder, tell);
  const there = servers.filter(({ missing }) => missing === null).map(({ place }) => place);
  const missing = servers.flatMap(({ place, missing: why }) =>
    why === null ? [] : [`${place.name}: ${why}`],
  );
  if (process.env["CI"] === "true" && missing.length > 0)
    throw new Error(`CI needs all real servers, and not all are there.\n${missing.join("\n")}`);
  for (const line of missing) tell(`tests are skipped on ${line}`);
  const names = there.map(({ name, version }) => `${name} ${version}`).join(", ");
  if (names !== "") tell(`${names}, ready after ${Math.round(performance.now() - started)} ms`);

  project.provide("realServers", servers);
  project.provide("runFolder", folder);
  return () => {
    remove();
    process.off("exit", remove);
  };
}
