import { Ejabberd } from "../../support/servers/ejabberd.js";
import { Prosody } from "../../support/servers/prosody.js";
import type { RealServer } from "../../support/services.js";

/** Restarts the module that serves the rooms, as an administrator does who changed something of it. */
export async function restartRooms(server: RealServer): Promise<void> {
  if (server instanceof Prosody) await server.shell(`module:reload("muc", "${server.mucDomain}")`);
  if (server instanceof Ejabberd)
    await server.api("restart_module", { host: server.domain, module: "mod_muc" });
}
