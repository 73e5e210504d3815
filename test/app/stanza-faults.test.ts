// Bots on a service whose stanzas come late, twice, and in another order.
import { describe, expect, it } from "vitest";

import { Bot, Command, OnJoin, OnLeave, OnMessage, OnNickChange } from "../../src/bot/decorators.js";
import type { MessageReceived } from "../../src/muc/events/messages.js";
import type { NickChanged, OccupantJoined, OccupantLeft } from "../../src/muc/events/occupants.js";
import { testRoom, type TestRoom } from "../../src/testing/index.js";
import { until } from "./support/apps.js";

@Bot({ rooms: ["lobby@rooms.example.org"], nick: "keeper" })
class Keeper {
  readonly heard: string[] = [];
  @OnMessage() message({ nick, body }: MessageReceived) {
    this.heard.push(`${nick}: ${body}`);
  }
  @OnJoin() join({ occupant }: OccupantJoined) {
    this.heard.push(`${occupant.nick} joins`);
  }
  @OnLeave() leave({ occupant, mode }: OccupantLeft) {
    this.heard.push(`${occupant.nick} leaves: ${mode}`);
  }
  @OnNickChange() renamed({ oldNick, newNick }: NickChanged) {
    this.heard.push(`${oldNick} is ${newNick}`);
  }
  @Command("roll") roll() {
    return "a 4";
  }
}

const seat = ({ app, jid }: TestRoom) => {
  const room = app.muc.getRoom(jid);
  if (room === undefined) throw new Error("The bot has no room");
  return room;
};

/** Who is in the room, as the bot and as the service have it. */
const tables = (room: TestRoom): [string[], string[]] => [
  seat(room)
    .occupants.map(({ nick }) => nick)
    .toSorted(),
  room.server
    .room(room.jid)
    .occupants.map(({ nick }) => nick)
    .toSorted(),
];

describe("stanzas that come twice", () => {
  it("are handled once: messages, commands, comings, goings, new nicks, own answers (XEP-0359 §3)", async () => {
    await using room = await testRoom(Keeper);
    room.server.duplicate();
    const alice = await room.enter("alice");
    await alice.say("hello");
    await alice.say("hello");
    await alice.say("!roll");
    await alice.whisper("keeper", "!roll");
    await alice.setNick("alicia");
    await alice.leave();
    await room.settled();
    expect(room.bot.heard).toEqual([
      "alice joins",
      "alice: hello",
      "alice: hello",
      "alice is alicia",
      "alicia leaves: normal",
    ]);
    expect(room.transcript.filter(({ nick }) => nick === "keeper").map(({ body }) => body)).toEqual(["a 4"]);
    expect((await room.nextReply()).body).toBe("a 4");
    await room.expectSilence();
    const alone = alice.received.filter((each) => each.attrs["type"] === "chat");
    expect(alone.map((each) => each.getChildText("body"))).toEqual(["a 4"]);
    expect(tables(room)).toEqual([["keeper"], ["keeper"]]);
  });

  it("do no harm to joining, to being kicked, and to coming back", async () => {
    await using room = await testRoom(Keeper);
    const alice = await room.enter("alice", { affiliation: "owner" });
    room.server.duplicate();
    const events: string[] = [];
    for (const type of ["suspend", "resume", "enter", "exit"] as const)
      seat(room).on(type, () => events.push(type));
    await alice.kick("keeper");
    await until("it is out", () => seat(room).state === "waiting");
    await room.clock.advance("1m");
    expect(seat(room).active).toBe(true);
    await room.settled();
    expect(events).toEqual(["suspend", "resume", "enter"]);
    expect(tables(room)).toEqual([
      ["alice", "keeper"],
      ["alice", "keeper"],
    ]);
    await alice.say("!roll");
    expect((await room.nextReply()).body).toBe("a 4");
    await room.expectSilence();
  });
});

describe("stanzas that come late", () => {
  it("are answered late, and nothing is missing", async () => {
    await using room = await testRoom(Keeper);
    const alice = await room.enter("alice");
    room.server.delay(5_000);
    await alice.say("!roll");
    await room.expectSilence();
    await room.clock.advance(5_000);
    await room.settled();
    // It was said, and the bot has not seen it yet.
    expect(room.transcript.at(-1)).toMatchObject({ nick: "keeper", text: "a 4" });
    await room.expectSilence();
    await room.clock.advance(5_000);
    expect((await room.nextReply()).body).toBe("a 4");
  });

  it("are no reason to be out: an answer to a self-ping that is late is one (XEP-0410 §3.3)", async () => {
    await using room = await testRoom(Keeper);
    const told: string[] = [];
    for (const type of ["stale", "fresh", "suspend"] as const) seat(room).on(type, () => told.push(type));
    const { softTimeoutMs, timeoutMs } = seat(room).selfPing;
    const isPong = ({ name, attrs }: { name: string; attrs: Record<string, string | undefined> }) =>
      name === "iq" && attrs["from"] === `${room.jid.toString()}/keeper`;
    const end = room.server.delay(timeoutMs + 1_000, { only: isPong });
    await room.clock.advance(softTimeoutMs + 4 * timeoutMs);
    expect([told.includes("suspend"), seat(room).joined]).toEqual([false, true]);
    end();
    await room.enter("alice");
    await room.settled();
    expect([told.at(-1), seat(room).active]).toEqual(["fresh", true]);
  });
});

describe("stanzas in another order", () => {
  it("are each handled, once, and the room has who is there", async () => {
    await using room = await testRoom(Keeper);
    const end = room.server.reorder();
    const alice = await room.enter("alice");
    const bob = await room.enter("bob");
    for (const line of ["one", "two", "three", "four"]) await alice.say(line);
    await bob.leave();
    await alice.setNick("alicia");
    end();
    await room.settled();
    const said = room.bot.heard.filter((line) => line.includes(":") && !line.includes("leaves"));
    expect(said).toEqual(["alice: two", "alice: one", "alice: four", "alice: three"]);
    expect(tables(room)).toEqual([
      ["alicia", "keeper"],
      ["alicia", "keeper"],
    ]);
  });

  it("do not keep a bot out: it joins, is answered to, and comes back after a lost stream", async () => {
    await using room = await testRoom(Keeper);
    const alice = await room.enter("alice");
    for (const line of ["one", "two", "three"]) await alice.say(line);
    const end = room.server.reorder();
    let wasOut = false;
    seat(room).on("suspend", () => (wasOut = true));
    room.server.expireSession("bot@example.org");
    await room.clock.advance("1m");
    expect([wasOut, seat(room).active]).toEqual([true, true]);
    end();
    await room.settled();
    await alice.say("!roll");
    expect((await room.nextReply()).body).toBe("a 4");
    expect(tables(room)).toEqual([
      ["alice", "keeper"],
      ["alice", "keeper"],
    ]);
    expect(room.bot.heard).toEqual(["alice joins", "alice: one", "alice: two", "alice: three"]);
  });
});
