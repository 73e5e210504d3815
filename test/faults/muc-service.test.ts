// What happens to the rooms' service alone, while the server goes on.
import { afterEach, beforeEach, expect, it } from "vitest";

import { describeOnOwnServers } from "../support/services.js";
import { restartRooms } from "./support/rooms-service.js";
import { EVEN, Scene, until } from "./support/scene.js";

const TIMEOUT_MS = 30_000;

describeOnOwnServers("a bot in its room, and the rooms' service,", (server) => {
  let scene: Scene;

  beforeEach(async () => {
    scene = await Scene.open(server);
  });
  afterEach(() => scene.close());

  it(
    "restarted alone: it is back in its room",
    async () => {
      await restartRooms(server);
      await scene.isBack();
      expect(await scene.balance()).toEqual(EVEN);
      expect(scene.app.session.state).toBe("online");
      expect(scene.told).not.toContain("exit");
      expect(scene.told.filter((name) => name === "suspend")).toEqual(
        scene.told.filter((name) => name === "enter").map(() => "suspend"),
      );
    },
    TIMEOUT_MS,
  );

  it(
    "switched off and on: it is back in its room, or has never been out",
    async () => {
      await server.mucDown();
      // Prosody tells nobody: who is silent is in still
      if (server.name === "ejabberd") await scene.hasBeenTold("suspend");
      await server.mucUp();
      await scene.isBack();
      expect(await scene.balance()).toEqual(EVEN);
      const known = ["suspend", "enter"].filter((name) => scene.told.includes(name));
      expect(known).toEqual(server.name === "ejabberd" ? ["suspend", "enter"] : []);
      expect(scene.told).not.toContain("exit");
    },
    TIMEOUT_MS,
  );

  // QUIRK(prosody 0.12): while the host is off it answers not-allowed, to pings and joins, and keeps the occupants.
  it(
    "switched off, and asked meanwhile: it suspends, goes on trying, and is back in its room",
    async () => {
      const room = scene.app.muc.getRoom(scene.room);
      if (room === undefined) throw new Error("there is no room");
      room.selfPing = { softTimeoutMs: 300, hardTimeoutMs: 5_000, intervalMs: 300, timeoutMs: 1_000 };
      await server.mucDown();
      await scene.hasBeenTold("suspend");
      await until(() => (room.outage?.attempt ?? 0) >= 2, "the bot to have tried twice");
      expect(room.outage?.cause).toBe("refused");
      await server.mucUp();
      await scene.hasBeenTold("enter");
      await scene.isBack();
      expect(await scene.balance()).toEqual(EVEN);
      expect(scene.told).not.toContain("exit");
    },
    TIMEOUT_MS,
  );
});
