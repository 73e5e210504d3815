// Checks the package as its users get it: packed, installed into an empty project, compiled against and run.
// It wants a fresh build, and says so if it has none.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const ROOT = dirname(import.meta.dirname);
const SAMPLES = join(ROOT, "scripts/pack-samples");
const TIMEOUT_MS = 180_000;

/** What makes the check fail: one line for the end, and what a tool said about it. */
class CheckFailure extends Error {
  constructor(message, details = "") {
    super(message);
    this.details = details;
  }
}

// inside `npm run` the environment says where npm itself runs: a second npm would take it for its own project
const env = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) =>
      !/^npm_(?:package_|lifecycle_|config_local_prefix|command$)/.test(name) && name !== "INIT_CWD",
  ),
);

function run(cwd, what, command, ...args) {
  try {
    return execFileSync(command, args, { cwd, env, encoding: "utf8", stdio: "pipe", timeout: TIMEOUT_MS });
  } catch (error) {
    throw new CheckFailure(what, `${error.stdout ?? ""}${error.stderr ?? ""}` || error.message);
  }
}

function runNode(cwd, what, ...args) {
  return run(cwd, what, process.execPath, ...args);
}

/** The executable of one of our development dependencies. */
function tool(path) {
  return join(ROOT, "node_modules", path);
}

function requireBuild() {
  for (const entry of ["index", "muc/index", "testing/index", "cli/main", "cli/register"]) {
    if (!existsSync(join(ROOT, `src/${entry}.ts`))) throw new CheckFailure(`src/${entry}.ts is missing`);
    if (!existsSync(join(ROOT, `dist/${entry}.js`)))
      throw new CheckFailure(`dist/${entry}.js is missing: run "npm run build" first`);
  }
}

/** Packs into `folder`. What is built is packed: a second build would check something else. */
function pack(folder) {
  const json = run(
    ROOT,
    "npm pack failed",
    "npm",
    "pack",
    "--ignore-scripts",
    "--json",
    "--pack-destination",
    folder,
  );
  const [packed] = JSON.parse(json);
  return { ...packed, path: join(folder, packed.filename), files: packed.files.map((file) => file.path) };
}

function checkContents(files) {
  const foreign = files.filter((file) => !/^(?:dist\/.+|README\.md|LICENSE|package\.json)$/.test(file));
  if (foreign.length > 0)
    throw new CheckFailure(`the package holds what is no part of it: ${foreign.join(", ")}`);
  const tests = files.filter((file) =>
    /\.(?:test|spec)\.|\.tsbuildinfo$|(?:^|\/)(?:test|fixtures)\//.test(file),
  );
  if (tests.length > 0) throw new CheckFailure(`the package holds tests: ${tests.join(", ")}`);
  const missing = ["README.md", "LICENSE", "package.json"].filter((file) => !files.includes(file));
  if (missing.length > 0) throw new CheckFailure(`the package lacks ${missing.join(", ")}`);
  const orphan = files.find((file) => {
    const [, module] = /^dist\/(.+)\.js$/.exec(file) ?? [];
    return module !== undefined && !existsSync(join(ROOT, `src/${module}.ts`));
  });
  if (orphan !== undefined) throw new CheckFailure(`${orphan} has no source: run "npm run build" first`);
}

function lint(tarball) {
  runNode(ROOT, "publint has objections", tool("publint/src/cli.js"), "run", tarball, "--strict");
  const attw = tool("@arethetypeswrong/cli/dist/index.js");
  runNode(ROOT, "attw has objections", attw, tarball, "--profile", "esm-only", "--no-emoji", "--no-color");
}

/** An empty project with the package in it, and the samples beside. */
function install(folder, tarball) {
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  const flags = ["--prefer-offline", "--no-audit", "--no-fund", "--no-package-lock"];
  run(folder, "the package cannot be installed", "npm", "install", ...flags, tarball);
  cpSync(SAMPLES, folder, { recursive: true });
  // the types of Node are the author's to have: streams and buffers are part of what we export
  mkdirSync(join(folder, "node_modules/@types"), { recursive: true });
  symlinkSync(tool("@types/node"), join(folder, "node_modules/@types/node"), "junction");
}

function checkInstalled(project) {
  const tsc = tool("typescript/bin/tsc");
  runNode(project, "the types do not compile in a strict NodeNext project", tsc, "-p", ".");
  runNode(project, "plain JavaScript cannot use the entry points", "entry-points.mjs");
  runNode(project, "deep imports are not blocked", "deep-imports.mjs");
  runNode(project, "a bot's TypeScript does not run", "--import", "mucwright/register", "bot.ts");
  const help = run(
    project,
    "the mucwright command does not start",
    "npx",
    "--no",
    "--",
    "mucwright",
    "--help",
  );
  if (!help.includes("mucwright run"))
    throw new CheckFailure("mucwright --help says nothing about its commands", help);
}

const folder = mkdtempSync(join(tmpdir(), "mucwright-pack-"));
try {
  requireBuild();
  const packed = pack(folder);
  checkContents(packed.files);
  lint(packed.path);
  install(join(folder, "project"), packed.path);
  checkInstalled(join(folder, "project"));
  const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
  console.log(
    `package ok: ${packed.filename}, ${kib(packed.size)} packed, ${kib(packed.unpackedSize)} unpacked, ${packed.files.length} files`,
  );
} catch (error) {
  if (!(error instanceof CheckFailure)) throw error;
  if (error.details) console.error(error.details.trimEnd());
  console.error(`package check failed: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
