import { describe, expect, it } from "vitest";

import { compileBot } from "../../src/bot/compile.js";
import { Bot, Command, OnInvitation, OnJoin, OnMessage, OnRoleRequest } from "../../src/bot/decorators.js";
import type { Class } from "../../src/bot/metadata.js";
import { acceptFrom, declineFrom } from "../../src/bot/policies/accept-from.js";
import { askAdmins } from "../../src/bot/policies/ask-admins.js";
import { firstOf } from "../../src/bot/policies/first-of.js";
import { declineAll, ignoreAll } from "../../src/bot/policies/invitation-policy.js";
import { limit } from "../../src/bot/policies/limit.js";
import { problemsOf } from "../../src/bot/policies/policy.js";
import {
  approveAffiliation,
  approveMembers,
  cooldown,
  denyAll,
} from "../../src/bot/policies/role-request-policy.js";

function problems(type: Class): string[] {
  return compileBot(type, "!").mistakes.map(({ where, problem }) => `${where}: ${problem}`);
}

describe("options that there are not", () => {
  it("of @Bot, of its rooms and of what it says of invitations are mistakes that name what was meant", () => {
    @Bot({
      invitation: acceptFrom({ domains: ["example.org"] }),
      invited: { maxRoom: 3 },
      rooms: ["a@rooms.example.org", { jid: "b@rooms.example.org", pasword: "x" }],
    } as never)
    class Keeper {}
    expect(problems(Keeper)).toEqual([
      'Keeper: there is no option of @Bot "invitation"; did you mean invitations?',
      'Keeper: there is no option of @Bot({ invited }) "maxRoom"; did you mean maxRooms?',
      'Keeper: there is no option of a room "pasword"; did you mean password?',
    ]);
  });

  it("of handlers are mistakes that name the method", () => {
    @Bot()
    class Keeper {
      @Command("roll", { alias: ["r"] } as never) roll() {}
      @OnMessage(/x/, { mised: true } as never) said() {}
      @OnMessage({ everything: true } as never) all() {}
      @OnJoin({ inital: true } as never) joined() {}
      @OnInvitation({ expireMs: 5 } as never) invited() {}
      @OnInvitation(ignoreAll(), { expiresMS: 5 } as never) told() {}
    }
    expect(problems(Keeper)).toEqual([
      'Keeper.roll: there is no option "alias"; did you mean aliases?',
      'Keeper.said: there is no option "mised"; did you mean missed?',
      'Keeper.all: there is no option "everything"; there are initial, departures, missed, corrections, expiresMs, parallel',
      'Keeper.joined: there is no option "inital"; did you mean initial?',
      'Keeper.invited: there is no option "expireMs"; did you mean expiresMs?',
      'Keeper.told: there is no option "expiresMS"; did you mean expiresMs?',
    ]);
  });

  it("are none where every option that there is is given", () => {
    @Bot({
      rooms: [
        "a@rooms.example.org",
        { jid: "b@rooms.example.org", nick: "b", password: "p", onCause: {}, prefix: "?" },
      ],
      nick: "keeper",
      onCause: {},
      invitations: ignoreAll(),
      invited: { maxRooms: 1, maxAgeMs: 1, expiresMs: 1, keep: () => {} },
      roleRequests: denyAll(),
      prefix: "!",
      help: true,
      use: [],
      refusals: "silent",
      explains: true,
      texts: {},
    })
    class Keeper {
      @Command("roll", { aliases: ["r"], description: "rolls", missed: true, parallel: true }) roll() {}
      @OnJoin({ initial: true, parallel: true }) joined() {}
      @OnInvitation({ expiresMs: 5 }) invited() {}
    }
    expect(problems(Keeper)).toEqual([]);
  });

  it.each([
    ["limit", limit({ perInvitor: 3, windowMs: 1 } as never), "did you mean perInviter?"],
    ["cooldown", cooldown({ limt: 3, windowMs: 1 } as never), "did you mean limit?"],
    ["acceptFrom", acceptFrom({ domain: ["example.org"] } as never), "did you mean domains?"],
    ["declineFrom", declineFrom({ resaon: "no" } as never), "did you mean reason?"],
    ["askAdmins", askAdmins({ jids: ["a@example.org"], expireMs: 3 } as never), "did you mean expiresMs?"],
  ])("of %s are a mistake", (name, policy, hint) => {
    expect(problemsOf(policy)).toEqual([expect.stringMatching(new RegExp(`^${name}: there is no key`))]);
    expect(problemsOf(policy)[0]).toContain(hint);
  });
});

describe("a policy of the other kind", () => {
  const FOR_VOICE = [approveMembers(), approveAffiliation("member"), cooldown({ windowMs: 1 }), denyAll()];
  const FOR_INVITATIONS = [
    acceptFrom({ modes: ["direct"] }),
    declineFrom({ modes: ["direct"] }),
    declineAll(),
    ignoreAll(),
    limit({ windowMs: 1 }),
    askAdmins({ jids: ["a@example.org"] }),
  ];

  it("is a mistake wherever it stands, alone or in firstOf", () => {
    for (const policy of FOR_VOICE.flatMap((each) => [each, firstOf(() => undefined, each as never)])) {
      expect(problemsOf(policy, "requests for voice")).toEqual([]);
      expect(problemsOf(policy, "invitations")).toEqual([
        "this is a policy for requests for voice, where one for invitations has to stand",
      ]);
    }
    for (const policy of FOR_INVITATIONS.flatMap((each) => [each, firstOf(each)])) {
      expect(problemsOf(policy, "invitations")).toEqual([]);
      expect(problemsOf(policy, "requests for voice")).toEqual([
        "this is a policy for invitations, where one for requests for voice has to stand",
      ]);
    }
    expect(problemsOf(firstOf(ignoreAll(), denyAll() as never))).toEqual([
      "this is a policy for requests for voice, where one for invitations has to stand",
    ]);
  });

  it("is a mistake on a method, and the fix names one of the right kind", () => {
    @Bot()
    class Keeper {
      @OnInvitation(approveMembers() as never) invited() {}
      @OnRoleRequest(ignoreAll() as never) asked() {}
    }
    expect(compileBot(Keeper, "!").mistakes).toMatchObject([
      { where: "Keeper.invited", fix: expect.stringContaining("acceptFrom(") },
      { where: "Keeper.asked", fix: expect.stringContaining("approveMembers()") },
    ]);
  });
});
