// What happens to a session, and to the server's process.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

import { RawPeer } from "../support/raw-peer.js";
import { describeOnOwnServers, type RealServer } from "../support/services.js";
import { EVEN, Scene, until } from "./support/scene.js";

const TIMEOUT_MS = 40_000;

/**
 * QUIRK(ejabberd 23.01): Mnesia answers before its log is written (up to two seconds): what is not there yet a crash loses,
 * a room made persistent just before among it.
 */
function isOnDisk({ name, place }: RealServer, room: string): boolean {
  if (name === "prosody") return true;
  const spool = join(place.dir, "spool");
  const files = readdirSync(spool).filter((file) => file === "LATEST.LOG" || file.startsWith("muc_room."));
  const local = Buffer.from(room.split("@")[0] ?? "");
  return files.some((file) => readFileSync(join(spool, file)).includes(local));
}

describeOnOwnServers(
  "a bot in its room, and a fault of",
  (server) => {
    let scene: Scene;

    beforeEach(async () => {
      scene = await Scene.open(server);
    });
    afterEach(async () => {
      server.thaw();
      await scene.close();
    });

    it("the connection: it is resumed, nothing is lost, nothing comes twice, and the room is told nothing", async () => {
      await scene.proxy.refuse();
      scene.proxy.cut();
      await scene.letTalk(3);
      await scene.proxy.accept();
      await scene.isBack();
      expect(await scene.balance()).toEqual(EVEN);
      expect([scene.told, scene.gaps]).toEqual([[], []]);
    });

    it(
      "the connection, for longer than it can be resumed: it suspends, and is back in its room",
      async () => {
        const { jid } = scene.app.session;
        await scene.proxy.refuse();
        scene.proxy.cut();
        await until(async () => !(await server.sessions()).includes(String(jid)), "the session to be gone");
        await scene.proxy.accept();
        await scene.hasBeenTold("enter");
        await scene.isBack();
        expect(await scene.balance()).toEqual(EVEN);
        expect([scene.told, scene.gaps]).toEqual([["suspend", "resume", "enter"], []]);
      },
      TIMEOUT_MS,
    );

    it("the server's process, stopped and continued: nothing is lost, and nothing comes twice", async () => {
      server.freeze();
      const from = scene.talker.sent;
      await until(() => scene.app.session.state !== "online", "the bot to notice");
      await until(() => scene.talker.sent > from + 2, "more to be said");
      server.thaw();
      await scene.isBack();
      expect(await scene.balance()).toEqual(EVEN);
      expect(scene.gaps).toEqual([]);
    });

    it.each(["ended", "killed"])(
      "the server's process, %s and started again: it suspends, and is back in its room",
      async (end) => {
        await until(() => isOnDisk(server, scene.room), "the room to be on the disk");
        await server.stop(end === "killed" ? "SIGKILL" : "SIGTERM");
        await until(() => scene.app.session.state !== "online", "the bot to notice");
        await server.start();
        await scene.hasBeenTold("enter");
        await scene.isBack();
        expect(await scene.balance()).toEqual(EVEN);
        // a server that has just begun may be silent for longer than the bot here bears, and is then tried once more
        expect(scene.told.join(" ")).toMatch(/^(suspend resume ){1,3}enter$/);
      },
      TIMEOUT_MS,
    );

    it("the session, which another client replaces: it suspends, and is back in its room", async () => {
      const rival = await RawPeer.connect(scene.account, scene.app.session.jid?.resource ?? "");
      await scene.hasBeenTold("enter");
      await rival.stop();
      await scene.isBack();
      expect(await scene.balance()).toEqual(EVEN);
      expect([scene.told, scene.gaps]).toEqual([["suspend", "resume", "enter"], []]);
    });
  },
  { resumptionSeconds: 3 },
);
