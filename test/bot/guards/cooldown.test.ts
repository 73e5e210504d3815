import { describe, expect, it } from "vitest";

import { Bot, Command, Cooldown, OnMessage, Require } from "../../../src/bot/decorators.js";
import { Cooldown as Counts, MAX_COUNTS } from "../../../src/bot/guards/cooldown.js";
import type { HandledEvent } from "../../../src/bot/handler-failed.js";
import { Occupant } from "../../../src/muc/occupant.js";
import { JID } from "../../../src/base/jid.js";
import { LanguageMap } from "../../../src/base/language-map.js";
import type { MessageReceived } from "../../../src/muc/events/messages.js";
import { BotsInRoom, WRONG } from "../support/bots-in-room.js";

const ROOM = "lobby@rooms.example.org";
const NO = "You may not do that";

describe("@Cooldown", () => {
  const TOO_OFTEN = "Too often: wait 10 s";
  function keeper(per: "occupant" | "room" | "occupantInRoom" | "bot"): new () => object {
    @Bot()
    class Keeper {
      @Command("go") @Cooldown({ per, limit: 1, windowMs: 10_000 }) go(m: MessageReceived) {
        return `${m.nick} went`;
      }
    }
    return Keeper;
  }
  const OTHER = "other@rooms.example.org";

  it("answers one call that is too many in each window, and the next window is free", async () => {
    const bots = new BotsInRoom(keeper("room"));
    await bots.enter();
    for (let n = 0; n < 4; n++) await bots.hears("!go");
    expect(bots.lines).toEqual(["alice went", TOO_OFTEN]);
    bots.clock.advance(9_999);
    expect(await bots.hears("!go")).toEqual([]);
    bots.clock.advance(1);
    expect(await bots.hears("!go")).toEqual(["alice went"]);
    expect(await bots.hears("!go")).toEqual([TOO_OFTEN]);
  });

  it.each<["occupant" | "room" | "occupantInRoom" | "bot", string[]]>([
    ["occupant", ["alice went", "bob went"]],
    ["occupantInRoom", ["alice went", "bob went", "alice went"]],
    ["room", ["alice went", "alice went"]],
    ["bot", ["alice went"]],
  ])("counts per %s", async (per, answers) => {
    const bots = new BotsInRoom(keeper(per));
    await bots.enter();
    await bots.enter(OTHER);
    for (const room of [ROOM, OTHER]) {
      bots.comes("alice", room, [], { jid: "alice@example.org/x" });
      bots.comes("bob", room, [], { jid: "bob@example.org/x" });
    }
    await bots.hears("!go");
    await bots.hears("!go", { nick: "bob" });
    await bots.hears("!go", { room: OTHER });
    expect(bots.lines.filter((line) => line.endsWith("went"))).toEqual(answers);
  });

  it("gives who leaves, renames and comes back no second try, proven or not", async () => {
    const bots = new BotsInRoom(keeper("occupant"));
    await bots.enter();
    bots.comes("alice");
    await bots.hears("!go");
    bots.goes("alice");
    bots.comes("mallory");
    expect(await bots.hears("!go", { nick: "mallory" })).toEqual([TOO_OFTEN]);
    bots.comes("bob", ROOM, [], { jid: "bob@example.org/x" });
    expect(await bots.hears("!go", { nick: "bob" })).toEqual(["bob went"]);
    bots.goes("bob");
    bots.comes("rob", ROOM, [], { jid: "bob@example.org/y" });
    expect(await bots.hears("!go", { nick: "rob" })).toEqual([TOO_OFTEN]);
  });

  it("counts before the handler runs, whatever becomes of it, and not what is refused anyway", async () => {
    @Bot()
    class Keeper {
      @Command("fail") @Cooldown({ per: "room", limit: 1, windowMs: 10_000 }) fail() {
        throw new Error("no");
      }
      @Command("ban")
      @Cooldown({ per: "room", limit: 1, windowMs: 10_000 })
      @Require({ affiliation: "admin" })
      ban() {
        return "banned";
      }
    }
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    for (const line of ["!fail", "!fail", "!ban", "!ban"]) await bots.hears(line);
    expect(bots.lines).toEqual([WRONG, TOO_OFTEN, NO, NO]);
    bots.comes("alice", ROOM, [], { affiliation: "admin" });
    expect(await bots.hears("!ban")).toEqual(["banned"]);
  });

  it("is silent of events", async () => {
    @Bot()
    class Keeper {
      @OnMessage() @Cooldown({ per: "room", limit: 2, windowMs: 10_000 }) echo(m: MessageReceived) {
        return m.body;
      }
    }
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    for (const line of ["a", "b", "c", "d"]) await bots.hears(line);
    expect(bots.lines).toEqual(["a", "b"]);
  });
});

describe("the counts of a @Cooldown", () => {
  it.each(["occupant", "occupantInRoom"] as const)(
    "per %s are shared by all unproven who invite, into whatever room",
    (per) => {
      const counts = new Counts({ per, limit: 1, windowMs: 1_000 });
      const into = (name: string): HandledEvent =>
        ({ type: "invitation", proof: "claimed", room: JID.parse(`${name}@evil.example`) }) as HandledEvent;
      expect(counts.take(into("one"), 0)).toBeNull();
      expect(counts.take(into("another"), 0)).not.toBeNull();
    },
  );

  const room = JID.parse(ROOM);
  function from(account: string): HandledEvent {
    const occupant = new Occupant(room, {
      nick: "alice",
      realJid: JID.parse(account),
      occupantId: null,
      role: "participant",
      affiliation: "none",
      available: true,
      show: null,
      status: new LanguageMap([]),
    });
    return { type: "invitation", occupant, room } as unknown as HandledEvent;
  }

  it("are bounded: whoever finds no place shares one with all others", () => {
    const counts = new Counts({ per: "occupant", limit: 1, windowMs: 1_000 });
    for (let n = 0; n < MAX_COUNTS; n++) expect(counts.take(from(`u${n}@example.org`), 0)).toBeNull();
    expect(counts.take(from("late@example.org"), 0)).toBeNull();
    expect(counts.take(from("later@example.org"), 0)).toMatchObject({ waitMs: 1_000 });
    expect(counts.take(from("u1@example.org"), 0)).not.toBeNull();
    expect(counts.take(from("later@example.org"), 1_000)).toBeNull();
    expect(counts.take(from("latest@example.org"), 1_000)).toBeNull();
  });
});
