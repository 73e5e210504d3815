/** Requests of one call that wait for their answer at the same time: a long list must not take all places. */
const IN_FLIGHT = 100;

/** Does all of it, many at a time and begun in order; one that fails holds up none. The results are in order. */
export async function settleAll(
  acts: readonly (() => Promise<void>)[],
): Promise<readonly PromiseSettledResult<void>[]> {
  const results: PromiseSettledResult<void>[] = [];
  const todo = acts.entries();
  // the iterator is shared: each takes what none has taken yet
  const work = async (): Promise<void> => {
    for (const [index, act] of todo) results[index] = (await Promise.allSettled([act()]))[0];
  };
  await Promise.all(Array.from({ length: Math.min(IN_FLIGHT, acts.length) }, work));
  return results;
}
