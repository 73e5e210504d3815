import { afterEach, describe, expect, it, vi } from "vitest";

import { RetryPolicy } from "../../src/xmpp/retry-policy.js";
import { SessionError, type SessionErrorCode } from "../../src/xmpp/session-error.js";
import { settingsOf, type SessionOptions } from "../../src/xmpp/session-options.js";
import { ManualClock } from "../support/manual-clock.js";

afterEach(() => {
  vi.restoreAllMocks();
});

const policy = (options: Partial<SessionOptions> = {}): RetryPolicy =>
  new RetryPolicy(
    settingsOf({ jid: "bot@example.org", password: "x", clock: new ManualClock(), ...options }),
  );

describe("the delay before the next attempt", () => {
  it("begins anew once a session has been up for a minute, and not sooner", () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    const retries = policy();
    expect([retries.nextDelayMs(), retries.nextDelayMs()]).toEqual([500, 1000]);
    retries.lost(59_999);
    expect(retries.nextDelayMs()).toBe(2000);
    retries.lost(60_000);
    expect(retries.nextDelayMs()).toBe(500);
  });
});

describe("trying again", () => {
  const final = (code: SessionErrorCode, proven: boolean, options?: Partial<SessionOptions>): boolean =>
    policy(options).isFinal(new SessionError(code, code), proven);

  it.each(["unreachable", "timeout", "policy", "protocol", "closed"] as const)(
    "can help after %s",
    (code) => {
      expect([final(code, false), final(code, true)]).toEqual([false, false]);
    },
  );

  it.each(["service", "stopped"] as const)("is pointless after %s", (code) => {
    expect([final(code, false), final(code, true)]).toEqual([true, true]);
  });

  it("is pointless where the server refuses the account or the password", () => {
    const refused = new SessionError("credentials", "no", { condition: "not-authorized" });
    expect([policy().isFinal(refused, false), policy().isFinal(refused, true)]).toEqual([true, true]);
  });

  it("can help an account that was good before where the server offers no way to log in", () => {
    expect([final("credentials", false), final("credentials", true)]).toEqual([true, false]);
  });

  it("can help against a certificate that was good before", () => {
    expect([final("tls", false), final("tls", true)]).toEqual([true, false]);
  });

  it("is never done where the options say so", () => {
    expect(final("closed", true, { reconnect: false })).toBe(true);
  });
});
