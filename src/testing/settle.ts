import type { BotApp } from "../app/bot-app.js";
import { xml } from "../base/element.js";

/** So long, in real time, nothing has to happen: whoever is at work then waits for the time of the test. */
const STILL_MS = 100;
/** A turn that the machine took longer for counts as so much: others who were due came late, too. */
const TURN_MS = 4;
const PING = xml("ping", { xmlns: "urn:xmpp:ping" });

/**
 * Resolves when everything that was said has led to what it leads to, and `count` stands still: the server answers in
 * order, so behind its answer stands nothing that it sent before. `held` counts the answers that the server has kept
 * back, as it does while time stands still; null where it keeps back nothing. A handler that waits for time to go on is
 * not waited for: `changes` counts what is asked of the clock; null where time goes on by itself.
 */
export async function settle(
  app: BotApp,
  service: string,
  count: () => number,
  held: () => number | null = () => null,
  changes: (() => number) | null = null,
): Promise<void> {
  for (let before = -1; before !== count();) {
    before = count();
    await answered(app, service, held);
    await (changes === null ? app.idle() : idleOrStill(app, () => changes() + count()));
    await answered(app, service, held);
  }
}

/** Resolves when no handler is at work, or nothing has happened for a while. */
async function idleOrStill(app: BotApp, changes: () => number): Promise<void> {
  let isIdle = false;
  void app.idle().then(() => (isIdle = true));
  await new Promise((resolve) => setImmediate(resolve));
  let before = changes();
  for (let stillMs = 0; !isIdle && stillMs < STILL_MS; before = changes()) {
    const turnMs = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 2));
    stillMs = changes() === before ? stillMs + Math.min(performance.now() - turnMs, TURN_MS) : 0;
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
