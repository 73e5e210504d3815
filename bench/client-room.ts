// A room, or a bot with one decorated handler: client-room.ts PORT WORK COUNT room|handler
import { Bot, createBotApp, MessageReceived, OnEnter, OnMessage, RoomEntered, silentLogger } from "mucwright";
import { MucClient, Session } from "mucwright/muc";

import { Meter } from "./measure.js";
import { sendAll } from "./outbound.js";
import type { Work } from "./scenario.js";
import { DONE, GO, NICK, ROOM } from "./workload.js";

const [, , port, workText, countText, client] = process.argv;
const work = workText as Work;
const count = Number(countText);
const meter = new Meter(count);
const account = { jid: "bot@localhost", password: "bench", service: `xmpp://127.0.0.1:${port ?? ""}` };

@Bot({ rooms: [ROOM], nick: NICK })
class Listener {
  @OnEnter()
  begin(event: RoomEntered): Promise<void> {
    return event.room.sendMessage(GO);
  }

  @OnMessage()
  message(message: MessageReceived): string | undefined {
    if (work === "echo") return message.body;
    meter.take(message.nick, message.body);
    return undefined;
  }
}

async function room(): Promise<void> {
  const session = new Session(account);
  const { room, entered } = new MucClient(session).join(ROOM, NICK);
  const arrived = new Promise<void>((resolve) => {
    room.on("message", ({ nick, body }) => {
      if (body !== DONE) return;
      if (work === "presence") meter.take(nick, body);
      resolve();
    });
  });
  await session.start();
  await entered;
  if (work === "outbound") return sendAll(count, (body) => room.sendMessage(body), arrived);
  room.on("presence", ({ occupant }) => void meter.take(occupant.nick, ""));
  await room.sendMessage(GO);
}

if (client === "room") await room();
else await createBotApp({ bots: [Listener], ...account, logger: silentLogger }).start();
