// What bots do about causes of being out of their rooms.
import { describe, expect, it } from "vitest";

import { xml } from "../../src/base/element.js";
import { Bot, OnMessage } from "../../src/bot/decorators.js";
import type { AuthoringError } from "../../src/bot/errors.js";
import { inject } from "../../src/bot/injection.js";
import { Rooms } from "../../src/bot/rooms.js";
import type { OnCause } from "../../src/muc/causes.js";
import { cleanUp, LOBBY, makeApp, startApp, until, type Started } from "./support/apps.js";

const NEW = "new@rooms.example.org";
const OTHER = "other@rooms.example.org";

cleanUp();

@Bot({ rooms: [LOBBY], nick: "bot" })
class Plain {}

@Bot({
  rooms: [LOBBY, { jid: OTHER, onCause: { kicked: "out" } }],
  nick: "bot",
  onCause: { kicked: { afterMs: 30 }, banned: { afterMs: 20 } },
})
class Stubborn {
  constructor(@inject(Rooms) readonly rooms: Rooms) {}
}

@Bot({ rooms: [LOBBY], nick: "bot", onCause: { alternative: "follow" } })
class Follower {
  @OnMessage("hello") hello() {
    return "hello yourself";
  }
}

@Bot({ rooms: [OTHER], nick: "bot" })
class Elsewhere {
  @OnMessage("hello") hello() {
    return "not me";
  }
}

const moderator = (started: Started, room = LOBBY) =>
  started.server.enter(room, "mod", { affiliation: "owner", role: "moderator" });
const state = ({ app }: Started, room: string): string | undefined => app.muc.getRoom(room)?.state;

describe("a bot that is kicked", () => {
  it("comes back once, a minute later; until then its status says so", async () => {
    const started = await startApp({ bots: [Plain] });
    await (await moderator(started)).kick("bot");
    await until("it is out", () => state(started, LOBBY) === "waiting");
    const [status] = started.app.status().rooms;
    expect(status).toMatchObject({ active: false, cause: "kicked" });
    const inMs = (status?.nextAttemptAt?.getTime() ?? 0) - (status?.since?.getTime() ?? 0);
    expect(inMs).toBe(60_000);
  });

  it("does what it says, of each room by itself", async () => {
    const started = await startApp({ bots: [Stubborn] });
    const { server, app } = started;
    const mod = await moderator(started);
    await mod.kick("bot");
    await until("it is back", () => server.room(LOBBY).occupants.some(({ nick }) => nick === "bot"));
    await until("it is active", () => app.status().ready);
    await mod.kick("bot");
    await until("it stays out", () => app.muc.getRoom(LOBBY) === undefined);
    await (await moderator(started, OTHER)).kick("bot");
    await until("it stays out there at once", () => app.muc.getRoom(OTHER) === undefined);
    expect(app.status()).toMatchObject({
      ready: false,
      rooms: [
        { state: "left", cause: "kicked" },
        { state: "left", cause: "kicked" },
      ],
    });
  });

  it("does so in rooms that it enters later, unless it says otherwise there", async () => {
    let rooms: Rooms | undefined;
    @Bot({ nick: "bot", onCause: { kicked: { afterMs: 300_000 } } })
    class Wanderer {
      constructor(@inject(Rooms) all: Rooms) {
        rooms = all;
      }
    }
    const started = await startApp({ bots: [Wanderer], rooms: [LOBBY] });
    for (const jid of [OTHER, NEW]) started.server.room(jid).open();
    await rooms?.join(OTHER);
    await rooms?.join(NEW, { onCause: { kicked: "out" } });
    for (const jid of [OTHER, NEW]) await (await moderator(started, jid)).kick("bot");
    await until("it is out", () => state(started, OTHER) === "waiting" && state(started, NEW) === undefined);
    const outage = started.app.muc.getRoom(OTHER)?.outage;
    expect((outage?.nextAttemptAt?.getTime() ?? 0) - (outage?.since.getTime() ?? 0)).toBe(300_000);
  });
});

describe("a room of a bot that goes on elsewhere", () => {
  const destroy = async (started: Started): Promise<void> => {
    const mod = await moderator(started);
    const destroyed = xml("destroy", { jid: NEW }, xml("reason", null, "moved"));
    const query = xml("query", { xmlns: "http://jabber.org/protocol/muc#owner" }, destroyed);
    mod.send(xml("iq", { type: "set", id: "destroy", to: LOBBY }, query));
  };

  it("is followed where the bot says so, and those who sat there sit in the new one", async () => {
    const started = await startApp({ bots: [Follower, Elsewhere] });
    started.server.room(NEW).open();
    const alice = await started.enter("alice", NEW);
    await destroy(started);
    await until("the bot is there", () => state(started, NEW) === "active");
    await alice.say("hello");
    expect((await alice.nextMessage()).body).toBe("hello yourself");
    await alice.say("thanks");
    await started.app.idle();
    expect(started.server.room(NEW).transcript.filter(({ text }) => text === "not me")).toEqual([]);
    expect(started.app.status().ready).toBe(true);
  });

  it("is not followed otherwise", async () => {
    const started = await startApp({ bots: [Plain] });
    started.server.room(NEW).open();
    await destroy(started);
    await until("the room is over", () => started.app.muc.rooms.size === 0);
    expect(started.app.status().ready).toBe(false);
  });
});

it("of several bots in a room the first that names a cause counts", async () => {
  @Bot({ rooms: [LOBBY], nick: "bot", onCause: { kicked: { afterMs: 700_000 } } })
  class Later {}
  const kickedFor = async (...bots: Parameters<typeof startApp>[0]["bots"]): Promise<number> => {
    const started = await startApp({ bots });
    await (await moderator(started)).kick("bot");
    await until("it is out", () => state(started, LOBBY) === "waiting");
    const outage = started.app.muc.getRoom(LOBBY)?.outage;
    return (outage?.nextAttemptAt?.getTime() ?? 0) - (outage?.since.getTime() ?? 0);
  };
  @Bot({ rooms: [LOBBY], nick: "bot", onCause: { kicked: { afterMs: 900_000 } } })
  class First {}
  expect(await kickedFor(First, Later)).toBe(900_000);
  expect(await kickedFor(Plain, Later)).toBe(700_000);
});

it("what is no cause, and no way to handle one, is a mistake that is told at the start", async () => {
  @Bot({
    rooms: [{ jid: LOBBY, onCause: { kicked: "again" as never } }],
    onCause: { gone: "out" } as OnCause,
  })
  class Wrong {}
  const error = await makeApp({ bots: [Wrong] })
    .app.start()
    .then(
      () => null,
      (reason: unknown) => reason as AuthoringError,
    );
  expect(error?.code).toBe("authoring");
  expect(error?.mistakes.map(({ where, problem }) => [where, problem])).toEqual([
    ["Wrong", expect.stringContaining("there is no cause gone")],
    ["Wrong", expect.stringContaining("onCause.kicked is")],
  ]);
});
