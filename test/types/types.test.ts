// the promise that a wrong handler does not compile, kept by the compiler itself
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const FIXTURES = join(import.meta.dirname, "fixtures");
const NAMES = readdirSync(FIXTURES).map((name) => name.replace(/\.txt$/, ""));

/** In the repository, so that the package's dependencies are found. */
const FOLDER_PREFIX = ".mucwright-types-";

/** The compilers that authors may have; the second one only where it is installed. */
const COMPILERS = ["typescript/bin/tsc", "typescript7/bin/tsc"]
  .map((path) => join(ROOT, "node_modules", path))
  .filter((path, index) => index === 0 || installed(path));

function installed(path: string): boolean {
  try {
    return readFileSync(path) !== null;
  } catch {
    return false;
  }
}

interface Reported {
  readonly line: number;
  readonly text: string;
}

/** What a line of a fixture that ends in `// ✗ …` has to be reported with. */
function expected(source: string): Reported[] {
  return source.split("\n").flatMap((each, index) => {
    const [, text] = /\/\/ ✗ (.*)$/.exec(each) ?? [];
    return text === undefined ? [] : [{ line: index + 1, text }];
  });
}

/** The errors by file; what is indented belongs to the one above. */
function readErrors(output: string): ReadonlyMap<string, Reported[]> {
  const errors = new Map<string, Reported[]>();
  for (const entry of output.split(/\n(?=\S)/)) {
    const [, path, line, text] = /^(.+?)\((\d+),\d+\): error TS\d+: ([^]*)$/.exec(entry) ?? [];
    // the package's own sources are checked elsewhere
    if (path === undefined || text === undefined || !path.includes(FOLDER_PREFIX)) continue;
    const file = path.slice(path.lastIndexOf("/") + 1);
    errors.set(file, [...(errors.get(file) ?? []), { line: Number(line), text }]);
  }
  return errors;
}

describe.each(COMPILERS)("%s", (compiler) => {
  const folder = mkdtempSync(join(ROOT, "node_modules", FOLDER_PREFIX));
  let errors: ReadonlyMap<string, Reported[]> = new Map();

  beforeAll(async () => {
    for (const name of NAMES)
      writeFileSync(join(folder, `${name}.ts`), readFileSync(join(FIXTURES, `${name}.txt`)));
    const settings = {
      extends: join(ROOT, "tsconfig.json"),
      compilerOptions: { paths: { mucwright: [join(ROOT, "src/index.ts")] } },
      include: ["*.ts"],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings));
    const args = [compiler, "-p", folder, "--pretty", "false"];
    const output = await promisify(execFile)(process.execPath, args, { cwd: ROOT, maxBuffer: 1 << 26 }).then(
      ({ stdout }) => stdout,
      ({ stdout }: { stdout: string }) => stdout,
    );
    errors = readErrors(output);
  }, 300_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(NAMES)("%s: each wrong line is reported, with the reason, and no other", (name) => {
    const wanted = expected(readFileSync(join(FIXTURES, `${name}.txt`), "utf8"));
    const found = errors.get(`${name}.ts`) ?? [];
    expect(wanted.length).toBeGreaterThan(5);
    const said = (line: number): string =>
      found
        .filter((each) => each.line === line)
        .map(({ text }) => text)
        .join("\n");
    expect(found.filter(({ line }) => !wanted.some((each) => each.line === line))).toEqual([]);
    for (const { line, text } of wanted)
      expect.soft({ line, said: said(line) }).toEqual({ line, said: expect.stringContaining(text) });
  });
});
