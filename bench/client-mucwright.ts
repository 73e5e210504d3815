// A bot with one decorated handler.
import { Bot, createBotApp, MessageReceived, OnEnter, OnMessage, RoomEntered, silentLogger } from "mucwright";

import { Meter } from "./measure.js";
import { GO, NICK, ROOM } from "./workload.js";

const meter = new Meter();

@Bot({ rooms: [ROOM], nick: NICK })
class Counter {
  @OnEnter()
  begin(event: RoomEntered): Promise<void> {
    return event.room.sendMessage(GO);
  }

  @OnMessage()
  count(message: MessageReceived): void {
    if (meter.take(message.nick, message.body)) void app.stop();
  }
}

const app = createBotApp({
  bots: [Counter],
  jid: "bot@localhost",
  password: "bench",
  service: `xmpp://127.0.0.1:${process.argv[2] ?? ""}`,
  logger: silentLogger,
});
await app.start();
