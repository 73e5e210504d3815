import { randomInt } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

const FIRST_PORT = 10_000;

/**
 * Where the ports begin that the kernel gives to whoever asks for any. A port of ours should lie below: while a
 * server is down, nobody else then gets it by chance, not even as the near end of a connection.
 */
function firstEphemeralPort(): number {
  try {
    return Number(readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8").split(/\s/)[0]);
  } catch {
    return 0;
  }
}

/** Binds a port of 127.0.0.1 for a moment: the port (the one asked for, or any for 0), or null if it is taken. */
function tryPort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(null));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : null));
    });
  });
}

/** Notes in the folder that a port is taken, though nothing listens on it yet: false if that is noted already. */
function reserve(port: number, folder: string): boolean {
  try {
    writeFileSync(join(folder, `port-${port}`), "", { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Finds a port of 127.0.0.1 that nobody uses, and that was not found before for the same folder. */
export async function freePort(folder: string): Promise<number> {
  const end = firstEphemeralPort();
  for (;;) {
    const port = await tryPort(end - FIRST_PORT > 1000 ? randomInt(FIRST_PORT, end) : 0);
    if (port !== null && reserve(port, folder)) return port;
  }
}
