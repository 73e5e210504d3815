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
  const there = servers.filter(({ missing }) => missing === null);
  const missing = servers.filter((server) => server.missing !== null);
  for (const { place, missing: why } of missing)
    tell(`${place.name} is not there, its tests are skipped: ${why}`);
  if (there.length > 0)
    tell(
      `${there.map(({ place }) => `${place.name} ${place.version}`).join(", ")}, ` +
        `started in ${Math.round(performance.now() - started)} ms`,
    );
  if (process.env["CI"] === "true" && missing.length > 0)
    throw new Error(
      missing.map(({ place, missing: why }) => `${place.name} is not there: ${why}`).join("\n"),
    );

  project.provide("realServers", servers);
  project.provide("runFolder", folder);
  return () => {
    remove();
    process.off("exit", remove);
  };
}
