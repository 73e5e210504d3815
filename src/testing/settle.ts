import type { BotApp } from "../app/bot-app.js";
import { xml } from "../base/element.js";

const PING = xml("ping", { xmlns: "urn:xmpp:ping" });

/**
 * Resolves when everything that was said has led to what it leads to, and `count` stands still: the server answers in
 * order, so behind its answer stands nothing that it sent before. `held` counts the answers that the server has kept
 * back, as it does while time stands still; null where it keeps back nothing.
 */
export async function settle(
  app: BotApp,
  service: string,
  count: () => number,
  held: () => number | null = () => null,
): Promise<void> {
  for (let before = -1; before !== count();) {
    before = count();
    await answered(app, service, held);
    await app.idle();
    await answered(app, service, held);
  }
}

/** Resolves with the answer of the server, or when that is kept back. */
async function answered(app: BotApp, service: string, held: () => number | null): Promise<void> {
  const before = held();
  const answer = app.session.iq.get(service, PING);
  if (before === null) return void (await answer);
  let over = false;
  const end = (): void => void (over = true);
  answer.then(end, end);
  while (!over && (held() ?? 0) <= before) await new Promise((resolve) => setImmediate(resolve));
}
