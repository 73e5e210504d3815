// The handlers of all rooms of an application, together.
import { expect, it } from "vitest";

import { Bot, Command, OnJoin } from "../../src/bot/decorators.js";
import type { HandlerContext } from "../../src/bot/handler-context.js";
import type { MessageReceived } from "../../src/muc/events/messages.js";
import { cleanUp, startApp, until } from "./support/apps.js";
import { ManualClock } from "../support/manual-clock.js";

cleanUp();

const ROOMS = ["one", "two", "three", "four"].map((name) => `${name}@rooms.example.org`);

it("no more are at work than may be, and all get their turn; the log says that rooms wait", async () => {
  let now = 0;
  let most = 0;
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => (open = resolve));
  /** Nobody is through before everybody wants to be. */
  const work = async (): Promise<void> => {
    most = Math.max(most, ++now);
    await gate;
    await new Promise((resolve) => setTimeout(resolve, 5));
    now--;
  };
  @Bot({ rooms: ROOMS, nick: "keeper" })
  class Keeper {
    @Command("work") async work(m: MessageReceived) {
      await work();
      return `done in ${m.room.jid.local}`;
    }
    @OnJoin({ parallel: true }) greet() {
      return work();
    }
  }
  const { app, server, log, enter } = await startApp({ bots: [Keeper], maxHandlers: 2 });
  const users = await Promise.all(ROOMS.map((room) => enter("alice", room)));
  await Promise.all(users.flatMap((user) => [user.say("!work"), user.say("!work"), user.say("!work")]));
  await until("two are at work", () => most === 2);
  open();
  const answers = () =>
    ROOMS.flatMap((room) => server.room(room).transcript.filter(({ nick }) => nick === "keeper"));
  await until("all is answered", () => answers().length === 12);
  await app.idle();
  expect([most, now]).toEqual([2, 0]);
  const waits = log.records.filter(({ text }) => text.startsWith("Many handlers are at work"));
  expect(waits.map(({ level, fields }) => [level, fields["maxHandlers"]])).toEqual([["warn", 2]]);
});

it("a stop begins none of those that wait, and lets go those that ask", async () => {
  const began: string[] = [];
  const ended: string[] = [];
  @Bot({ rooms: ROOMS, nick: "keeper" })
  class Keeper {
    @Command("hang") hang(m: MessageReceived) {
      began.push(m.room.jid.local ?? "");
      return new Promise<void>(() => {});
    }
    @Command("ask") async ask(m: MessageReceived, _args: object, ctx: HandlerContext) {
      await ctx.ask("well?").catch((error: Error) => ended.push(`${m.room.jid.local} ${error.name}`));
    }
  }
  const clock = new ManualClock();
  const { app, enter } = await startApp({ bots: [Keeper], maxHandlers: 1, clock });
  const [one, two, three] = await Promise.all(ROOMS.map((room) => enter("alice", room)));
  await one?.say("!ask");
  await two?.say("!hang");
  await until("it hangs", () => began.length === 1);
  await three?.say("!hang");
  const stopping = app.stop();
  let stopped = false;
  void stopping.then(() => (stopped = true));
  await until("it has stopped", () => {
    clock.advance(1_000);
    return stopped;
  });
  expect([began, ended]).toEqual([["two"], ["one NotJoinedError"]]);
});
