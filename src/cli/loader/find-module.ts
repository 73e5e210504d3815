import { realpathSync, statSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

const TYPESCRIPT = /\.[cm]?tsx?$/;
const JAVASCRIPT = /\.([cm]?)js(x?)$/;
const PATH = /^(?:\.{0,2}\/|\.{1,2}$|file:)/;

const EXTENSIONS = [".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs"];

/** Whether a path, or the path of a URL, is that of a TypeScript file. */
export function isTypeScript(path: string): boolean {
  return TYPESCRIPT.test(path);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** The TypeScript files whose compiled form has this name: TypeScript wants imports to name the latter. */
function sourcesOf(path: string): string[] {
  const [extension, kind, jsx] = JAVASCRIPT.exec(path) ?? [];
  if (extension === undefined) return [];
  const base = path.slice(0, -extension.length);
  if (jsx === "x") return [`${base}.tsx`];
  return kind === "" ? [`${base}.ts`, `${base}.tsx`] : [`${base}.${kind}ts`];
}

/**
 * The file that a path in an import stands for, or null. TypeScript means the source even where the compiled
 * file lies beside it; JavaScript means what it says, and the source only where there is nothing else.
 */
export function findModule(path: string, fromTypeScript: boolean): string | null {
  const sources = sourcesOf(path);
  const folder = path.replace(/\/$/, "");
  const candidates = [
    ...(fromTypeScript ? [...sources, path] : [path, ...sources]),
    ...EXTENSIONS.map((extension) => path + extension),
    ...EXTENSIONS.map((extension) => `${folder}/index${extension}`),
  ];
  return candidates.find(isFile) ?? null;
}

/** The same for an import as it is written: a URL, or null where Node should look for itself. */
export function findImport(specifier: string, parentUrl: string | undefined): string | null {
  if (!PATH.test(specifier) || !URL.canParse(specifier, parentUrl)) return null;
  const url = new URL(specifier, parentUrl);
  if (url.protocol !== "file:") return null;
  const found = findModule(fileURLToPath(url), parentUrl === undefined || isTypeScript(parentUrl));
  // the real path, as Node itself has it: a file reached by two links is still one module
  return found === null ? null : pathToFileURL(realpathSync(found)).href + url.search + url.hash;
}
