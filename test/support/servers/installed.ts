import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import type { ServerName } from "./real-server.js";

/** An installed server: what to run, and what its environment needs in any case. */
export interface Program {
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
}

const PATH = `${process.env["PATH"] ?? ""}:/usr/local/bin:/usr/bin:/bin`;

function onPath(name: string): string | null {
  const isExecutable = (file: string): boolean => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  };
  return (
    PATH.split(":")
      .map((folder) => join(folder, name))
      .find(isExecutable) ?? null
  );
}

/** The folder in which Debian has the libraries of ejabberd: /usr/lib/x86_64-linux-gnu, or another architecture's. */
function ejabberdLibraries(): string | null {
  if (!existsSync("/usr/lib")) return null;
  const hasEjabberd = (folder: string): boolean =>
    readdirSync(folder).some((name) => name.startsWith("ejabberd-"));
  return (
    readdirSync("/usr/lib", { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name.includes("-linux-"))
      .map((entry) => join("/usr/lib", entry.name))
      .find(hasEjabberd) ?? null
  );
}

/** Finds a server on this machine: null where it is not installed. */
export function findProgram(name: ServerName): Program | null {
  const env = { PATH, LC_ALL: "C.UTF-8" };
  if (name === "prosody") {
    const file = onPath("prosody");
    return file === null ? null : { file, env };
  }
  const file = onPath("erl");
  const libraries = ejabberdLibraries();
  return file === null || libraries === null ? null : { file, env: { ...env, ERL_LIBS: libraries } };
}

/** Like `findProgram`. @throws Error where the server is not installed. */
export function needProgram(name: ServerName): Program {
  const program = findProgram(name);
  if (program === null) throw new Error(`${name} is not installed`);
  return program;
}
