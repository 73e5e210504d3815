import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { MAX_WAITING, RoomQueue, type RoomQueueOptions } from "../../src/bot/room-queue.js";

function makeQueue<E>(
  options: Partial<RoomQueueOptions<E>> & Pick<RoomQueueOptions<E>, "handle">,
): RoomQueue<E> {
  return new RoomQueue<E>({ failed: () => {}, full: () => {}, relieved: () => {}, ...options });
}

describe("the queue of a room", () => {
  it("handles at once what nobody is before", () => {
    const seen: number[] = [];
    const queue = makeQueue<number>({ handle: (event) => void seen.push(event) });
    queue.push(1);
    queue.push(2);
    expect(seen).toEqual([1, 2]);
  });

  it("handles one at a time and in order, also what comes while it is at work", async () => {
    const log: string[] = [];
    const queue = makeQueue<number>({
      handle: async (event) => {
        log.push(`begin ${event}`);
        if (event === 1) queue.push(4);
        await Promise.resolve();
        log.push(`end ${event}`);
      },
    });
    for (const event of [1, 2, 3]) queue.push(event);
    await queue.idle();
    expect(log).toEqual([1, 4, 2, 3].flatMap((event) => [`begin ${event}`, `end ${event}`]));
  });

  it("does not handle an event inside the handling of another", () => {
    const log: string[] = [];
    const queue = makeQueue<number>({
      handle: (event) => {
        log.push(`begin ${event}`);
        if (event === 1) queue.push(2);
        log.push(`end ${event}`);
        return undefined;
      },
    });
    queue.push(1);
    expect(log).toEqual(["begin 1", "end 1", "begin 2", "end 2"]);
  });

  it("is idle at once, or when the last one is done", async () => {
    let finish = (): void => {};
    const queue = makeQueue<number>({ handle: () => new Promise((resolve) => (finish = resolve)) });
    await queue.idle();
    queue.push(1);
    let idle = false;
    const waiting = queue.idle().then(() => (idle = true));
    await Promise.resolve();
    expect(idle).toBe(false);
    finish();
    await waiting;
  });

  it("drops what finds no place, counts it, and reports each run of drops once", async () => {
    let finish = (): void => {};
    const reports: string[] = [];
    let handled = 0;
    const queue = makeQueue<number>({
      handle: (event) => {
        handled++;
        return event === 0 ? new Promise((resolve) => (finish = resolve)) : undefined;
      },
      full: (event) => reports.push(`full at ${event}`),
      relieved: (dropped) => reports.push(`${dropped} dropped`),
    });
    for (let event = 0; event < MAX_WAITING + 50; event++) queue.push(event);
    expect(reports).toEqual([`full at ${MAX_WAITING + 1}`]);
    expect(queue.dropped).toBe(49);
    finish();
    await queue.idle();
    expect(handled).toBe(MAX_WAITING + 1);
    expect(reports).toEqual([`full at ${MAX_WAITING + 1}`, "49 dropped"]);
    queue.push(1);
    expect(queue.dropped).toBe(49);
  });

  it.each([
    ["handles what waits", (queue: RoomQueue<number>) => queue.close(), undefined, [1, 2, 3]],
    ["forgets it when told so", (queue: RoomQueue<number>) => queue.discard(), 2, [1]],
  ])("takes nothing more once closed, and %s", async (_name, close, result, expected) => {
    const seen: number[] = [];
    let finish = (): void => {};
    const queue = makeQueue<number>({
      handle: (event) => {
        seen.push(event);
        return event === 1 ? new Promise((resolve) => (finish = resolve)) : undefined;
      },
    });
    for (const event of [1, 2, 3]) queue.push(event);
    expect(close(queue)).toBe(result);
    queue.push(4);
    finish();
    await queue.idle();
    expect(seen).toEqual(expected);
  });

  it("is stopped by no sequence of handlers, failures and promises", async () => {
    const kinds = fc.constantFrom(
      "sync",
      "throws",
      "promise",
      "rejects",
      "late",
      "pushes",
      "rejectsWithNothing",
    );
    await fc.assert(
      fc.asyncProperty(fc.array(kinds, { maxLength: 60 }), fc.boolean(), async (sequence, reportersFail) => {
        const seen: number[] = [];
        const failures: number[] = [];
        let extra = 0;
        const queue = makeQueue<{ kind: string; number: number }>({
          handle: ({ kind, number }) => {
            seen.push(number);
            switch (kind) {
              case "throws":
                throw new Error("thrown");
              case "promise":
                return Promise.resolve();
              case "rejects":
                return Promise.reject(new Error("rejected"));
              case "rejectsWithNothing":
                return Promise.reject(undefined as unknown as Error);
              case "late":
                return new Promise((resolve) => setImmediate(resolve));
              case "pushes":
                queue.push({ kind: "sync", number: 1000 + extra++ });
                return undefined;
              default:
                return undefined;
            }
          },
          failed: (_error, { number }) => {
            failures.push(number);
            if (reportersFail) throw new Error("so does the report");
          },
        });
        for (const [number, kind] of sequence.entries()) queue.push({ kind, number });
        await queue.idle();
        expect(seen.filter((number) => number < 1000)).toEqual([...sequence.keys()]);
        expect(seen).toHaveLength(sequence.length + extra);
        expect(failures).toHaveLength(sequence.filter((kind) => /^(throws|rejects)/.test(kind)).length);
      }),
      { numRuns: 200 },
    );
  });
});
