// plain JavaScript, no decorators, no loader
import { MucClient, Session } from "mucwright/muc";
import { TestServer } from "mucwright/testing";

const server = new TestServer();
const client = new MucClient(new Session({ jid: "keeper@example.org", password: "secret" }));
if (client.rooms.size !== 0) throw new Error("a new client is in no room");
await server.close();
