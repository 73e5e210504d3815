// However people come, go, rename and are promoted: nothing runs but for who may, when they said it and when it runs.
import fc from "fast-check";
import { expect, it } from "vitest";

import { Bot, Command, Require, Use } from "../../../src/bot/decorators.js";
import { Middleware, type HandlerCall } from "../../../src/bot/guards/middleware.js";
import type { HandlerContext } from "../../../src/bot/handler-context.js";
import type { MessageReceived } from "../../../src/muc/events/messages.js";
import type { Occupant } from "../../../src/muc/occupant.js";
import { BotsInRoom, message, turns } from "../support/bots-in-room.js";

const ROOM = "lobby@rooms.example.org";
const NICKS = ["a", "b", "c", "d"];

/** Somebody with an account, as the room knows them. */
interface Person {
  readonly name: string;
  nick: string | null;
  admin: boolean;
  /** How often they came. */
  stay: number;
}

/** A line, and what was so when it was received. */
interface Said {
  readonly by: Person;
  readonly admin: boolean;
  readonly stay: number;
  /** Who had the nick that it names. */
  readonly named: Person | null;
}

const open: (() => void)[] = [];
class Gate extends Middleware {
  async handle(_call: HandlerCall, next: () => Promise<void>) {
    await new Promise<void>((resolve) => open.push(resolve));
    await next();
  }
}

class World {
  readonly people: Person[] = ["p", "q", "r"].map((name) => ({ name, nick: null, admin: true, stay: 0 }));
  readonly said = new Map<string, Said>();
  readonly wrong: string[] = [];
  ran = 0;
  #ids = 0;

  has(nick: string): Person | null {
    return this.people.find((each) => each.nick === nick) ?? null;
  }

  /** Whether a command may run now. */
  check(m: MessageReceived, what: string): void {
    this.ran++;
    const line = this.said.get(m.id ?? "");
    if (line === undefined) return void this.wrong.push(`${what}: nobody said it`);
    const { by, admin, stay } = line;
    if (!admin || !by.admin || by.nick === null || by.stay !== stay)
      this.wrong.push(`${what} of ${by.name}: ${admin} then, ${by.admin} now, stay ${stay} and ${by.stay}`);
  }

  say(bots: BotsInRoom, by: Person, body: string, names: string | null): void {
    if (by.nick === null) return;
    const id = `x${++this.#ids}`;
    const named = names === null ? null : this.has(names);
    this.said.set(id, { by, admin: by.admin, stay: by.stay, named });
    bots.session.deliver(message(body, { id, nick: by.nick }));
  }
}

function botIn(world: World): new () => object {
  @Bot()
  @Require({ affiliation: "admin" })
  class Keeper {
    @Command("ban") ban(m: MessageReceived) {
      world.check(m, "ban");
    }
    @Command("gated") @Use(Gate) gated(m: MessageReceived) {
      world.check(m, "gated");
    }
    @Command("slow") async slow(m: MessageReceived) {
      world.check(m, "slow");
      await new Promise<void>((resolve) => open.push(resolve));
    }
    @Command("voice <who:occupant>") voice(m: MessageReceived, { who }: { readonly who: Occupant }) {
      world.check(m, "voice");
      const named = world.said.get(m.id ?? "")?.named;
      if (who.realJid?.local !== named?.name) world.wrong.push(`voice for ${who.realJid?.toString()}`);
    }
    @Command("ask") async ask(m: MessageReceived, _args: object, ctx: HandlerContext) {
      const answer = await ctx.ask("sure?");
      world.ran++;
      const [asked, answered] = [m, answer].map(({ id }) => world.said.get(id ?? ""));
      if (asked?.by !== answered?.by || answered?.admin !== true || !answered.by.admin)
        world.wrong.push(`answer of ${answered?.by.name} for ${asked?.by.name}`);
    }
  }
  return Keeper;
}

function enter(bots: BotsInRoom, { name, nick, admin }: Person): void {
  bots.comes(nick ?? "", ROOM, [], { affiliation: admin ? "admin" : "none", jid: `${name}@example.org/x` });
}

const who = fc.nat({ max: 2 });
const nick = fc.constantFrom(...NICKS);
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("come" as const), who, nick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("go" as const), who, nick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("rename" as const), who, nick }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("rank" as const), who, nick }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("open" as const), who, nick }) },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant("say" as const),
      who,
      nick,
      body: fc.constantFrom("!ban", "!gated", "!slow", "!voice", "!ask", "yes"),
    }),
  },
);

it("only who may has anything done", async () => {
  let ran = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
      open.length = 0;
      const world = new World();
      const bots = new BotsInRoom(botIn(world));
      await bots.enter();
      for (const [index, person] of world.people.entries()) {
        person.nick = NICKS[index] ?? null;
        enter(bots, person);
      }
      for (const each of steps) {
        const person = world.people[each.who];
        if (person === undefined) continue;
        if (each.kind === "come") {
          if (person.nick !== null || world.has(each.nick) !== null) continue;
          person.nick = each.nick;
          person.stay++;
          enter(bots, person);
        } else if (person.nick === null) continue;
        else if (each.kind === "go") {
          const { nick: former } = person;
          person.nick = null;
          bots.goes(former);
        } else if (each.kind === "rename") {
          if (world.has(each.nick) !== null) continue;
          const { nick: former } = person;
          person.nick = each.nick;
          bots.comes(former, ROOM, ["303"], { type: "unavailable", nick: each.nick });
          enter(bots, person);
        } else if (each.kind === "rank") {
          person.admin = !person.admin;
          enter(bots, person);
        } else if (each.kind === "open") open.shift()?.();
        else if (each.body === "!voice") world.say(bots, person, `!voice ${each.nick}`, each.nick);
        else world.say(bots, person, each.body, null);
        await turns();
        expect(world.wrong).toEqual([]);
      }
      while (open.length > 0) {
        open.shift()?.();
        await turns();
      }
      expect(world.wrong).toEqual([]);
      ran += world.ran;
    }),
    { numRuns: 200 },
  );
  expect(ran).toBeGreaterThan(500);
});
