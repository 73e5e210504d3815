import { describe, expect, it } from "vitest";

import { Bot, Command, Require } from "../../../src/bot/decorators.js";
import { BotsInRoom } from "../support/bots-in-room.js";

const ROOM = "lobby@rooms.example.org";

@Bot({ explains: true })
class Keeper {
  @Command("ban <who>", { aliases: ["b"] }) @Require({ affiliation: "admin" }) ban() {}
  @Command("own") @Require({ jid: "boss@example.org", role: "moderator" }) own() {}
  @Command("roll") roll() {}
}

describe("whoami", () => {
  it.each<[string, Record<string, string>, string]>([
    ["nobody known", {}, "alice: role participant, affiliation none, not known over stays"],
    [
      "an account, without telling the room which",
      { jid: "a@example.org/x", affiliation: "owner", role: "moderator" },
      "alice: role moderator, affiliation owner, known by your address",
    ],
  ])("tells what rules are asked about: of %s", async (_who, item, answer) => {
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    bots.comes("alice", ROOM, [], item);
    expect(await bots.hears("!whoami")).toEqual([answer]);
    expect(await bots.hears("keeper: whoami")).toEqual([answer]);
  });
});

describe("why", () => {
  it("tells which rule refuses the asker, and no person that it names", async () => {
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    bots.comes("alice", ROOM, [], { affiliation: "admin" });
    bots.comes("bob");
    await bots.hears("!why ban");
    for (const line of ["!why !b", "!why own", "!why roll", "!why", "!why nothing"])
      await bots.hears(line, { nick: "bob" });
    expect(bots.lines).toEqual([
      "!ban <who>: you may",
      "!ban <who>: takes affiliation admin or more",
      "!own: takes role moderator or more and jid that is let in",
      "!roll: you may",
      "Name a command: why roll",
      'There is no "nothing"',
    ]);
  });

  it("leaves both words to whoever declares them, and answers nothing unasked", async () => {
    @Bot()
    class Silent {
      @Command("roll") roll() {}
    }
    @Bot({ explains: true })
    class Own {
      @Command("why [what...]") why() {
        return "because";
      }
    }
    const silent = new BotsInRoom(Silent);
    await silent.enter();
    expect([...(await silent.hears("!whoami")), ...(await silent.hears("!why roll"))]).toEqual([]);
    const own = new BotsInRoom(Own);
    await own.enter();
    expect(await own.hears("!why roll")).toEqual(["because"]);
  });
});
