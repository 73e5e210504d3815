import { xml, type Element } from "../base/element.js";

/** The namespace of the bot mark. */
export const BOT_MARK = "urn:mucwright:bot:0";

/** `<bot xmlns="urn:mucwright:bot:0"/>`, in every message that a bot says. Elements do not change: one will do. */
export const BOT_MARK_ELEMENT: Element = xml("bot", { xmlns: BOT_MARK });

/**
 * Whether a message says that a bot says it. Anybody may say that: it keeps bots from doing what others tell them, and is
 * no reason to let something pass.
 */
export function isBotMarked(stanza: Element): boolean {
  return stanza.getChild("bot", BOT_MARK) !== undefined;
}
