import { execFile } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

const PACKAGES = ["prosody", "prosody-modules", "ejabberd"];
const POLICY = "/usr/sbin/policy-rc.d";
const OUR_POLICY = "#!/bin/sh\n# made by mucwright's tests, while they install servers\nexit 101\n";
const PATIENCE_MS = 300_000;

/** Why packages cannot be installed here, or null if they can. */
export function whyNoInstall(): string | null {
  if (!existsSync("/usr/bin/apt-get")) return "there is no apt-get to install it with";
  if (process.getuid?.() !== 0) return "only root may install it";
  return null;
}

async function aptGet(...args: string[]): Promise<void> {
  const options = { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" } };
  const lock = `DPkg::Lock::Timeout=${PATIENCE_MS / 1000}`;
  try {
    await promisify(execFile)("/usr/bin/apt-get", ["-o", lock, "-q", "-y", ...args], {
      ...options,
      maxBuffer: 2 ** 26,
    });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    const tail = `${stdout}\n${stderr}`.trim().split("\n").slice(-10).join("\n");
    throw new Error(`apt-get ${args.join(" ")} failed:\n${tail}`, { cause: error });
  }
}

/** Reads the package lists anew. Their lock has no time-out of its own, so another apt-get is waited for here. */
async function update(): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; ; await delay(1000)) {
    try {
      return await aptGet("update");
    } catch (error) {
      if (Date.now() > end || !String(error).includes("Could not get lock")) throw error;
    }
  }
}

/**
 * Installs the servers from Debian's packages. A `policy-rc.d`, unless the machine has one, keeps them from being
 * started as services: both want the standard ports, and ejabberd's installation fails where its start does.
 */
export async function installDebianPackages(): Promise<void> {
  const isOurs = !existsSync(POLICY) || readFileSync(POLICY, "utf8") === OUR_POLICY;
  const removePolicy = (): void => rmSync(POLICY, { force: true });
  try {
    if (isOurs) {
      process.once("exit", removePolicy);
      writeFileSync(POLICY, OUR_POLICY, { mode: 0o755 });
    }
    await update();
    await aptGet("install", "--no-install-recommends", ...PACKAGES);
  } finally {
    if (isOurs) {
      removePolicy();
      process.off("exit", removePolicy);
    }
  }
}
