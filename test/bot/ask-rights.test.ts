// Who may give a command has to be somebody who may when they answer what it asks, too.
import { expect, it } from "vitest";

import { Bot, Command, Require } from "../../src/bot/decorators.js";
import type { HandlerContext } from "../../src/bot/handler-context.js";
import type { MessageReceived } from "../../src/muc/events/messages.js";
import { BotsInRoom, turns } from "./support/bots-in-room.js";

const ROOM = "lobby@rooms.example.org";
const NO = "You may not do that";
const ADMIN = { affiliation: "admin", jid: "alice@example.org/x" };
const NOBODY = { ...ADMIN, affiliation: "none" };

@Bot()
class Keeper {
  go: () => void = () => {};
  @Command("destroy") @Require({ affiliation: "admin" }) async destroy(
    _m: MessageReceived,
    _args: object,
    ctx: HandlerContext,
  ) {
    const { nick } = await ctx.ask("sure?");
    return `destroyed by ${nick}`;
  }
  @Command("vote") @Require({ affiliation: "admin" }) async vote(
    _m: MessageReceived,
    _args: object,
    ctx: HandlerContext,
  ) {
    const { nick } = await ctx.ask("who is for it?", { from: "anyone" });
    return `${nick} is`;
  }
  @Command("wait") async wait() {
    await new Promise<void>((resolve) => (this.go = resolve));
  }
}

async function asked(line: string): Promise<BotsInRoom> {
  const bots = new BotsInRoom(Keeper);
  await bots.enter();
  bots.comes("alice", ROOM, [], ADMIN);
  bots.comes("bob");
  bots.says(line);
  await turns();
  return bots;
}

const goes = (bots: BotsInRoom) => bots.goes("alice");
const demoted = (bots: BotsInRoom) => bots.comes("alice", ROOM, [], NOBODY);

it.each<[string, readonly ((bots: BotsInRoom) => void)[], string]>([
  ["is admin still", [], "destroyed by alice"],
  ["is none any more", [demoted], NO],
  [
    "left, and came back as one",
    [goes, (bots) => bots.comes("alice", ROOM, [], ADMIN)],
    "destroyed by alice",
  ],
  ["left, and came back as none", [goes, demoted], NO],
])("who %s when they answer", async (_name, happens, answer) => {
  const bots = await asked("!destroy");
  for (const each of happens) each(bots);
  bots.says("yes");
  await turns();
  expect(bots.lines).toEqual(["sure?", answer]);
});

it("who is none any more when their answer has its turn", async () => {
  const bots = await asked("!destroy");
  bots.says("!wait", { nick: "bob" });
  bots.says("yes");
  await turns();
  demoted(bots);
  (bots.instances[0] as Keeper).go();
  await turns();
  expect(bots.lines).toEqual(["sure?", NO]);
});

it("of others it is not asked what the command takes", async () => {
  const bots = await asked("!vote");
  bots.says("I am", { nick: "bob" });
  await turns();
  expect(bots.lines).toEqual(["who is for it?", "bob is"]);
});
