import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

/** Where this very file lies: in `dist/cli/loader` when installed, in `src/cli/loader` while developing. */
const HERE = import.meta.url;

/** True while our own TypeScript is being run (by a test runner), and not what was compiled from it. */
export const RUNS_FROM_SOURCE = HERE.endsWith(".ts");

// both folders: stack traces of what runs from `dist` name the files of `src`
const OWN_FOLDERS = ["dist/", "src/"].map((folder) => new URL(`../../../${folder}`, HERE).href);

/**
 * The entry points of the package, as its `exports` name them. They are written down here, and not looked
 * up, because of what the look-up would find: from `src` it gives `dist`, a second copy of every class.
 */
export const ENTRY_POINTS: ReadonlyMap<string, string> = new Map([
  ["mucwright", "index"],
  ["mucwright/muc", "muc/index"],
  ["mucwright/testing", "testing/index"],
  ["mucwright/register", "cli/register"],
]);

/** The module behind one of our public entry points, in the copy that is running; null for any other name. */
export function ownEntryPoint(specifier: string): string | null {
  const path = ENTRY_POINTS.get(specifier);
  return path === undefined ? null : new URL(`../../${path}${RUNS_FROM_SOURCE ? ".ts" : ".js"}`, HERE).href;
}

/** Whether a module is the author's own: neither installed by somebody, nor a part of this package. */
export function isAuthors(url: string): boolean {
  return (
    url.startsWith("file:") &&
    !url.includes("/node_modules/") &&
    !OWN_FOLDERS.some((folder) => url.startsWith(folder))
  );
}

const ONLY_OURS = /^(?:tsyringe|reflect-metadata|@oxc-project\/runtime)(?:\/|$)/;
const found = new Map<string, string | null>();

/**
 * What the author imports of a package that only we have (the compiler's helpers) or of which there may be
 * only one copy, looked up from our folder and not from theirs. Null for everything else.
 *
 * The container and the metadata must be the ones that the framework uses: a second tsyringe does not know
 * what the first was told, and injection would fail although everything is installed. Not to be asked for
 * what a dependency of the author's imports: that is its own business, and need not be of our major version.
 */
export function ownDependency(specifier: string): string | null {
  if (!ONLY_OURS.test(specifier)) return null;
  // each file imports the same helpers again
  let url = found.get(specifier);
  if (url === undefined) {
    url = lookUp(specifier);
    found.set(specifier, url);
  }
  return url;
}

function lookUp(specifier: string): string | null {
  try {
    return pathToFileURL(createRequire(HERE).resolve(specifier)).href;
  } catch {
    return null; // no such file in it: Node's own look-up says so in the author's terms
  }
}
