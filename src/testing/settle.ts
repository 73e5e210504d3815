import type { BotApp } from "../app/bot-app.js";
import { xml } from "../base/element.js";

const PING = xml("ping", { xmlns: "urn:xmpp:ping" });

/**
 * Resolves when everything that was said has led to what it leads to, and `count` stands still: the server answers in
 * order, so behind its answer stands nothing that it sent before.
 */
export async function settle(app: BotApp, service: string, count: () => number): Promise<void> {
  for (let before = -1; before !== count();) {
    before = count();
    await app.session.iq.get(service, PING);
    await app.idle();
    await app.session.iq.get(service, PING);
  }
}
