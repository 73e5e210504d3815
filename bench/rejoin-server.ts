// The embedded service in a process of its own, with rooms that stay: rejoin-server.ts ROOMS
import { TestServer } from "mucwright/testing";

const server = new TestServer({ domain: "localhost" });
for (let n = 0; n < Number(process.argv[2]); n++) server.room(`room${n}@rooms.localhost`).open();
process.on("message", (jid: string) => server.expireSession(jid));
process.on("disconnect", () => process.exit(0));
process.send?.((await server.listen()).port);
