// a program of one's own; compiled only
import { run } from "mucwright";
import { MucClient, Session, type Room } from "mucwright/muc";
import { TestServer } from "mucwright/testing";

import { Keeper } from "./bot.js";

/** The client alone. */
export function join(jid: string, password: string): Room {
  const client = new MucClient(new Session({ jid, password }));
  const { room } = client.join("lobby@rooms.example.org", "keeper");
  room.on("message", (message) => message.body.length);
  return room;
}

export const server: TestServer = new TestServer();

await run(Keeper, { jid: "keeper@example.org", password: "secret" });
