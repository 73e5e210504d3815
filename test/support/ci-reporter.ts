import type { Reporter, TestModule, Vitest } from "vitest/node";

/** How a run went, in tests. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * Counts the tests. What has no test to be counted by counts as a failed one: a file that could not be loaded, a
 * hook that threw, an error that nobody caught, a test that never got to run.
 */
export function countTests(modules: readonly TestModule[], unhandledErrors: number): Counts {
  const states = modules.flatMap(({ children }) =>
    [...children.allTests()].map((test) => test.result().state),
  );
  const suites = modules.flatMap((module) => [module, ...module.children.allSuites()]);
  const broken = suites.filter((suite) => suite.errors().length > 0).length;
  const count = (state: string): number => states.filter((each) => each === state).length;
  return {
    passed: count("passed"),
    failed: count("failed") + count("pending") + broken + unhandledErrors,
    skipped: count("skipped"),
  };
}

/** Ends the run with a line that any CI reads: "N passed, N failed, N skipped". It never hides a failed run. */
export default class CiReporter implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
    // The last moment there is: a run may also end before its tests begin, and be talked about after its end.
    if (!vitest.config.watch) process.once("exit", (code) => this.#print(code));
  }

  onTestRunEnd(): void {
    if (this.#vitest?.config.watch === true) this.#print(0);
  }

  #print(exitCode: number): void {
    const state = this.#vitest?.state;
    const modules = state?.getTestModules() ?? [];
    const { passed, failed, skipped } = countTests(modules, state?.getUnhandledErrors().length ?? 0);
    const failures = exitCode === 0 ? failed : Math.max(1, failed);
    process.stdout.write(`${passed} passed, ${failures} failed, ${skipped} skipped\n`);
  }
}
