// Bots of single rooms begin and end in order, however rooms come and go.
import { expect, it } from "vitest";

import { Bot, OnEnter, OnExit, OnStart, OnStop } from "../../src/bot/decorators.js";
import { inject } from "../../src/bot/injection.js";
import { Rooms } from "../../src/bot/rooms.js";
import { Room } from "../../src/muc/room.js";
import { cleanUp, LOBBY, startApp, until } from "./support/apps.js";

const CELLAR = "cellar@rooms.example.org";

cleanUp();

it("who comes back into a room at once begins there when the one before has ended", async () => {
  const order: string[] = [];
  let go: () => void = () => {};
  let made = 0;
  @Bot({ rooms: [LOBBY], nick: "keeper", scope: "room" })
  class Keeper {
    readonly number = ++made;
    @OnStart() begin() {
      order.push(`${this.number} begins`);
    }
    @OnEnter() enter() {
      order.push(`${this.number} enters`);
    }
    @OnExit() exit() {
      order.push(`${this.number} is out`);
    }
    @OnStop() async end() {
      if (this.number === 1) await new Promise<void>((resolve) => (go = resolve));
      order.push(`${this.number} ends`);
    }
  }
  const { app } = await startApp({ bots: [Keeper] });
  await app.muc.getRoom(LOBBY)?.leave();
  await app.muc.join(LOBBY, "keeper").entered;
  await until("it is active again", () => app.muc.getRoom(LOBBY)?.active === true);
  go();
  await until("the second entered", () => order.includes("2 enters"));
  await app.stop();
  expect(order).toEqual(["1 begins", "1 enters", "1 is out", "1 ends", "2 begins", "2 enters", "2 ends"]);
});

it("who is out of their room before they were started is not started", async () => {
  const order: string[] = [];
  @Bot({ rooms: [LOBBY, CELLAR], nick: "keeper", scope: "room" })
  class Keeper {
    constructor(
      @inject(Room) readonly room: Room,
      @inject(Rooms) readonly rooms: Rooms,
    ) {}
    @OnStart() async begin() {
      order.push(`begins in ${this.room.jid.local}`);
      await this.rooms.leave(CELLAR);
    }
    @OnStop() end() {
      order.push(`ends in ${this.room.jid.local}`);
    }
  }
  const { app } = await startApp({ bots: [Keeper] });
  await app.stop();
  expect(order).toEqual(["begins in lobby", "ends in lobby"]);
});
