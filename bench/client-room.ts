// A bot with one decorated handler, or a room of the client alone: client-room.ts PORT message|presence
import { Bot, createBotApp, MessageReceived, OnEnter, OnMessage, RoomEntered, silentLogger } from "mucwright";

import { Meter } from "./measure.js";
import { DONE, GO, NICK, ROOM } from "./workload.js";

const [, , port, scenario] = process.argv;
const meter = new Meter();

@Bot({ rooms: [ROOM], nick: NICK })
class Counter {
  @OnEnter()
  begin(event: RoomEntered): Promise<void> {
    // There is no decorator for presences yet.
    if (scenario === "presence")
      event.room.on("presence", ({ occupant }) => void meter.take(occupant.nick, ""));
    return event.room.sendMessage(GO);
  }

  @OnMessage()
  count(message: MessageReceived): void {
    const last = message.body === DONE;
    if ((scenario === "message" || last) && meter.take(message.nick, message.body)) void app.stop();
  }
}

const app = createBotApp({
  bots: [Counter],
  jid: "bot@localhost",
  password: "bench",
  service: `xmpp://127.0.0.1:${port ?? ""}`,
  logger: silentLogger,
});
await app.start();
