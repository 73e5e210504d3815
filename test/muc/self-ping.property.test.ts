import fc from "fast-check";
import { expect, it } from "vitest";

import { Stage, turn, types } from "./support/stage.js";
import { F, message, own, presence, refusal, subject, T, unavailable } from "./support/stanzas.js";

const PING = "urn:xmpp:ping";
const MINUTE_MS = 60_000;

/** What may happen to a room, one after another. */
type Happening =
  | { readonly what: "time"; readonly minutes: number }
  | { readonly what: "answer"; readonly error: string | null }
  | {
      readonly what:
        | "said"
        | "removed"
        | "refused"
        | "in"
        | "lost"
        | "established"
        | "interrupted"
        | "resumed";
    };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ what: fc.constant("time" as const), minutes: fc.integer({ min: 1, max: 9 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant("answer" as const),
      error: fc.constantFrom(
        null,
        "item-not-found",
        "remote-server-timeout",
        "not-acceptable",
        "service-unavailable",
      ),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constantFrom(
        "said" as const,
        "removed",
        "refused",
        "in",
        "in",
        "lost",
        "established",
        "interrupted",
        "resumed",
      ),
    }),
  },
);

function pingsOf(stage: Stage): number {
  return stage.session.sentOf("iq").filter((iq) => iq.getChild("ping", PING) !== undefined).length;
}

async function take(stage: Stage, each: Happening): Promise<void> {
  const { session } = stage;
  if (each.what === "time") stage.clock.advance(each.minutes * MINUTE_MS);
  else if (each.what === "answer") {
    if (pingsOf(stage) > 0) session.answer(PING, each.error === null ? {} : { error: each.error });
  } else if (each.what === "said") stage.receive(message(F));
  else if (each.what === "removed") stage.receive(unavailable(T, { codes: [110, 332] }));
  else if (each.what === "refused") stage.receive(refusal("item-not-found"));
  else if (each.what === "in") stage.receive(presence(F), own(), subject());
  else if (each.what === "interrupted" && session.state === "online") session.interrupt();
  else if (each.what === "resumed" && session.state === "interrupted") session.resume();
  else if (each.what === "lost" && session.state !== "connecting") {
    session.lose();
    session.state = "connecting";
  } else if (each.what === "established" && session.state === "connecting") session.establish();
  await turn();
}

it("whatever happens to a room: after `stale` exactly one of `fresh`, `suspend`, `exit`, and no question while there is no stream, or we are out", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { maxLength: 60 }), async (script) => {
      const stage = new Stage();
      const { room, events } = await stage.active();
      const stray: Happening[] = [];
      for (const each of script) {
        const mayAsk = stage.session.state === "online" && ["history", "active"].includes(room.state);
        const before = pingsOf(stage);
        await take(stage, each);
        if (!mayAsk && each.what === "time" && pingsOf(stage) > before) stray.push(each);
      }
      const told = types(events).filter((type) => ["stale", "fresh", "suspend", "exit"].includes(type));
      const wrong = told.filter((type, index) => {
        const follows = told[index + 1] ?? "fresh";
        return (
          (type === "stale" && follows === "stale") ||
          (follows === "fresh" && told[index + 1] && type !== "stale")
        );
      });
      expect([wrong, stray, told[0] === "fresh"]).toEqual([[], [], false]);
      // one timer for what the room waits for, one for its silence, those of requests
      expect(stage.clock.pending).toBeLessThanOrEqual(2 + stage.session.sentOf("iq").length + 1);
    }),
    { numRuns: 300 },
  );
});
