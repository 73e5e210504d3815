import { createHash, createHmac, pbkdf2Sync } from "node:crypto";

import { describe, expect, it } from "vitest";

import { Scram } from "../../../src/xmpp/stream/scram.js";

interface Vector {
  readonly hash: "sha1" | "sha256";
  readonly clientNonce: string;
  readonly clientFirst: string;
  readonly serverFirst: string;
  readonly clientFinal: string;
  readonly serverFinal: string;
}

/** RFC 5802 §5 and RFC 7677 §3: user "user", password "pencil". */
const VECTORS: readonly Vector[] = [
  {
    hash: "sha1",
    clientNonce: "fyko+d2lbbFgONRv9qkxdawL",
    clientFirst: "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
    serverFirst: "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
    clientFinal: "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
    serverFinal: "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
  },
  {
    hash: "sha256",
    clientNonce: "rOprNGfwEbeRWgbNEkqO",
    clientFirst: "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
    serverFirst: "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    clientFinal:
      "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    serverFinal: "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
  },
];

const [SHA1] = VECTORS as [Vector, Vector];
const credentials = { username: "user", password: "pencil" };
const client = ({ hash, clientNonce }: Vector = SHA1): Scram => new Scram(hash, credentials, clientNonce);
const refusal = (why: RegExp): Error =>
  expect.objectContaining({ code: "credentials", message: expect.stringMatching(why) as string }) as Error;

describe.each(VECTORS)("the example of the RFC for $hash", (vector) => {
  it("is said word by word", async () => {
    const scram = client(vector);
    expect(scram.initial().toString()).toBe(vector.clientFirst);
    expect((await scram.respond(Buffer.from(vector.serverFirst))).toString()).toBe(vector.clientFinal);
    expect(() => scram.succeed(Buffer.from(vector.serverFinal))).not.toThrow();
  });
});

describe("a server that does not know the password", () => {
  it.each([
    ["of another server", "v=AAAAAAAAAAAAAAAAAAAAAAAAAAA="],
    ["that is cut off", SHA1.serverFinal.slice(0, 12)],
    ["that is empty", "v="],
    ["that is missing", ""],
    ["replaced by an error", "e=other-error"],
  ])("is refused by its signature %s", async (_name, serverFinal) => {
    const scram = client();
    await scram.respond(Buffer.from(SHA1.serverFirst));
    expect(() => scram.succeed(Buffer.from(serverFinal))).toThrow(refusal(/signature is wrong/));
  });

  it("is refused when it says that it is content before it asked", () => {
    expect(() => client().succeed(Buffer.from(SHA1.serverFinal))).toThrow(refusal(/before it was asked/));
  });

  it.each([
    [
      "a nonce that is not made from ours",
      "r=XXXX+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
      /nonce/,
    ],
    ["our nonce and nothing of its own", "r=fyko+d2lbbFgONRv9qkxdawL,s=QSXCR+Q6sek8bf92,i=4096", /nonce/],
    ["no nonce", "s=QSXCR+Q6sek8bf92,i=4096", /nonce/],
    ["too few iterations", `${SHA1.serverFirst.replace("4096", "4095")}`, /4095 iterations/],
    ["iterations that take minutes", `${SHA1.serverFirst.replace("4096", "1000001")}`, /1000001 iterations/],
    ["iterations that are no number", `${SHA1.serverFirst.replace("4096", "5e3")}`, /iterations/],
    ["no iterations", SHA1.serverFirst.replace(",i=4096", ""), /no iterations/],
    ["no salt", SHA1.serverFirst.replace("s=QSXCR+Q6sek8bf92,", ""), /salt/],
    ["an extension that is not known", `m=x,${SHA1.serverFirst}`, /extension/],
    ["nothing", "", /nonce/],
  ])("is refused when it sends %s", async (_name, serverFirst, why) => {
    await expect(client().respond(Buffer.from(serverFirst))).rejects.toThrow(refusal(why));
  });

  it("is refused when it asks a second time", async () => {
    const scram = client();
    await scram.respond(Buffer.from(SHA1.serverFirst));
    await expect(scram.respond(Buffer.from(SHA1.serverFirst))).rejects.toThrow(refusal(/second challenge/));
  });
});

describe("what is sent", () => {
  it("escapes what would be read as a new attribute", () => {
    const scram = new Scram("sha256", { username: "a=b,c", password: "x" }, "nonce");
    expect(scram.initial().toString()).toBe("n,,n=a=3Db=2Cc,r=nonce");
  });

  it("has a new nonce each time", () => {
    const nonces = [1, 2].map(() => new Scram("sha1", credentials).initial().toString().split("r=")[1]);
    expect(new Set(nonces).size).toBe(2);
    for (const nonce of nonces) expect(nonce).toMatch(/^[\x21-\x2b\x2d-\x7e]{20,}$/);
  });

  it("proves the password beyond ASCII, in UTF-8", async () => {
    const password = "pä日\u{1F600}";
    const scram = new Scram("sha1", { username: "ü", password }, "n");
    const first = scram.initial().toString().slice(3);
    const serverFirst = `r=nm,s=${Buffer.from("salt").toString("base64")},i=4096`;
    const final = (await scram.respond(Buffer.from(serverFirst))).toString();
    const salted = pbkdf2Sync(password, "salt", 4096, 20, "sha1");
    const key = createHmac("sha1", salted).update("Client Key").digest();
    const stored = createHash("sha1").update(key).digest();
    const signed = createHmac("sha1", stored).update(`${first},${serverFirst},c=biws,r=nm`).digest();
    const proof = Buffer.from(key.map((byte, at) => byte ^ (signed[at] ?? 0)));
    expect(first).toBe("n=ü,r=n");
    expect(final).toBe(`c=biws,r=nm,p=${proof.toString("base64")}`);
  });
});
