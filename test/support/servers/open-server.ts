import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";

import { Ejabberd } from "./ejabberd.js";
import { freePort } from "./ports.js";
import { Prosody } from "./prosody.js";
import type { ServerName, ServerOptions, ServerPlace } from "./real-server.js";

/** The object of a server that is at this place, or will be. It starts nothing. */
export function openServer(place: ServerPlace): Prosody | Ejabberd {
  return place.name === "prosody" ? new Prosody(place) : new Ejabberd(place);
}

/** Finds a new place for a server: a folder below `parent`, and free ports. It starts nothing. */
export async function newPlace(
  name: ServerName,
  parent: string,
  version = "",
  options: ServerOptions = {},
): Promise<ServerPlace> {
  const dir = await mkdtemp(join(parent, `${name}-`));
  const ports = {
    c2s: await freePort(parent),
    http: await freePort(parent),
    directTls: await freePort(parent),
  };
  return { name, version, dir, ports, options };
}
