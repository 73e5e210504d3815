// Whatever comes, in whatever order: nothing is thrown out of a room, and the next stanza is heard.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Element, type Node } from "../../src/base/element.js";
import { parseStanzas } from "../support/fake-session.js";
import { readRecording, SERVERS } from "./support/recording.js";
import { Stage } from "./support/stage.js";
import { F, message, own, presence, R, S, subject, T, unavailable } from "./support/stanzas.js";

/** The seed of this run: printed, so that a failure can be had again. */
const SEED = Number(process.env["FUZZ_SEED"] ?? Date.now() % 2 ** 31);

describe("the order of other occupants' presences", () => {
  const nicks = fc.uniqueArray(
    fc.stringMatching(/^[a-zé漢 ]{1,8}$/).filter((nick) => nick.trim() !== ""),
    {
      maxLength: 12,
    },
  );
  const ranks = fc.record({
    role: fc.constantFrom("moderator", "participant", "visitor"),
    affiliation: fc.constantFrom("owner", "admin", "member", "none"),
  });

  it("means nothing: the table is the same", async () => {
    const script = nicks.chain((names) =>
      fc
        .tuple(...names.map((nick) => fc.tuple(fc.constant(nick), ranks)))
        .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
    );
    await fc.assert(
      fc.asyncProperty(script, async ([all, shuffled]) => {
        const tables = await Promise.all(
          [all, shuffled].map(async (order) => {
            const stage = new Stage();
            const { room } = await stage.join();
            stage.receive(...order.map(([nick, item]) => presence(nick, { item })), own(), subject());
            return room.occupants
              .map(({ nick, role, affiliation }) => `${nick}: ${affiliation}/${role}`)
              .toSorted();
          }),
        );
        expect(tables[0]).toHaveLength(all.length + 1);
        expect(tables[1]).toEqual(tables[0]);
      }),
      { numRuns: 100 },
    );
  });
});

describe("who is in the table, whatever presences come", () => {
  const someone = fc.constantFrom("a", "b", "c", "d");
  const move = fc.oneof(
    fc.record({ do: fc.constant("come" as const), nick: someone }),
    fc.record({ do: fc.constant("go" as const), nick: someone }),
    fc.record({ do: fc.constant("rename" as const), nick: someone, to: someone }),
  );

  it("is who came and did not go; every join has its leave; an Occupant is one person's for one stay", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(move, { maxLength: 40 }), async (moves) => {
        const stage = new Stage();
        const { room, events } = await stage.active();
        const expected = new Set([T, F]);
        const first = room.occupants.slice(1);
        for (const each of moves) {
          if (each.do === "come") {
            stage.receive(presence(each.nick));
            expected.add(each.nick);
          } else if (each.do === "go") {
            stage.receive(unavailable(each.nick));
            expected.delete(each.nick);
          } else {
            stage.receive(unavailable(each.nick, { codes: [303], item: { nick: each.to } }));
            if (expected.delete(each.nick)) expected.add(each.to);
          }
        }
        expect(room.occupants.map(({ nick }) => nick).toSorted()).toEqual([...expected].toSorted());
        const joined = events.flatMap((event) => (event.type === "join" ? [event.occupant] : []));
        expect(new Set(joined).size).toBe(joined.length);
        const left = events.flatMap((event) => (event.type === "leave" ? [event.occupant] : []));
        expect(new Set(left).size).toBe(left.length);
        expect(new Set([...left, ...room.occupants.slice(1)])).toEqual(new Set([...joined, ...first]));
      }),
      { numRuns: 200 },
    );
  });
});

/** Numbers from a seed: the same each time. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const STRANGE = [
  "",
  "nonsense",
  "unavailable",
  "error",
  "-1",
  "110",
  "303",
  R,
  `${R}/${T}`,
  `${R}/${S}`,
  "@",
  "\u0085",
  "x".repeat(3_000),
];

/** The stanza with something in it that is not as it should be. */
function mutated(element: Element, random: (below: number) => number): Element {
  const attrs: Record<string, string | undefined> = Object.assign(Object.create(null), element.attrs);
  let children: Node[] = [...element.children];
  const names = Object.keys(attrs);
  const name = names[random(Math.max(1, names.length))] ?? "type";
  const index = random(Math.max(1, children.length));
  const child = children[index];
  switch (random(8)) {
    case 0:
      delete attrs[name];
      break;
    case 1:
      attrs[name] = STRANGE[random(STRANGE.length)];
      break;
    case 2:
      children.splice(index, 1);
      break;
    case 3:
      if (child !== undefined) children.push(child, child);
      break;
    case 4:
      children = children.toReversed();
      break;
    case 5:
      children.push(STRANGE[random(STRANGE.length)] ?? "");
      break;
    default:
      if (child instanceof Element) children[index] = mutated(child, random);
  }
  return new Element(element.name, element.xmlns, attrs, children);
}

const RECORDINGS = [
  "03-join-existing",
  "07-nick-conflict",
  "11-subject",
  "15-nick-change",
  "18-kick",
  "29-destroy",
  "60-forged-content",
];

/** Recorded stanzas, as if of our room. */
const CORPUS = SERVERS.flatMap((server) =>
  RECORDINGS.flatMap((name) =>
    readRecording(server, name).flatMap((line) => (line.kind === "recv" ? [line.stanza.toString()] : [])),
  ),
).flatMap((text) =>
  parseStanzas(text.replaceAll(/[\w-]+@conference\.localhost/g, R).replaceAll(`${R}/Bob`, `${R}/${T}`)),
);

describe("broken stanzas", () => {
  it(`thousands of them: nothing is thrown, no stanza is lost, whatever the room is in (FUZZ_SEED=${SEED})`, async () => {
    const random = randomFrom(SEED);
    expect(CORPUS.length).toBeGreaterThan(200);
    for (let round = 0; round < 60; round++) {
      const stage = new Stage();
      const room = (await stage.join({ firstJoin: "persist", nickConflict: "suffix" })).room;
      let told = 0;
      stage.client.on("roomAdded", () => told++);
      for (let n = 0; n < 100; n++) {
        let stanza = CORPUS[random(CORPUS.length)] ?? parseStanzas(presence(F))[0];
        if (stanza === undefined) continue;
        for (let times = random(4); times >= 0; times--) stanza = mutated(stanza, random);
        if (stanza.name === "iq") continue;
        stage.session.receive(stanza);
        if (random(20) === 0) stage.clock.advance(stage.clock.nextInMs ?? 0);
        if (random(50) === 0) {
          stage.session.lose();
          stage.session.establish();
        }
      }
      expect([
        stage.diagnostics.filter((code) => code === "room-failed"),
        stage.log.filter(({ level }) => level === "error"),
      ]).toEqual([[], []]);
      // Whatever is shown can be read.
      for (const occupant of room.occupants) expect(occupant.jid.resource).not.toBeNull();
      expect(room.occupants.every((occupant) => room.getOccupant(occupant.nick) === occupant)).toBe(true);
      await heardAfterAll(stage);
    }
  });
});

/** The room, or a new one where it is over, still hears what is said. */
async function heardAfterAll(stage: Stage): Promise<void> {
  const known = stage.client.getRoom(R);
  if (known?.state === "leaving") stage.clock.advance(10_000);
  if (stage.client.getRoom(R)?.active !== true) {
    stage.session.lose();
    stage.session.establish();
    await stage.join();
    stage.receive(own(), subject());
  }
  const room = stage.client.getRoom(R);
  const heard: string[] = [];
  room?.on("message", ({ body }) => heard.push(body));
  stage.receive(presence(S), message(S, "still here"));
  expect([room?.state, heard]).toEqual(["active", ["still here"]]);
}
