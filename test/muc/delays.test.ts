import { describe, expect, it } from "vitest";

import type { MucClientOptions } from "../../src/muc/client.js";
import { only, Stage, types } from "./support/stage.js";
import { own, presence, F, T, unavailable } from "./support/stanzas.js";

describe("how long rooms wait", () => {
  it("joinTimeoutMs: for the answer to a join", async () => {
    const stage = new Stage({ joinTimeoutMs: 1_000 });
    const { room, events } = await stage.join();
    stage.clock.advance(999);
    expect(room.state).toBe("joining");
    stage.clock.advance(1);
    expect(only(events, "failure").error.reason).toBe("timeout");
  });

  it("historyTimeoutMs: for the end of the history", async () => {
    const stage = new Stage({ historyTimeoutMs: 200 });
    const { room } = await stage.join();
    stage.receive(presence(F), own());
    stage.clock.advance(199);
    expect(room.state).toBe("history");
    stage.clock.advance(1);
    expect(room.state).toBe("active");
  });

  it("rejoin: before the next join, ever longer between its bounds", async () => {
    const stage = new Stage({ rejoin: { minDelayMs: 100, maxDelayMs: 400 } });
    const { room, events } = await stage.active();
    const delays: number[] = [];
    for (let attempt = 0; attempt < 40; attempt++) {
      stage.receive(unavailable(T, { codes: [110, 332] }));
      const delayMs = (room.outage?.nextAttemptAt?.getTime() ?? 0) - stage.clock.now();
      delays.push(delayMs);
      // each join has a time of its own, whatever the pace of all
      stage.clock.advance(2_000);
      stage.receive(own(), presence(F));
      expect(room.active).toBe(true);
    }
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(25);
    expect(Math.max(...delays.slice(0, 1))).toBeLessThanOrEqual(100);
    expect(Math.max(...delays)).toBeGreaterThan(100);
    expect(Math.max(...delays)).toBeLessThanOrEqual(400);
    expect(types(events).filter((type) => type === "enter")).toHaveLength(40);
  });

  const wrong: readonly (readonly [string, unknown])[] = [
    ["joinsPerSecond", 0],
    ["joinsPerSecond", Number.NaN],
    ["joinTimeoutMs", -1],
    ["joinTimeoutMs", "30"],
    ["historyTimeoutMs", Infinity],
    ["rejoin", { minDelayMs: 0 }],
    ["rejoin", { minDelayMs: 500, maxDelayMs: 100 }],
  ];
  it.each(wrong)("refuses %s %j", (name, value) => {
    expect(() => new Stage({ [name]: value } as MucClientOptions)).toThrow(
      expect.objectContaining({ code: "argument", message: expect.stringContaining(name) }),
    );
  });
});
