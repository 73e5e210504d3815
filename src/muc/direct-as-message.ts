import type { DirectMessageReceived } from "./events/direct-message.js";
import { MessageReceived } from "./events/messages.js";
import type { MessageVoice } from "./events/spoken.js";
import { Occupant } from "./occupant.js";
import type { RoomHost } from "./room-host.js";
import { createRoom } from "./room.js";
import type { DraftInit } from "./wire/draft.js";
import { NO_TEXTS } from "./wire/texts.js";

/** What a direct message answers with. */
type Answer = (draft: DraftInit) => Promise<void>;

/**
 * A direct message for whoever takes messages of a room. Its room is one that we never enter: whatever is asked of it
 * rejects with `NotJoinedError`. Who it is from the servers vouch for; what they are in rooms nobody says.
 */
export function directAsMessage(
  host: RoomHost,
  event: DirectMessageReceived,
  answer: Answer,
): MessageReceived {
  const account = event.from.bare();
  const nick = account.local ?? account.domain;
  const { room } = createRoom(host, account, event.ownName, { autorejoin: false });
  const occupant = new Occupant(account, {
    nick,
    realJid: account,
    occupantId: null,
    role: "none",
    affiliation: "none",
    available: false,
    show: null,
    status: NO_TEXTS,
  });
  const voice: MessageVoice = {
    answer: (draft) => answer(draft),
    answerPrivately: (_to, draft) => answer(draft),
  };
  return new MessageReceived(room, event.stanza, {
    occupant,
    nick,
    receivedAtMs: host.clock.now(),
    languages: host.languages,
    voice,
    source: "live",
    ownNick: event.ownName,
    isPrivate: true,
  });
}
