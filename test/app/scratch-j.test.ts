import { describe, expect, it } from "vitest";
import { Bot, Command, OnStart, OnStop, OnExit, OnEnter, OnMessage } from "../../src/bot/decorators.js";
import { inject } from "../../src/bot/injection.js";
import { Rooms } from "../../src/bot/rooms.js";
import { Room } from "../../src/muc/room.js";
import { cleanUp, LOBBY, makeApp, startApp, until } from "./support/apps.js";
cleanUp();
const CELLAR = "cellar@rooms.example.org";
describe("J", () => {
  it("J1 stop during OnStart at app start", async () => {
    const log: string[] = [];
    let go = () => {};
    @Bot({ rooms: [LOBBY], nick: "a" })
    class A {
      @OnStart() async start() { log.push("start A"); await new Promise<void>((r) => (go = r)); log.push("started A"); }
      @OnStop() stop() { log.push("stop A"); }
    }
    @Bot({ rooms: [LOBBY], nick: "a" })
    class B {
      @OnStart() start() { log.push("start B"); }
      @OnStop() stop() { log.push("stop B"); }
    }
    const { app } = makeApp({ bots: [A, B] });
    const started = app.start().then(() => log.push("start resolved"), (e: Error) => log.push("start rejected " + e.message));
    await until("it starts", () => log.length === 1);
    const stopped = app.stop().then(() => log.push("stopped"));
    await stopped;
    go();
    await started;
    await new Promise((r) => setTimeout(r, 300));
    console.log("J1", log, app.status());
  });
  it("J1b stop awaits during", async () => {
    const log: string[] = [];
    let go = () => {};
    @Bot({ rooms: [LOBBY], nick: "a" })
    class A {
      @OnStart() async start() { log.push("start A"); await new Promise<void>((r) => (go = r)); log.push("started A"); }
      @OnStop() stop() { log.push("stop A"); }
    }
    @Bot({ rooms: [LOBBY], nick: "a" })
    class B {
      @OnStart() start() { log.push("start B"); }
      @OnStop() stop() { log.push("stop B"); }
    }
    const { app } = makeApp({ bots: [A, B] });
    const started = app.start().then(() => log.push("start resolved"), (e: Error) => log.push("start rejected " + e.message));
    await until("it starts", () => log.length === 1);
    const stopped = app.stop().then(() => log.push("stopped"));
    go();
    await stopped;
    await started;
    await new Promise((r) => setTimeout(r, 300));
    console.log("J1b", log, app.status());
  });
  it("J2 leave and rejoin quickly, slow OnStop", async () => {
    const log: string[] = [];
    let go = () => {};
    @Bot({ rooms: [LOBBY], nick: "a", scope: "room" })
    class A {
      constructor(@inject(Room) readonly room: Room) { log.push("made"); }
      @OnStart() start() { log.push("start"); }
      @OnEnter() enter() { log.push("enter"); }
      @OnExit() exit() { log.push("exit"); }
      @OnStop() async stop() { log.push("stopping"); await new Promise<void>((r) => (go = r)); log.push("stopped"); }
    }
    const { app } = await startApp({ bots: [A] });
    await app.muc.getRoom(LOBBY)!.leave();
    await app.muc.join(LOBBY, "a").entered;
    await new Promise((r) => setTimeout(r, 100));
    console.log("J2", log); go(); await new Promise((r) => setTimeout(r, 100));console.log("J2", log);
    setTimeout(()=>go(), 300);
    await app.stop(); 
    console.log("J2", log);
  });
  it("J3 leave in a constructor or OnStart before session", async () => {
    const log: string[] = [];
    @Bot({ rooms: [LOBBY, CELLAR], nick: "a", scope: "room" })
    class A {
      constructor(@inject(Room) readonly room: Room, @inject(Rooms) readonly rooms: Rooms) { }
      @OnStart() async start() { log.push("start " + this.room.jid.local); if (this.room.jid.local === "lobby") await this.rooms.leave(CELLAR); }
      @OnStop() async stop() { log.push("stop " + this.room.jid.local); }
    }
    const { app } = await startApp({ bots: [A] });
    await new Promise((r) => setTimeout(r, 100));
    console.log("J3", log);
    await app.stop(); console.log("J3", log);
  });
  it("J4 stop during per-room OnStart of a later room", async () => {
    const log: string[] = [];
    let go = () => {};
    @Bot({ rooms: [LOBBY], nick: "a", scope: "room" })
    class A {
      constructor(@inject(Room) readonly room: Room) { }
      @OnStart() async start() { log.push("start " + this.room.jid.local); if (this.room.jid.local !== "lobby") { await new Promise<void>((r) => (go = r)); log.push("started cellar"); } }
      @OnEnter() enter() { log.push("enter " + this.room.jid.local); }
      @OnStop() async stop() { log.push("stop " + this.room.jid.local); }
    }
    const { app } = await startApp({ bots: [A] });
    await app.muc.join(CELLAR, "a").entered;
    const s = app.stop().then(() => log.push("app stopped"));
    setTimeout(() => go(), 200);
    await s;
    await new Promise((r) => setTimeout(r, 100));
    console.log("J4", log);
  });
  it("J4b stop during per-room OnStart of a later room which hangs", async () => {
    const log: string[] = [];
    let go = () => {};
    @Bot({ rooms: [LOBBY], nick: "a", scope: "room" })
    class A {
      constructor(@inject(Room) readonly room: Room) { }
      @OnStart() async start() { log.push("start " + this.room.jid.local); if (this.room.jid.local !== "lobby") { await new Promise<void>((r) => (go = r)); log.push("started cellar"); } }
      @OnEnter() enter() { log.push("enter " + this.room.jid.local); }
      @OnMessage() m() { log.push("m");}
      @OnStop() async stop() { log.push("stop " + this.room.jid.local); }
    }
    const { app, enter } = await startApp({ bots: [A] });
    await app.muc.join(CELLAR, "a").entered;
    const al = await enter("alice", CELLAR); await al.say("x");
    const s = app.stop().then(() => log.push("app stopped"));
    await s;
    go();
    await new Promise((r) => setTimeout(r, 300));
    console.log("J4b", log);
  }, 20000);
  it("J5 room destroyed during OnStart", async () => {
    const log: string[] = [];
    let go = () => {};
    @Bot({ rooms: [LOBBY], nick: "a", scope: "room" })
    class A {
      constructor(@inject(Room) readonly room: Room) { }
      @OnStart() async start() { log.push("start " + this.room.jid.local); if (this.room.jid.local !== "lobby") { await new Promise<void>((r) => (go = r)); log.push("started cellar"); } }
      @OnEnter() enter() { log.push("enter " + this.room.jid.local); }
      @OnExit() exit() { log.push("exit " + this.room.jid.local); }
      @OnStop() async stop() { log.push("stop " + this.room.jid.local); }
    }
    const { app, server } = await startApp({ bots: [A] });
    await app.muc.join(CELLAR, "a").entered;
    await app.muc.getRoom(CELLAR)!.destroy({ alternative: "attic@rooms.example.org" });
    await new Promise((r) => setTimeout(r, 100));
    console.log("J5", log); go(); await new Promise((r) => setTimeout(r, 100)); console.log("J5", log, [...app.muc.rooms.keys()]);
  });
});
