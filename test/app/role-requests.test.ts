// Requests for voice that policies and methods of bots decide about, in the embedded service.
import { describe, expect, it } from "vitest";

import { Bot, OnRoleRequest, type BotSettings } from "../../src/bot/decorators.js";
import type { Class } from "../../src/bot/metadata.js";
import { firstOf } from "../../src/bot/policies/first-of.js";
import {
  approveAffiliation,
  approveMembers,
  cooldown,
  denyAll,
  type RoleRequestPolicy,
} from "../../src/bot/policies/role-request-policy.js";
import type { RoleRequest } from "../../src/muc/voice/role-request.js";
import type { TestUser } from "../../src/testing/index.js";
import { cleanUp, LOBBY, makeApp, makeServer, startApp, until, type Started } from "./support/apps.js";

cleanUp();

/** Bots that moderate the lobby. */
async function moderated(...bots: readonly Class[]): Promise<Started> {
  const server = makeServer();
  const room = server.room(LOBBY).open();
  room.configure({ moderatedRoom: true });
  room.setAffiliation("bot@example.org", "admin");
  return startApp({ bots }, server);
}

/** Somebody comes in without voice, and asks for it. */
async function asks(
  { server, enter }: Started,
  nick: string,
  affiliation: "none" | "member" = "none",
): Promise<TestUser> {
  const user = await enter(nick);
  const room = server.room(LOBBY);
  if (affiliation === "member") room.setAffiliation(user.jid.bare(), "member");
  room.setRole(nick, "visitor");
  await user.requestVoice();
  return user;
}

const roleOf = ({ server }: Started, nick: string): string | undefined =>
  server.room(LOBBY).occupants.find((each) => each.nick === nick)?.role;

const decisions = ({ log }: Started): string[] =>
  log.records
    .filter(({ text }) => text === "A request for voice was decided")
    .map(
      ({ fields }) => `${String(fields["nick"])}: ${String(fields["decision"])} by ${String(fields["by"])}`,
    );

const decided = (started: Started, count: number): Promise<void> =>
  until(`${count} decisions are made`, () => decisions(started).length === count);

function keeper(roleRequests: RoleRequestPolicy, more: BotSettings = {}): Class {
  @Bot({ rooms: [LOBBY], roleRequests, ...more })
  class Keeper {}
  return Keeper;
}

describe("@Bot({ roleRequests })", () => {
  it("decides by policy, and the log names the rule", async () => {
    const started = await moderated(keeper(firstOf(approveMembers(), denyAll())));
    await asks(started, "alice", "member");
    await until("alice has voice", () => roleOf(started, "alice") === "participant");
    await asks(started, "bob");
    await decided(started, 2);
    expect(decisions(started)).toEqual([
      "alice: approve by Keeper: approveMembers",
      "bob: deny by Keeper: denyAll",
    ]);
    expect([roleOf(started, "bob"), started.log.complaints]).toEqual(["visitor", []]);
  });

  it.each([
    ["member", "none", false],
    ["member", "member", true],
    ["admin", "member", false],
  ] as const)("approveAffiliation(%j) for somebody who is %j: %s", async (least, is, approved) => {
    const started = await moderated(keeper(firstOf(approveAffiliation(least), denyAll())));
    await asks(started, "alice", is);
    await decided(started, 1);
    expect(decisions(started)[0]).toContain(approved ? "approve" : "deny");
  });

  it("cooldown denies who asks too often, and leaves the rest undecided", async () => {
    const started = await moderated(
      keeper(firstOf(cooldown({ limit: 2, windowMs: 60_000 }), approveMembers())),
    );
    const alice = await asks(started, "alice", "member");
    for (let n = 2; n <= 3; n++) {
      await until("alice has voice", () => roleOf(started, "alice") === "participant");
      started.server.room(LOBBY).setRole("alice", "visitor");
      await alice.requestVoice();
    }
    await decided(started, 3);
    expect(decisions(started).map((line) => line.replace(/^.*by Keeper: /, ""))).toEqual([
      "approveMembers",
      "approveMembers",
      "cooldown",
    ]);
  });

  it("takes any function, and what it throws or gives wrongly decides nothing", async () => {
    let answer: () => unknown = () => "approve";
    const started = await moderated(keeper(() => answer() as "approve"));
    const alice = await asks(started, "alice");
    await until("alice has voice", () => roleOf(started, "alice") === "participant");
    const wrong = [
      () => {
        throw new Error("boom");
      },
      () => Promise.reject(new Error("boom")),
      () => "accept",
    ];
    for (const [index, each] of wrong.entries()) {
      answer = each;
      started.server.room(LOBBY).setRole("alice", "visitor");
      await alice.requestVoice();
      await until("it is logged", () => started.log.complaints.length === index + 1);
    }
    expect(roleOf(started, "alice")).toBe("visitor");
  });

  it("that is no policy, or stands there without its parentheses, is found at the start", async () => {
    for (const wrong of [approveMembers, "approve", approveAffiliation("outcast"), cooldown({ windowMs: 0 })])
      await expect(makeApp({ bots: [keeper(wrong as never)] }).app.start()).rejects.toMatchObject({
        name: "AuthoringError",
        message: expect.stringContaining("Keeper"),
      });
  });
});

describe("@OnRoleRequest", () => {
  it("decides without a policy, and may await what comes of it in its turn", async () => {
    const outcomes: string[] = [];
    @Bot({ rooms: [LOBBY] })
    class Keeper {
      @OnRoleRequest() async voice(r: RoleRequest) {
        void (r.occupant?.affiliation === "member" ? r.approve() : r.deny());
        outcomes.push(`${r.nick} ${await r.outcome}`);
      }
    }
    const started = await moderated(Keeper);
    await asks(started, "alice", "member");
    await asks(started, "bob");
    await until("both are over", () => outcomes.length === 2);
    expect(outcomes).toEqual(["alice granted", "bob denied"]);
    expect(decisions(started)).toEqual(["alice: approve by Keeper.voice", "bob: deny by Keeper.voice"]);
  });

  it("with a policy is told what it decided, and decides what it left open", async () => {
    const told: string[] = [];
    @Bot({ rooms: [LOBBY] })
    class Keeper {
      @OnRoleRequest(approveMembers()) voice(r: RoleRequest) {
        told.push(`${r.nick} ${r.decision}`);
        return r.decided ? undefined : r.deny();
      }
    }
    const started = await moderated(Keeper);
    await asks(started, "alice", "member");
    await asks(started, "bob");
    await decided(started, 2);
    expect(told).toEqual(["alice approve", "bob null"]);
  });

  it("of two bots: the first decision wins, and the second is told", async () => {
    const told: string[] = [];
    @Bot({ rooms: [LOBBY] })
    class First {
      @OnRoleRequest() voice(r: RoleRequest) {
        return r.approve();
      }
    }
    @Bot({ rooms: [LOBBY] })
    class Second {
      @OnRoleRequest() async voice(r: RoleRequest) {
        told.push(String(r.decided));
        await r.deny().catch((error: Error) => told.push(error.name));
      }
    }
    const started = await moderated(First, Second);
    await asks(started, "alice");
    await until("alice has voice", () => roleOf(started, "alice") === "participant");
    await until("the second is told", () => told.length === 2);
    expect(told).toEqual(["true", "DecidedError"]);
    expect(decisions(started)).toEqual(["alice: approve by First.voice"]);
  });

  it("of two applications in one room: one answers, the other sees that somebody did", async () => {
    const outcomes: string[] = [];
    const make = (name: string, approves: boolean): Class => {
      @Bot({ rooms: [LOBBY], nick: name })
      class Keeper {
        @OnRoleRequest() async voice(r: RoleRequest) {
          if (approves) void r.approve();
          outcomes.push(`${name} ${await r.outcome}`);
        }
      }
      return Keeper;
    };
    const started = await moderated(make("one", true));
    started.server.room(LOBBY).setAffiliation("other@example.org", "admin");
    await startApp({ bots: [make("two", false)], jid: "other@example.org" }, started.server);
    await asks(started, "alice");
    await until("both are told", () => outcomes.length === 2);
    expect(outcomes.toSorted()).toEqual(["one granted", "two answeredElsewhere"]);
  });

  it("with an expiry denies in time", async () => {
    @Bot({ rooms: [LOBBY] })
    class Keeper {
      @OnRoleRequest({ expiresMs: 20 }) voice(_r: RoleRequest) {}
    }
    const started = await moderated(Keeper);
    await asks(started, "alice");
    await decided(started, 1);
    expect(decisions(started)[0]).toContain("alice: expired");
  });
});

describe("a bot that is no moderator", () => {
  const warnings = ({ log }: Started): unknown[] =>
    log.records
      .filter(({ text }) => text.startsWith("No request for voice will come"))
      .map(({ level, fields }) => [level, fields["role"]]);

  it("is told that rooms ask it for nobody's voice, where it waits for that (§8.6)", async () => {
    @Bot({ rooms: [LOBBY] })
    class Method {
      @OnRoleRequest() decide() {}
    }
    const told = async (bot: Class): Promise<unknown[]> => {
      const server = makeServer();
      server.room(LOBBY).open();
      return warnings(await startApp({ bots: [bot] }, server));
    };
    expect(await told(makeBot())).toEqual([]);
    for (const bot of [keeper(denyAll()), Method]) expect(await told(bot)).toEqual([["warn", "participant"]]);
  });

  it("is told nothing where it is one", async () => {
    expect(warnings(await moderated(keeper(denyAll())))).toEqual([]);
  });
});

/** Somebody to whom nobody's voice matters. */
function makeBot(): Class {
  @Bot({ rooms: [LOBBY] })
  class Deaf {}
  return Deaf;
}
