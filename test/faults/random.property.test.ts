// Hundreds of random sequences of faults on the embedded service, on a clock that is moved by hand. The seed is printed;
// MUCWRIGHT_FAULT_SEED sets it, MUCWRIGHT_FAULT_RUNS says how many.
import fc from "fast-check";
import { expect, it, vi } from "vitest";

import { Random } from "../xmpp/fuzz/mutate.js";
import { ROOMS, World } from "./support/world.js";

const SEED = Number(process.env["MUCWRIGHT_FAULT_SEED"] ?? Date.now() % 2 ** 31);
const RUNS = Number(process.env["MUCWRIGHT_FAULT_RUNS"] ?? 200);

/** Something that happens; its name is what a failure is told with. */
class Step {
  constructor(
    readonly what: string,
    readonly act: (world: World) => unknown,
  ) {}

  [fc.toStringMethod](): string {
    return this.what;
  }
}

const room = fc.constantFrom(0 as const, 1 as const);
const domain = (at: 0 | 1): string => ROOMS[at].slice(ROOMS[at].indexOf("@") + 1);
const always = (what: string, act: (world: World) => unknown): fc.Arbitrary<Step> =>
  fc.constant(new Step(what, act));
const inRoom = (what: string, act: (world: World, at: 0 | 1) => unknown): fc.Arbitrary<Step> =>
  room.map((at) => new Step(`${what} ${at}`, (world) => act(world, at)));
/** What the service does to somebody who is in, if he is. */
const toBot = (what: string, act: (world: World, at: 0 | 1, nick: string) => unknown): fc.Arbitrary<Step> =>
  inRoom(what, (world, at) => {
    const nick = world.nickOfBot(at);
    return nick === null ? undefined : act(world, at, nick);
  });

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(room, fc.integer({ min: 1, max: 5 }))
      .map(([at, lines]) => new Step(`talk ${at} ${lines}`, (world) => world.talk(at, lines))),
  },
  {
    weight: 6,
    arbitrary: fc
      .constantFrom(20, 700, 4_000, 35_000, 70_000, 400_000, 1_000_000)
      .map((ms) => new Step(`pass ${ms}`, (world) => world.pass(ms))),
  },
  { weight: 3, arbitrary: always("cut", (world) => world.server.cut("bot@example.org")) },
  { weight: 2, arbitrary: always("expire", (world) => world.server.expireSession("bot@example.org")) },
  always("freeze", (world) => world.freeze()),
  always("thaw", (world) => world.thaw()),
  always("hold", (world) => world.link.hold()),
  always("release", (world) => world.link.release()),
  inRoom("restart", async (world, at) => {
    world.server.restartService(domain(at));
    await world.settle();
    await world.talkersReturn();
  }),
  toBot("ghost", (world, at, nick) => world.server.ghost(ROOMS[at], nick)),
  inRoom("unreachable", (world, at) => world.server.unreachable(domain(at))),
  inRoom("reachable", (world, at) => world.server.unreachable(domain(at), false)),
  toBot("kick", (world, at, nick) => world.server.room(ROOMS[at]).kick(nick)),
  toBot("removal", (world, at, nick) => world.server.room(ROOMS[at]).kick(nick, { status: 333 })),
  inRoom("ban", (world, at) => world.server.room(ROOMS[at]).setAffiliation("bot@example.org", "outcast")),
  inRoom("unban", (world, at) => world.server.room(ROOMS[at]).setAffiliation("bot@example.org", "none")),
  inRoom("thief", (world, at) => world.steal(at)),
  inRoom("thief goes", (world, at) => world.thiefGoes(at)),
  inRoom("leave", (world, at) => world.leave(at)),
  { weight: 2, arbitrary: inRoom("join", (world, at) => world.join(at)) },
);

const printable = fc.array(step, { minLength: 1, maxLength: 60, size: "max" });

/** What came of it all, that nothing passes where nothing happens. */
const tally: Record<string, number> = {};

async function live(steps: readonly Step[]): Promise<readonly string[]> {
  const random = new Random(SEED);
  vi.spyOn(Math, "random").mockImplementation(() => random.below(2 ** 31) / 2 ** 31);
  const world = new World();
  await world.start();
  for (const { act } of steps) {
    await act(world);
    await world.settle();
    await world.pass(3);
    const wrong = world.check();
    if (wrong.length > 0) return wrong;
  }
  await world.heal();
  const wrong = [...world.check()];
  for (const [at, jid] of ROOMS.entries()) {
    const left = world.app.muc.getRoom(jid);
    if (left !== undefined && !left.active) wrong.push(`${jid} is ${left.state}, and nothing keeps it`);
    world.join(at as 0 | 1);
  }
  await world.pass(400_000);
  if (!world.app.status().ready) wrong.push(`not ready: ${JSON.stringify(world.app.status())}`);
  for (const at of [0, 1] as const) {
    const before = world.heard.length;
    await world.talk(at, 1);
    if (world.heard.length !== before + 1) wrong.push(`${ROOMS[at]} does not hear`);
  }
  wrong.push(...world.check(), ...world.lost());
  for (const { told } of world.witnesses) for (const name of told) tally[name] = (tally[name] ?? 0) + 1;
  tally["heard"] = (tally["heard"] ?? 0) + world.heard.length;
  tally["gaps"] = (tally["gaps"] ?? 0) + world.witnesses.flatMap(({ gaps }) => gaps).length;
  tally["missed"] = (tally["missed"] ?? 0) + world.missed;
  await world.close();
  if (world.clock.pending > 0) wrong.push(`${world.clock.pending} timers after the end`);
  return wrong;
}

it("keeps every rule of being in a room, and is back when the faults end", async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  process.on("unhandledRejection", note);
  console.info(`faults: MUCWRIGHT_FAULT_SEED=${SEED}`);
  try {
    await fc.assert(
      fc.asyncProperty(printable, async (steps) => {
        const wrong = await live(steps);
        expect([wrong, unhandled]).toEqual([[], []]);
      }),
      { seed: SEED, numRuns: RUNS, endOnFailure: false, interruptAfterTimeLimit: 100_000 },
    );
  } finally {
    process.off("unhandledRejection", note);
  }
  console.info("faults:", JSON.stringify(tally));
}, 300_000);
