// The examples in rooms of real servers: who somebody is, is told there by each in its own way.
import { expect, it } from "vitest";

import { Dice } from "../../examples/dice.js";
import { Polls } from "../../examples/poll.js";
import { Reminders } from "../../examples/reminders.js";
import type { Class } from "../../src/bot/metadata.js";
import { RunningApp } from "../app/support/running-app.js";
import { Cast, seen, until, type Insider } from "../muc/on-services/support.js";
import { describeOnServices, type Service } from "../support/services.js";

/** What somebody has heard from a nick, oldest first. */
const heard = ({ events }: Insider, nick: string): string[] =>
  events.flatMap((event) => (event.type === "message" && event.nick === nick ? [event.body] : []));

/** The owner of a room with a bot in it. */
async function host(
  cast: Cast,
  service: Service,
  bot: Class,
  nick: string,
): Promise<{ owner: Insider; running: RunningApp }> {
  const owner = await cast.enter(service.room("example"), "owner");
  const running = await RunningApp.startIn(service, owner.room.jid.toString(), bot);
  await seen(owner, nick);
  await until(() => running.app.muc.getRoom(owner.room.jid)?.active === true, `${nick} is active`);
  return { owner, running };
}

describeOnServices("the examples", (service) => {
  it("dice roll", async () => {
    await using cast = new Cast(service);
    const { owner, running } = await host(cast, service, Dice, "dice");
    await using _ = running;
    await owner.room.sendMessage("dice: roll 6");
    await until(() => heard(owner, "dice").length === 1, "the dice have rolled");
    expect(heard(owner, "dice")[0]).toMatch(/^owner rolls [1-6]$/);
  });

  it("a poll: asks, and counts one vote of whoever leaves and comes back, by whatever the room tells", async () => {
    await using cast = new Cast(service);
    const { owner, running } = await host(cast, service, Polls, "pollster");
    await using _ = running;
    const answers = (count: number) =>
      until(() => heard(owner, "pollster").length === count, `answer ${count}`);
    await owner.room.sendMessage("!poll start Tea or coffee?");
    await answers(1);
    await owner.room.sendMessage("tea, coffee");
    await answers(2);
    expect(heard(owner, "pollster")[1]).toBe("Tea or coffee?\n1. tea\n2. coffee");

    const bob = await cast.enter(owner.room.jid.toString(), "bob");
    await bob.room.sendMessage("!poll start Milk?");
    await answers(3);
    await bob.room.sendMessage("!poll vote 1");
    await answers(4);
    await bob.room.setNick("robert");
    await bob.room.sendMessage("!poll vote 1");
    await answers(5);
    await bob.room.leave();
    await until(() => owner.room.getOccupant("robert") === null, "bob is gone");
    const again = await cast.enterAs(bob, owner.room.jid.toString(), "bobby");
    await again.room.sendMessage("!poll vote 2");
    await answers(6);
    await owner.room.sendMessage("!poll close");
    await answers(7);
    expect(heard(owner, "pollster").slice(2)).toEqual([
      "You may not do that",
      "bob votes for tea",
      "robert votes for tea",
      "bobby votes for coffee",
      "Tea or coffee?\n0 for tea\n1 for coffee",
    ]);
  });

  it("reminders find whoever wanted them, and not who has their nick now", async () => {
    await using cast = new Cast(service);
    const { owner, running } = await host(cast, service, Reminders, "memo");
    await using _ = running;
    const bob = await cast.enter(owner.room.jid.toString(), "bob");
    await bob.room.sendMessage("!remind me in 2s tea");
    await until(() => heard(owner, "memo").length === 1, "it is promised");
    await bob.room.setNick("robert");
    const thief = await cast.enter(owner.room.jid.toString(), "bob");
    await until(() => heard(thief, "memo").includes("robert: tea"), "bob is reminded");
    expect(heard(owner, "memo")).toEqual(["bob: in 1 min", "robert: tea"]);
  });
});
