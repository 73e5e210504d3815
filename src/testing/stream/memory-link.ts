import { duplexPair, type Duplex } from "node:stream";

/** A connection inside the process: what one end writes, the other reads. If one is destroyed, so is the other. */
export function memoryLink(): { readonly client: Duplex; readonly server: Duplex } {
  const [client, server] = duplexPair({ allowHalfOpen: false });
  for (const [end, other] of [
    [client, server],
    [server, client],
  ] as const) {
    end.on("error", () => {});
    end.once("close", () => other.destroy());
  }
  return { client, server };
}
