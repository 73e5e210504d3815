/** TLS settings that a user may choose; a subset of those of `node:tls`. */
export interface TlsOptions {
  /** Refuse a stream without TLS. Default: true, but for a loopback address. */
  readonly required?: boolean;
  /** Certificates of authorities to trust instead of Node's own, as PEM. */
  readonly ca?: string | Buffer | readonly (string | Buffer)[];
  /** A client certificate and its key, as PEM. */
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  /** False accepts any certificate: for tests only. Default true. */
  readonly rejectUnauthorized?: boolean;
}
