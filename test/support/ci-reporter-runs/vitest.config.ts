import { defineConfig } from "vitest/config";

// What the reporter's own tests run in a process of their own.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["*.run.ts"],
    reporters: ["default", "../ci-reporter.ts"],
    globalSetup: process.env["BROKEN_SETUP"] === undefined ? [] : ["./broken-setup.ts"],
    maxWorkers: 1,
  },
});
