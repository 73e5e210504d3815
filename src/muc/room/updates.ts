import type { Element } from "../../base/element.js";
import { JID } from "../../base/jid.js";
import { MessageUpdated, type UpdateContent } from "../events/message-update.js";
import type { MessageFacts } from "../events/messages.js";
import { stranger, type Occupant } from "../occupant.js";
import type { ModerationContent } from "../wire/message-content.js";
import type { AuthorMemory } from "./author-memory.js";
import type { Authored } from "./authorship.js";
import type { RoomContext } from "./room-context.js";

/** Whether who sent it may; see `MessageUpdated.proven`. */
function isProven(sender: Occupant, update: UpdateContent, authors: AuthorMemory): boolean {
  switch (update.kind) {
    case "moderation":
      return true;
    case "reaction":
      return sender.presence.available || sender.occupantId !== null;
    default: {
      const author = authors.authorOf(update.targetId, { stanzaIds: update.kind === "retraction" });
      return author !== null && author.isSamePerson(sender);
    }
  }
}

/** Who removed a message, as the room says: whoever has that nick now, or had it then. */
function moderatorOf(room: RoomContext, { by }: ModerationContent, replay: boolean): Occupant | null {
  const jid = JID.tryParse(by ?? undefined);
  if (jid === null || jid.resource === null || !room.jid.equals(jid.bare())) return null;
  return (replay ? null : room.table.get(jid.resource)) ?? stranger(room.jid, jid.resource);
}

/** Whose message the room removed: a stranger without a nick where that is not known. */
export function moderated(
  room: RoomContext,
  authors: AuthorMemory,
  content: ModerationContent,
  replay: boolean,
): Authored {
  const occupant = authors.authorOf(content.targetId, { stanzaIds: true }) ?? stranger(room.jid, "");
  return { occupant, nick: occupant.nick, source: replay ? "replay" : "live" };
}

/** The event for what a stanza says of an earlier message. */
export function makeUpdate(
  room: RoomContext,
  stanza: Element,
  facts: MessageFacts,
  update: UpdateContent | ModerationContent,
  authors: AuthorMemory,
  isPrivate = false,
): MessageUpdated {
  return new MessageUpdated(room.room, stanza, {
    ...facts,
    update,
    proven: isProven(facts.occupant, update, authors),
    moderator: "by" in update ? moderatorOf(room, update, facts.source === "replay") : null,
    isPrivate,
  });
}
