import { findProgram } from "./installed.js";
import { installDebianPackages, whyNoInstall } from "./install-debian.js";
import { newPlace, openServer } from "./open-server.js";
import { SERVER_NAMES, type ServerName, type ServerPlace } from "./real-server.js";

/** A server of this run: where it is, or why it is not there. */
export interface ServerOfRun {
  readonly place: ServerPlace;
  /** Why the server is not there, or null if it is. */
  readonly missing: string | null;
}

/** Which servers somebody wants who set MUCWRIGHT_TEST_SERVERS to this. CI wants all of them. */
export function wantedServers(env: NodeJS.ProcessEnv): readonly ServerName[] {
  const wish = env["MUCWRIGHT_TEST_SERVERS"] ?? "";
  if (wish === "" || env["CI"] === "true") return SERVER_NAMES;
  if (wish === "none") return [];
  const names = SERVER_NAMES.filter((name) => name === wish);
  if (names.length === 0)
    throw new Error(`MUCWRIGHT_TEST_SERVERS is "${wish}"; it may be none, ${SERVER_NAMES.join(" or ")}`);
  return names;
}

function notThere(name: ServerName, missing: string): ServerOfRun {
  return {
    place: { name, version: "none", dir: "", ports: { c2s: 0, http: 0, directTls: 0 }, options: {} },
    missing,
  };
}

/** Installs what is not installed. Resolves with the reason, if that cannot be. */
async function install(names: readonly ServerName[], tell: (line: string) => void): Promise<string | null> {
  const absent = names.filter((name) => findProgram(name) === null);
  if (absent.length === 0) return null;
  if (process.platform !== "linux") return "it is run on Linux only";
  const why = whyNoInstall();
  if (why !== null) return `it is not installed, and ${why}`;
  tell(`installing ${absent.join(" and ")} from Debian's packages`);
  return installDebianPackages().then(
    () => null,
    (error: Error) => error.message,
  );
}

async function startOne(name: ServerName, folder: string): Promise<ServerOfRun> {
  const server = openServer(await newPlace(name, folder));
  try {
    await server.start();
    return { place: { ...server.place, version: await server.askVersion() }, missing: null };
  } catch (error) {
    return notThere(name, (error as Error).message);
  }
}

/** Starts the wanted servers side by side, each in a folder below `folder`. Says of each what became of it. */
export async function startServers(
  wanted: readonly ServerName[],
  folder: string,
  tell: (line: string) => void,
): Promise<readonly ServerOfRun[]> {
  const why = await install(wanted, tell);
  return Promise.all(
    SERVER_NAMES.map(async (name) => {
      if (!wanted.includes(name)) return notThere(name, "MUCWRIGHT_TEST_SERVERS leaves it out");
      if (findProgram(name) === null) return notThere(name, why ?? "its packages do not contain it");
      return startOne(name, folder);
    }),
  );
}
