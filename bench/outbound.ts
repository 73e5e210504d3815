// The messages that a client sends as fast as they are taken: batches that are not awaited one by one.
import { CpuTime, report } from "./measure.js";
import { DONE } from "./workload.js";

const BATCH = 50;

/**
 * Sends `count` messages, and one that asks the server whether all have come. `arrived` resolves when it says so; the
 * server ends instead when some have not.
 */
export async function sendAll(
  count: number,
  say: (body: string) => Promise<void>,
  arrived: Promise<void>,
): Promise<void> {
  const cpu = new CpuTime();
  for (let sent = 0; sent < count; sent += BATCH)
    await Promise.all(
      Array.from({ length: Math.min(BATCH, count - sent) }, (_, at) =>
        say(`message ${sent + at} of some length, & more`),
      ),
    );
  await say(DONE);
  await arrived;
  report({ "µs of CPU": cpu.us / count });
}
