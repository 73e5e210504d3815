// How costs grow, told in a way that a slow or busy machine does not change: by CPU time, of which others take nothing
// away, of two sizes in turn, which both meet what else goes on, and by the least of several, which met least of it.

/** How often each size is tried. */
const ROUNDS = 5;
/** What a size has to cost at least, so that it can be told from nothing. */
const LEAST_MS = 0.05;
/** What is dearer needs no second look: that is no noise. */
const CLEAR_MS = 3_000;

/** What work may grow by for ten times the size: linear is about 10, quadratic 100. */
export const LINEAR_FOR_TEN = 30;

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** How many times as much CPU time the work takes for ten times the size. */
export async function growthForTen(work: (size: number) => unknown, size: number): Promise<number> {
  const least = { small: Infinity, large: Infinity };
  const measure = async (of: number): Promise<number> => {
    // the test runner is to hear from its worker meanwhile
    await new Promise((resolve) => setImmediate(resolve));
    const beginMs = cpuMs();
    await work(of);
    return cpuMs() - beginMs;
  };
  // what is compiled, is compiled before
  await measure(size);
  for (let round = 0; round < ROUNDS && (round === 0 || least.large < CLEAR_MS); round++) {
    least.small = Math.min(least.small, await measure(size));
    least.large = Math.min(least.large, await measure(10 * size));
  }
  return least.large / Math.max(least.small, LEAST_MS);
}
