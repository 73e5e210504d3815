import { systemClock, type Timer } from "../base/clock.js";

/** A turn that came late counts as so much: what was to happen meanwhile came late, too. */
const TURN_MS = 20;

/**
 * Calls back when nothing has come of something for so long, in the machine's time. Counted is what this process could
 * use: on a machine that is busy with other things, or while a debugger holds it up, patience lasts longer.
 */
export function afterPatience(patienceMs: number, callback: () => void): Timer {
  let leftMs = patienceMs;
  let timer: Timer;
  const turn = (): void => {
    const turnMs = Math.min(TURN_MS, leftMs);
    leftMs -= turnMs;
    timer = systemClock.setTimeout(leftMs > 0 ? turn : callback, turnMs);
  };
  turn();
  return { cancel: () => timer.cancel() };
}
