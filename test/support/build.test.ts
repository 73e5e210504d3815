import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { authorFolder } from "../cli/loader/support/author.js";
import { ensureBuiltIn } from "./build.js";

/** A project with one source, whose compiler writes it three times, slowly. */
class Project {
  readonly root = authorFolder({ "src/a.ts": "first" });

  /** Its source is older than what is built of it: file systems tell times apart in steps of some milliseconds. */
  constructor() {
    const before = Date.now() / 1000 - 60;
    utimesSync(join(this.root, "src/a.ts"), before, before);
  }

  /** How often it was compiled. */
  count = 0;
  /** What happens while it is compiled. */
  meanwhile = (): void => {};

  build(): Promise<void> {
    return ensureBuiltIn(this.root, async (root, into) => {
      this.count += 1;
      const text = readFileSync(join(root, "src/a.ts"), "utf8");
      mkdirSync(into);
      for (const name of ["index.js", "last.js", "middle.js"]) {
        writeFileSync(join(into, name), text);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      this.meanwhile();
    });
  }

  /** What lies in `dist`, file by file. */
  get built(): readonly string[] {
    const dist = join(this.root, "dist");
    if (!readdirSync(this.root).includes("dist")) return [];
    return readdirSync(dist)
      .toSorted()
      .map((name) => readFileSync(join(dist, name), "utf8"));
  }

  /** Makes the source newer than all that was built. */
  change(text: string): void {
    const file = join(this.root, "src/a.ts");
    writeFileSync(file, text);
    const later = Date.now() / 1000 + 0.05;
    utimesSync(file, later, later);
  }
}

const thrice = (text: string): readonly string[] => [text, text, text];

it("is built once, whoever asks meanwhile, and nobody sees half of it", async () => {
  const project = new Project();
  const seen: (readonly string[])[] = [];
  const watch = setInterval(() => seen.push(project.built), 1);
  await Promise.all([project.build(), project.build(), project.build()]);
  clearInterval(watch);
  await project.build();
  expect(project.count).toBe(1);
  expect(project.built).toEqual(thrice("first"));
  for (const each of seen) expect([[], thrice("first")]).toContainEqual(each);
  expect(readdirSync(project.root).toSorted()).toEqual(["dist", "src"]);
});

it("is built again when a source has changed, also while it was being built", async () => {
  const project = new Project();
  await project.build();
  project.change("second");
  project.meanwhile = () => {
    project.meanwhile = () => {};
    project.change("third");
  };
  await project.build();
  expect(project.built).toEqual(thrice("third"));
});

it("is built again where a build was broken off, by whoever asks next, though the lock is there still", async () => {
  const project = new Project();
  await project.build();
  rmSync(join(project.root, "dist/middle.js"));
  writeFileSync(join(project.root, "dist/index.js"), "half");
  project.change("second");
  const dead = execFileSync(process.execPath, ["-p", "process.pid"], { encoding: "utf8" });
  writeFileSync(join(project.root, ".dist-lock"), dead.trim());
  await project.build();
  expect(project.built).toEqual(thrice("second"));
});

it("stays as it was when the compiler fails, and the next one may try", async () => {
  const project = new Project();
  await project.build();
  project.change("second");
  project.meanwhile = () => {
    throw new Error("no room left");
  };
  await expect(project.build()).rejects.toThrow("no room left");
  expect(project.built).toEqual(thrice("first"));
  project.meanwhile = () => {};
  await project.build();
  expect(project.built).toEqual(thrice("second"));
});
