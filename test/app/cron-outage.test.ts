// The clock goes on while a room is out.
import { expect, it } from "vitest";

import type { CronTick } from "../../src/bot/cron-tick.js";
import { Bot, Cron } from "../../src/bot/decorators.js";
import { testRoom } from "../../src/testing/index.js";

it("@Cron does nothing in a room that is suspended, and goes on when it is active again", async () => {
  @Bot({ nick: "keeper" })
  class Keeper {
    readonly states: string[] = [];
    @Cron("* * * * * *", { timezone: "UTC" }) tick({ room }: CronTick) {
      this.states.push(room.state);
    }
  }
  await using room = await testRoom(Keeper);
  const { states } = room.bot;
  await room.clock.advance(3_000);
  expect(states).toHaveLength(3);
  let wasOut = false;
  room.app.muc.getRoom(room.jid)?.on("suspend", () => (wasOut = true));
  room.server.room(room.jid).kick("keeper", { status: 332 });
  room.server.unreachable(room.jid.domain);
  await room.clock.advance(20_000);
  expect([wasOut, states.length]).toEqual([true, 3]);
  room.server.unreachable(room.jid.domain, false);
  await room.clock.advance(60_000);
  expect(states.length).toBeGreaterThan(3);
  expect(new Set(states)).toEqual(new Set(["active"]));
});
