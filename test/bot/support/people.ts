// people in the room of a bot, and what they say
import type { Element } from "../../../src/base/element.js";
import { BotsInRoom, turns } from "./bots-in-room.js";

/** A bot in its room with alice and bob; the address of alice is known where it is given. */
export async function entered(type: new () => object, jid?: string): Promise<BotsInRoom> {
  const bots = new BotsInRoom(type);
  const room = await bots.enter();
  bots.comes("alice", room.jid.toString(), [], jid === undefined ? {} : { jid });
  bots.comes("bob");
  return bots;
}

/** Says it, and waits until all that can happen at once has. */
export async function say(
  bots: BotsInRoom,
  body: string,
  nick = "alice",
  extra: readonly Element[] = [],
): Promise<void> {
  bots.says(body, { nick, extra });
  await turns();
}
