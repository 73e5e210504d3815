import type { ConnectionOptions } from "node:tls";

import type { TlsOptions } from "../tls-options.js";

/** What the user chose, in the form of `node:tls`. What was not chosen is left out, so that Node's own holds. */
export function tlsSettings({ ca, cert, key, rejectUnauthorized }: TlsOptions): ConnectionOptions {
  return {
    ...(ca !== undefined && {
      ca: Array.isArray(ca) ? [...(ca as readonly (string | Buffer)[])] : (ca as string),
    }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
  };
}
