import dns from "node:dns";

import { afterEach, expect, it, vi } from "vitest";

import { StructuredLogger } from "../../../src/base/logger.js";
import { Session } from "../../../src/xmpp/session.js";
import { ScriptedPeer } from "../../support/scripted-peer.js";

afterEach(() => vi.restoreAllMocks());

/** What DNS says, one after the other; the last answer stays. */
function answerDns(...answers: readonly string[]): string[] {
  const asked: string[] = [];
  const lookup = (host: string, _options: unknown, done: (...result: unknown[]) => void): void => {
    const answer = answers[Math.min(asked.push(host), answers.length) - 1] ?? "";
    if (answer.startsWith("E")) done(Object.assign(new Error(`getaddrinfo ${answer}`), { code: answer }));
    else done(null, [{ address: answer, family: 4 }]);
  };
  vi.spyOn(dns, "lookup").mockImplementation(lookup as unknown as typeof dns.lookup);
  return asked;
}

it("a name that is not known for a while is asked for again, until it is", async () => {
  const causes: unknown[] = [];
  const peer = await ScriptedPeer.listen((each) => each.online());
  const asked = answerDns("ENOTFOUND", "EAI_AGAIN", "127.0.0.1");
  const session = new Session({
    jid: "bot@example.org",
    password: "secret",
    service: `xmpp://xmpp.example.org:${peer.port}`,
    tls: { required: false },
    // Not loopback by its name, so the password may not go in the clear.
    reconnect: { minDelayMs: 1, maxDelayMs: 5 },
    logger: new StructuredLogger({ level: "warn", write: ({ fields }) => causes.push(fields["cause"]) }),
  });
  await expect(session.start()).rejects.toMatchObject({ code: "credentials" });
  expect(asked).toEqual(Array.from({ length: 3 }, () => "xmpp.example.org"));
  expect(causes).toEqual(["unreachable", "unreachable"]);
  expect(peer.conversations).toHaveLength(1);
  await peer.close();
});
