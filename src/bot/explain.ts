import type { MessageReceived } from "../muc/events/messages.js";
import { frozenStanding } from "./guards/standing.js";
import { callOf, commandsFor, isMeant } from "./help.js";
import type { RunningBot } from "./router.js";
import { quotable, textFor } from "./texts.js";

/** What a line asks of those of the bots that explain; null for nothing of the kind. */
export function asksWhy(line: string): "whoami" | "why" | null {
  const [, word] = /^(whoami|why)(?:\s|$)/i.exec(line) ?? [];
  return word === undefined ? null : (word.toLowerCase() as "whoami" | "why");
}

/** What `whoami` answers: what rules are asked about. No address is told: a room need not know it. */
export function whoamiText([bot]: readonly RunningBot[], message: MessageReceived): string {
  if (bot === undefined) return "";
  const { role, affiliation, realJid, occupantId } = frozenStanding(message);
  const known = realJid !== null ? "knownByAddress" : occupantId !== null ? "knownById" : "notKnown";
  const proof = textFor(bot.texts, known);
  const nick = message.nick === "" ? message.room.nick : message.nick;
  return textFor(bot.texts, "whoami", { nick, role, affiliation, proof });
}

/** What `why <command>` answers: of each command that is meant whether whoever asks may give it, or what is in the way. */
export function whyText(bots: readonly RunningBot[], message: MessageReceived, asked: string): string {
  const [first] = bots;
  if (first === undefined) return "";
  const name = asked.trim();
  if (name === "") return textFor(first.texts, "whyWhat");
  const meant = commandsFor(bots, message, () => true).filter((each) => isMeant(each, name));
  if (meant.length === 0) return textFor(first.texts, "helpUnknown", { word: quotable(name) });
  const lines = meant.map(({ bot, handler }) => {
    const usage = callOf(bot, handler.template.usage, message.room.nick);
    const rule = handler.guards?.refusing(message)?.shown;
    return rule === undefined
      ? textFor(bot.texts, "whyAllowed", { usage })
      : textFor(bot.texts, "whyRefused", { usage, rule });
  });
  return lines.join("\n");
}
