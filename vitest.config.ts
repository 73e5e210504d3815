import { fileURLToPath } from "node:url";

import { defineConfig } from "vitest/config";

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  // explicit: Vite applies a tsconfig's decorator flags only to the files that its "include" matches
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  resolve: {
    alias: [
      { find: /^mucwright$/, replacement: file("./src/index.ts") },
      { find: /^mucwright\/muc$/, replacement: file("./src/muc/index.ts") },
      { find: /^mucwright\/testing$/, replacement: file("./src/testing/index.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["reflect-metadata", "./test/support/end-with-run.ts"],
    globalSetup: ["./test/support/global-setup.ts"],
    reporters: ["default", "./test/support/ci-reporter.ts"],
    pool: "forks",
    maxWorkers: 2,
    // only for what hangs: no test fails because its machine is slow
    testTimeout: 60_000,
    hookTimeout: 120_000,
    restoreMocks: true,
    coverage: {
      provider: "v8",
      include: ["src/**"],
      exclude: ["src/cli/**"],
      thresholds: { lines: 90, branches: 80 },
    },
  },
});
