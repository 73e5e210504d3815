// Policies as the functions that they are.
import { describe, expect, it } from "vitest";

import { ArgumentError } from "../../../src/base/errors.js";
import { acceptFrom, declineFrom, type AcceptFromOptions } from "../../../src/bot/policies/accept-from.js";
import { askAdmins } from "../../../src/bot/policies/ask-admins.js";
import { firstOf } from "../../../src/bot/policies/first-of.js";
import {
  declineAll,
  ignoreAll,
  isInvitationRuling,
  type InvitationPolicy,
} from "../../../src/bot/policies/invitation-policy.js";
import { limit } from "../../../src/bot/policies/limit.js";
import { problemsOf, ruleBy } from "../../../src/bot/policies/policy.js";
import type { Invitation } from "../../../src/muc/invitations/invitation.js";
import { CRONE, D, delay, direct, InvitedStage, mediated } from "../../muc/invitations/support/stanzas.js";
import { F, R } from "../../muc/support/stanzas.js";

/** The invitation that a stanza is. */
async function invitation(stanza: string): Promise<Invitation> {
  const stage = new InvitedStage();
  if (stanza.includes("<invite")) await stage.invite(stanza);
  else stage.receive(stanza);
  return stage.only;
}

const DIRECT = direct();
/** The service is of our own domain. */
const CLAIMED = mediated();
const FOREIGN = mediated({ room: "trap@rooms.evil.lit" });
const BY_NICK = mediated({ by: `${D}/crone` });
const PRIVATE = direct({
  from: `far@chat.shakespeare.lit/x`,
  more: `<x xmlns="http://jabber.org/protocol/muc#user"/>`,
});

describe("acceptFrom", () => {
  it.each<[string, AcceptFromOptions, string, boolean]>([
    ["who sent a direct one", { jids: ["crone1@shakespeare.lit"] }, DIRECT, true],
    ["the same, written otherwise", { jids: ["Crone1@Shakespeare.LIT/x"] }, DIRECT, true],
    ["another", { jids: ["hecate@shakespeare.lit"] }, DIRECT, false],
    ["the inviter that a room of our own domain names", { jids: ["crone1@shakespeare.lit"] }, CLAIMED, true],
    ["whom a foreign room names", { jids: ["crone1@shakespeare.lit"] }, FOREIGN, false],
    [
      "whom a trusted foreign room names",
      { jids: [CRONE], trustServices: ["rooms.evil.lit"] },
      FOREIGN,
      true,
    ],
    ["whom our own names, where it is not trusted", { jids: [CRONE], trustServices: [] }, CLAIMED, false],
    ["somebody of whom only the nick is known", { jids: [CRONE] }, BY_NICK, false],
    [
      "an occupant who writes in private",
      { jids: [CRONE], domains: ["chat.shakespeare.lit"] },
      PRIVATE,
      false,
    ],
    ["a domain", { domains: ["shakespeare.lit"] }, DIRECT, true],
    ["a domain, written otherwise", { domains: ["Shakespeare.LIT"] }, DIRECT, true],
    ["a domain above that of the inviter", { domains: ["lit"] }, DIRECT, false],
    ["a domain that a foreign room claims", { domains: ["shakespeare.lit"] }, FOREIGN, false],
    ["a room", { rooms: [D] }, DIRECT, true],
    ["another room", { rooms: [R] }, DIRECT, false],
    ["a room, whoever invites", { rooms: [D] }, BY_NICK, true],
    ["a service", { services: ["chat.shakespeare.lit"] }, BY_NICK, true],
    ["another service", { services: ["chat.shakespeare.lit"] }, FOREIGN, false],
    ["a mode", { modes: ["mediated"] }, CLAIMED, true],
    ["another mode", { modes: ["mediated"] }, DIRECT, false],
    [
      "two keys that hold",
      { domains: ["shakespeare.lit"], services: ["chat.shakespeare.lit"] },
      CLAIMED,
      true,
    ],
    ["one key of two", { domains: ["shakespeare.lit"], services: ["other.lit"] }, CLAIMED, false],
    ["an empty list", { jids: [] }, DIRECT, false],
    ["no key", {}, FOREIGN, true],
  ])("%s", async (_what, options, stanza, accepted) => {
    expect(acceptFrom(options)(await invitation(stanza))).toBe(accepted ? "accept" : undefined);
  });

  it("trusts no service beside its domain, but those below it", async () => {
    const [own, near, above] = await Promise.all(
      ["shakespeare.lit", "xshakespeare.lit", "lit"].map((domain) =>
        invitation(mediated({ room: `r@${domain}` })),
      ),
    );
    const policy = acceptFrom({ jids: [CRONE] });
    expect([own, near, above].map((each) => each && policy(each))).toEqual(["accept", undefined, undefined]);
  });

  it.each<[string, object, string]>([
    ["a key that there is not", { jid: ["a@b"] }, `acceptFrom: there is no key "jid"`],
    ["a variable that is not set", { domains: undefined }, "acceptFrom: domains has to be a list"],
    ["a text for a list", { domains: "example.org" }, "acceptFrom: domains has to be a list"],
    ["what is no address", { jids: ["@@"] }, "acceptFrom: jids: "],
    ["an account for a domain", { domains: ["a@b"] }, `"a@b" is no domain: write b`],
    ["a mode that there is not", { modes: ["pigeon"] }, `"pigeon" is no kind of invitation`],
    ["what is no service", { trustServices: ["a@b"] }, `"a@b" is no domain`],
  ])("with %s is a mistake, and lets nobody in", async (_what, options, problem) => {
    const policy = acceptFrom(options as AcceptFromOptions);
    expect(problemsOf(policy).join()).toContain(problem);
    const invited = await invitation(DIRECT);
    expect(() => policy(invited)).toThrow(ArgumentError);
    expect(problemsOf(firstOf(policy, ignoreAll())).join()).toContain(problem);
  });
});

describe("declineFrom", () => {
  it("declines what matches, also where the inviter is only claimed, and leaves the rest", async () => {
    const policy = declineFrom({ jids: [CRONE], reason: "no more" });
    for (const stanza of [DIRECT, CLAIMED, FOREIGN])
      expect(policy(await invitation(stanza))).toEqual({ decline: "no more" });
    expect(policy(await invitation(BY_NICK))).toBeUndefined();
    expect(declineFrom({ modes: ["direct"] })(await invitation(DIRECT))).toEqual({ decline: "" });
    expect(problemsOf(declineFrom({ reason: 1 as never }))).toEqual([
      "declineFrom: the reason has to be a text",
    ]);
    expect(problemsOf(declineFrom({ trustServices: [] } as never)).join()).toContain("no key");
  });
});

describe("declineAll and ignoreAll", () => {
  it("decide whatever comes", async () => {
    const invited = await invitation(FOREIGN);
    expect([declineAll("busy")(invited), declineAll()(invited), ignoreAll()(invited)]).toEqual([
      { decline: "busy" },
      { decline: "" },
      "ignore",
    ]);
    expect(problemsOf(declineAll(1 as never))).toHaveLength(1);
  });
});

describe("limit", () => {
  /** So many of each, one after another, on one clock. */
  async function many(policy: InvitationPolicy, stanzas: readonly string[]) {
    const stage = new InvitedStage();
    stage.receive(...stanzas);
    const context = { client: stage.client, clock: stage.clock } as never;
    const ask = () => stage.invitations.map((each) => policy(each, context));
    return { stage, ask };
  }
  const to = (room: string, from = CRONE) => direct({ from, attrs: `jid="${room}"` });

  it("ignores an inviter over the limit, until the window is over", async () => {
    const { stage, ask } = await many(limit({ perInviter: 2, windowMs: 1_000 }), [
      to("a@x"),
      to("b@x"),
      to("c@x"),
      to("c@x", "hecate@shakespeare.lit/x"),
    ]);
    expect(ask()).toEqual([undefined, undefined, "ignore", undefined]);
    stage.clock.advance(999);
    expect(ask().slice(0, 3)).toEqual(["ignore", "ignore", "ignore"]);
    stage.clock.advance(1);
    expect(ask().slice(0, 3)).toEqual([undefined, undefined, "ignore"]);
  });

  it("ignores what is to one room over the limit, whoever invites", async () => {
    const { ask } = await many(limit({ perRoom: 1, windowMs: 1_000 }), [
      to("a@x"),
      to("a@x", "b@y/z"),
      to("b@x"),
    ]);
    expect(ask()).toEqual([undefined, "ignore", undefined]);
  });

  it("counts for each application by itself", async () => {
    const policy = limit({ perRoom: 1, windowMs: 1_000 });
    for (let app = 0; app < 2; app++) expect((await many(policy, [to("a@x")])).ask()).toEqual([undefined]);
    const invited = await invitation(DIRECT);
    expect([policy(invited), policy(invited)]).toEqual([undefined, "ignore"]);
  });

  it("counts occupants by their place, where nobody knows them", async () => {
    const stage = new InvitedStage();
    await stage.active();
    stage.receive(to("a@x", `${R}/${F}`), to("b@x", `${R}/${F}`), to("c@x", `${R}/other`));
    const policy = limit({ perInviter: 1, windowMs: 1_000 });
    expect(stage.invitations.map((each) => policy(each))).toEqual([undefined, "ignore", undefined]);
  });

  it.each([
    { windowMs: 0 },
    { windowMs: "1 day" },
    { windowMs: 1, perRoom: -1 },
    { windowMs: 1, perInviter: Number.NaN },
    {},
  ])("%o is a mistake", (options) => {
    expect(problemsOf(limit(options as never))).toHaveLength(1);
  });
});

describe("firstOf", () => {
  it("decides as the first that decides, and asks no further", async () => {
    const asked: string[] = [];
    const says = (name: string, ruling: ReturnType<InvitationPolicy>): InvitationPolicy =>
      Object.assign(() => (asked.push(name), ruling), { toString: () => name });
    const invited = await invitation(DIRECT);
    const policy = firstOf(
      says("a", undefined),
      says("b", Promise.resolve(undefined)),
      says("c", "accept"),
      says("d", "ignore"),
    );
    expect(await policy(invited)).toBe("accept");
    expect(asked).toEqual(["a", "b", "c"]);
    expect(firstOf(says("a", undefined))(invited)).toBeUndefined();
    expect(firstOf()(invited)).toBeUndefined();
    expect(firstOf(firstOf(), firstOf(ignoreAll()))(invited)).toBe("ignore");
  });

  it("takes only policies", () => {
    expect(problemsOf(firstOf(ignoreAll as never))).toEqual([
      "ignoreAll stands there without its parentheses",
    ]);
    expect(problemsOf(firstOf("accept" as never))).toEqual([
      "this is no policy, but a policy has to stand here",
    ]);
    expect(problemsOf(firstOf)).toEqual(["firstOf stands there without its parentheses"]);
    expect(problemsOf(() => "accept")).toEqual([]);
  });

  it("tells the rule that decided, whoever asked it", async () => {
    const invited = await invitation(DIRECT);
    const rule = async (policy: InvitationPolicy) => (await ruleBy(policy, invited, undefined))?.rule ?? null;
    expect(
      await rule(firstOf(limit({ windowMs: 1 }), acceptFrom({ jids: [CRONE], modes: ["direct"] }))),
    ).toBe("acceptFrom jids and modes");
    const friends: InvitationPolicy = () => Promise.resolve("accept" as const);
    expect(await rule(firstOf(friends))).toBe("friends");
    expect(await rule(() => "ignore")).toBe("a function");
    expect(await rule(acceptFrom({}))).toBe("acceptFrom");
    expect(await rule(declineFrom({ rooms: [R] }))).toBeNull();
  });
});

describe("an invitation that is older than a day", () => {
  it("is ignored by every policy, unless it may be older", async () => {
    const stage = new InvitedStage();
    stage.receive(direct({ more: delay(new Date(stage.clock.now() - 86_400_001).toISOString()) }));
    const { only } = stage;
    for (const policy of [acceptFrom({}), declineAll("no"), firstOf(acceptFrom({})), limit({ windowMs: 1 })])
      expect(policy(only)).toBe("ignore");
    expect(await ruleBy(() => "accept", only, undefined)).toEqual({ decision: "ignore", rule: "too old" });
    const context = { maxAgeMs: 86_400_001, clock: stage.clock } as never;
    expect(acceptFrom({})(only, context)).toBe("accept");
  });

  it("is no older than the day that it is", async () => {
    const stage = new InvitedStage();
    stage.receive(direct({ more: delay(new Date(stage.clock.now() - 86_400_000).toISOString()) }));
    expect(acceptFrom({})(stage.only)).toBe("accept");
  });
});

describe("askAdmins", () => {
  it("asks nobody where there is no application", async () => {
    expect(askAdmins({ jids: [CRONE] })(await invitation(DIRECT))).toBeUndefined();
  });

  it.each([
    [{}, "either a room or jids"],
    [{ room: R, jids: [CRONE] }, "either a room or jids"],
    [{ jids: [] }, "not an empty one"],
    [{ jids: ["@@"] }, "askAdmins: "],
    [{ room: "@@" }, "askAdmins: "],
    [{ room: R, affiliation: "none" }, "affiliation has to be"],
    [{ room: R, expiresMs: 0 }, "expiresMs has to be"],
  ])("%o is a mistake", (options, problem) => {
    expect(problemsOf(askAdmins(options as never)).join()).toContain(problem);
  });
});

describe("a ruling", () => {
  it.each([
    ["accept", true],
    ["ignore", true],
    [{ decline: "" }, true],
    ["decline", false],
    [{ decline: 1 }, false],
    [true, false],
    [null, false],
    [undefined, false],
  ])("%o: %s", (value, is) => {
    expect(isInvitationRuling(value)).toBe(is);
  });
});
