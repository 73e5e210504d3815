import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A key and a certificate for it, as PEM. */
export interface Certificate {
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** An authority that nobody else knows, and certificates of it for these names. */
export function makeCertificates<Name extends string>(
  names: readonly Name[],
): { readonly ca: Buffer; readonly of: Readonly<Record<Name, Certificate>> } {
  const folder = mkdtempSync(join(tmpdir(), "certificates-"));
  const path = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void => void execFileSync("openssl", args, { stdio: "pipe" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  try {
    openssl(
      "req",
      "-x509",
      ...key,
      "-keyout",
      path("ca.key"),
      "-out",
      path("ca.pem"),
      "-days",
      "2",
      "-subj",
      "/CN=Test authority",
    );
    const made = names.map((name, at): [Name, Certificate] => {
      writeFileSync(path(`${at}.ext`), `subjectAltName=${/^[\d.]+$/.test(name) ? "IP" : "DNS"}:${name}`);
      openssl("req", ...key, "-keyout", path(`${at}.key`), "-out", path(`${at}.csr`), "-subj", `/CN=${at}`);
      openssl(
        "x509",
        "-req",
        "-in",
        path(`${at}.csr`),
        "-CA",
        path("ca.pem"),
        "-CAkey",
        path("ca.key"),
        "-CAcreateserial",
        "-days",
        "2",
        "-extfile",
        path(`${at}.ext`),
        "-out",
        path(`${at}.pem`),
      );
      return [name, { key: readFileSync(path(`${at}.key`)), cert: readFileSync(path(`${at}.pem`)) }];
    });
    return { ca: readFileSync(path("ca.pem")), of: Object.fromEntries(made) as Record<Name, Certificate> };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
