// The code of a guide, compiled with the package's types, and run as it stands there.
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { promisify } from "node:util";

const ROOT = resolve(import.meta.dirname, "../..");
const TSC = join(ROOT, "node_modules/typescript/bin/tsc");

/** How long a test that compiles may take: a quarter of a minute, on a machine that is busy. */
export const COMPILE_TIMEOUT_MS = 300_000;

/** One ```ts block: a module of its own. */
export interface Snippet {
  /** The line of the guide that it begins at. */
  readonly line: number;
  readonly code: string;
  /** Where it is written to, for what is run as a program. */
  readonly path: string;
  /** Runs it; what it exports. */
  load(): Promise<Record<string, unknown>>;
}

/** A Markdown file of `docs/`, by its `##` sections. */
export class Guide {
  /** The whole of it. */
  readonly text: string;
  readonly #folder: string;
  readonly #sections = new Map<string, Snippet[]>();

  /** `name`: `invitations-and-voice.md`. Two test files that read one guide each need a `use` of their own. */
  constructor(name: string, use: string) {
    // Below `test`, so that vitest takes it for source. Nothing else looks into folders with a dot.
    this.#folder = join(ROOT, "test/.guides", `${basename(name, ".md")}-${use}`);
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#folder, { recursive: true });
    const settings = { extends: join(ROOT, "tsconfig.json"), include: ["*.ts"] };
    writeFileSync(join(this.#folder, "tsconfig.json"), JSON.stringify(settings));
    this.text = readFileSync(join(ROOT, "docs", name), "utf8");
    this.#read(this.text);
  }

  #read(text: string): void {
    let section = "";
    for (const match of text.matchAll(/^## (.+)$|^```ts\n([^]*?)^```$/gm)) {
      const [, heading, code] = match;
      if (heading !== undefined) section = heading;
      if (code !== undefined) this.#add(section, text.slice(0, match.index).split("\n").length + 1, code);
    }
  }

  #add(section: string, line: number, code: string): void {
    const snippets = this.#sections.get(section) ?? [];
    const path = join(this.#folder, `line-${line}.ts`);
    writeFileSync(path, code);
    const load = (): Promise<Record<string, unknown>> => import(/* @vite-ignore */ path);
    this.#sections.set(section, [...snippets, { line, code, path, load }]);
  }

  /** The code of a section, in order. Throws for a section without any. */
  snippets(section: string): readonly Snippet[] {
    const found = this.#sections.get(section);
    if (found === undefined) throw new Error(`no code in a section "${section}"`);
    return found;
  }

  /** What the compiler has against the code. */
  async compile(): Promise<readonly string[]> {
    const args = [TSC, "-p", this.#folder, "--noEmit", "--pretty", "false"];
    const output = await promisify(execFile)(process.execPath, args, { cwd: ROOT, maxBuffer: 1 << 26 }).then(
      ({ stdout }) => stdout,
      ({ stdout }: { stdout: string }) => stdout,
    );
    // The package's own sources are checked elsewhere, with the types of what they depend on.
    return output.split(/\n(?=\S)/).filter((error) => error.includes(basename(this.#folder)));
  }

  /** Takes away what was written. */
  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
