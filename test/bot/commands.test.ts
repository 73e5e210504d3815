import { describe, expect, it } from "vitest";

import { BOT_MARK } from "../../src/bot/bot-mark.js";
import { xml } from "../../src/base/element.js";
import {
  Bot,
  Command,
  Example,
  OnDirectMessage,
  OnMessage,
  OnPrivateMessage,
  OnUnhandledCommand,
} from "../../src/bot/decorators.js";
import type { MessageReceived } from "../../src/muc/events/messages.js";
import type { Occupant } from "../../src/muc/occupant.js";
import { Reply } from "../../src/bot/reply.js";
import { growthForTen, LINEAR_FOR_TEN } from "../support/growth.js";
import { BotsInRoom, WRONG } from "./support/bots-in-room.js";

@Bot()
class Keeper {
  @Command("roll <sides:int> [times:int=1] [--loud]", { aliases: ["r"], description: "rolls dice" })
  @Example("roll 6", /^rolled/)
  @Example("!r 6 2", ["rolled 2d6"])
  roll(_m: MessageReceived, { sides, times, loud }: { sides: number; times: number; loud: boolean }) {
    return `${loud ? "ROLLED" : "rolled"} ${times}d${sides}`;
  }

  @Command("poll add <what...>") add(m: MessageReceived, { what }: { what: string }) {
    return new Reply(m, `added ${what}`);
  }

  @Command("poll remove <what...>") remove() {
    return "removed";
  }

  @Command("greet <who:occupant>") greet(_m: MessageReceived, { who }: { who: Occupant }) {
    return `hello ${who.nick} (${who.role})`;
  }

  @Command("broken") broken() {
    throw new Error("as it is");
  }
}

async function keeper(...others: (new () => object)[]): Promise<BotsInRoom> {
  const bots = new BotsInRoom(Keeper, ...others);
  await bots.enter();
  bots.comes("alice");
  bots.listen();
  return bots;
}

describe("a call that does not fit", () => {
  it.each([
    ["!roll six", 'sides: "six" is not a whole number. Usage: !roll <sides:int> [times:int=1] [--loud]'],
    ["!r", "sides is missing. Usage: !roll <sides:int> [times:int=1] [--loud]"],
    ["!roll 6 --lout", 'There is no flag "--lout". Usage: !roll <sides:int> [times:int=1] [--loud]'],
    ["!greet bob", 'who: "bob" is not the nick of somebody here. Usage: !greet <who:occupant>'],
  ])("%s is told which word, what was expected, and the usage", async (line, answer) => {
    expect(await (await keeper()).hears(line)).toEqual([answer]);
  });

  it("no: flags and occupants are given as they are there", async () => {
    const bots = await keeper();
    expect(await bots.hears("!roll 6 --loud")).toEqual(["ROLLED 1d6"]);
    expect(await bots.hears("!greet alice:")).toEqual(["hello alice (participant)"]);
  });
});

describe("help", () => {
  it("has a line for each command, made from its template", async () => {
    const bots = await keeper();
    const lines = [
      "!roll <sides:int> [times:int=1] [--loud] – rolls dice",
      "!poll add <what...>",
      "!poll remove <what...>",
      "!greet <who:occupant>",
      "!broken",
    ];
    expect(await bots.hears("!help")).toEqual([lines.join("\n")]);
    expect(await bots.hears("keeper: HELP")).toEqual([lines.join("\n")]);
  });

  it.each([
    [
      "!help roll",
      "!roll <sides:int> [times:int=1] [--loud] – rolls dice\nAlso: !r\n!roll 6\n!r 6 2 → rolled 2d6",
    ],
    [
      "!help !r",
      "!roll <sides:int> [times:int=1] [--loud] – rolls dice\nAlso: !r\n!roll 6\n!r 6 2 → rolled 2d6",
    ],
    ["!help poll", "!poll add <what...>\n!poll remove <what...>"],
    ["keeper, help  Poll   ADD ", "!poll add <what...>"],
    ["!help pol", 'There is no "pol"'],
    [`!help ${"x".repeat(100)}`, `There is no "${"x".repeat(40)}…"`],
  ])("%s: of one command all there is", async (line, answer) => {
    expect(await (await keeper()).hears(line)).toEqual([answer]);
  });

  it("is there once for several bots, with the prefix of each", async () => {
    @Bot({ prefix: null })
    class Shy {
      @Command("shout <what...>") shout() {}
    }
    const bots = await keeper(Shy);
    const [both = ""] = await bots.hears("keeper: help");
    expect(both.split("\n")).toHaveLength(6);
    expect(both).toContain("\nkeeper: shout <what...>");
    expect((await bots.hears("!help"))[0]).not.toContain("shout");
  });

  it("is the bot's own where it declares it, and nobody's with help: false, or without commands", async () => {
    @Bot()
    class Own {
      @Command("help [what]") help() {
        return "my own";
      }
    }
    @Bot({ help: false })
    class Helpless {
      @Command("roll") roll() {}
      @OnMessage() all() {
        return "heard";
      }
    }
    @Bot()
    class Ears {
      @OnMessage() all() {
        return "heard";
      }
    }
    for (const [type, answer] of [
      [Own, ["my own"]],
      [Helpless, []],
      [Ears, ["heard"]],
    ] as const) {
      const bots = new BotsInRoom(type);
      await bots.enter();
      expect(await bots.hears("!help")).toEqual(answer);
    }
  });
});

describe("a command that nobody has", () => {
  it.each([
    ["!rol 6", 'There is no "rol". Did you mean !roll?'],
    ["!ROLLL 6", 'There is no "ROLLL". Did you mean !roll?'],
    ["!orll 6", 'There is no "orll". Did you mean !roll?'],
    ["!poll ad x", 'There is no "poll". Did you mean !poll add?'],
    ["!poll", 'There is no "poll". Did you mean !poll add, !poll remove?'],
    ["!poll xyz", 'There is no "poll". Did you mean !poll add, !poll remove?'],
    ["!gret", 'There is no "gret". Did you mean !greet?'],
  ])("%s is asked back where a close name exists", async (line, answer) => {
    expect(await (await keeper()).hears(line)).toEqual([answer]);
  });

  it.each(["!xyzzy", "!a", `!${"roll".repeat(100)}`, "keeper: rol 6", "!?"])(
    "%s is not, and goes nowhere",
    async (line) => {
      expect(await (await keeper()).hears(line)).toEqual([]);
    },
  );

  it("goes to @OnUnhandledCommand where there is one, and that only", async () => {
    @Bot({ prefix: "?" })
    class Unhandled {
      @Command("known") known() {}
      @OnUnhandledCommand() what(m: MessageReceived) {
        return `what is ${m.body}?`;
      }
      @OnMessage() all() {
        return "heard";
      }
    }
    const bots = new BotsInRoom(Unhandled);
    await bots.enter();
    bots.comes("alice");
    expect(await bots.hears("?knwn")).toEqual(["what is ?knwn?"]);
    expect(await bots.hears("keeper: knwn")).toEqual(["heard"]);
    expect(await bots.hears("!knwn")).toEqual(["heard"]);
    expect(await bots.whispers("?x")).toEqual(["lobby@rooms.example.org/alice: what is ?x?"]);
  });

  it("costs no more than reading it, however long it is", async () => {
    const bots = await keeper();
    const growth = await growthForTen((n) => bots.hears(`!${"rol ".repeat(n)}`), 6_000);
    expect(growth).toBeLessThan(LINEAR_FOR_TEN);
  });
});

describe("a command said in private", () => {
  const alice = "lobby@rooms.example.org/alice";
  it.each([
    ["!roll 6", `${alice}: rolled 1d6`],
    ["keeper: roll 6", `${alice}: rolled 1d6`],
    ["!poll add x", `${alice}: added x`],
    ["!greet alice", `${alice}: hello alice (participant)`],
    ["!roll", `${alice}: sides is missing. Usage: !roll <sides:int> [times:int=1] [--loud]`],
    ["!rol", `${alice}: There is no "rol". Did you mean !roll?`],
    ["!help poll add", `${alice}: !poll add <what...>`],
    ["!broken", `${alice}: ${WRONG}`],
  ])("by an occupant is answered to them alone: %s", async (line, answer) => {
    const bots = await keeper();
    expect(await bots.whispers(line)).toEqual([answer]);
    expect(bots.session.sent.map(({ attrs }) => attrs["type"])).toEqual(["chat"]);
  });

  const account = "alice@example.org/phone";
  it.each([
    ["!roll 6", `${account}: rolled 1d6`],
    ["bot: roll 6", `${account}: rolled 1d6`],
    ["!poll add x", `${account}: added x`],
    [
      "!greet alice",
      `${account}: who: "alice" is not the nick of somebody here. Usage: !greet <who:occupant>`,
    ],
    ["!rol", `${account}: There is no "rol". Did you mean !roll?`],
    ["!help poll add", `${account}: !poll add <what...>`],
    ["!broken", `${account}: ${WRONG}`],
  ])("by an account, outside of any room, is answered there: %s", async (line, answer) => {
    expect(await (await keeper()).writes(line)).toEqual([answer]);
  });

  it("says who gave it: the occupant, or the account as a stranger with its address", async () => {
    const seen: MessageReceived[] = [];
    @Bot()
    class Who {
      @Command("who") who(m: MessageReceived) {
        seen.push(m);
        m.reply("replied").catch(() => {});
        m.say("said").catch(() => {});
        return m.whisper("whispered").then(() => undefined);
      }
    }
    const bots = new BotsInRoom(Who);
    const room = await bots.enter();
    bots.comes("alice");
    bots.listen();
    expect(await bots.whispers("!who")).toEqual([
      `${alice}: replied`,
      `${alice}: said`,
      `${alice}: whispered`,
    ]);
    expect(await bots.writes("!who")).toEqual([
      `${account}: replied`,
      `${account}: said`,
      `${account}: whispered`,
    ]);
    expect(seen[0]).toMatchObject({
      room,
      nick: "alice",
      isPrivate: true,
      occupant: room.getOccupant("alice"),
    });
    expect(seen[1]).toMatchObject({ nick: "alice", isPrivate: true, source: "live" });
    expect(seen[1]?.occupant).toMatchObject({ affiliation: "none", role: "none" });
    expect(String(seen[1]?.realJid)).toBe("alice@example.org");
    expect(seen[1]?.room.joined).toBe(false);
    expect(bots.session.sent[0]?.getChild("reply")?.attrs["id"]).toBe("p1");
    await expect(seen[1]?.room.sendMessage("x")).rejects.toMatchObject({ code: "notJoined" });
    await bots.hears("!who");
    expect(seen[2]?.isPrivate).toBe(false);
  });

  it("does not reach those who hear what is no command, and nothing else is one", async () => {
    @Bot()
    class Ears {
      @OnPrivateMessage() whispered() {
        return "whispered";
      }
      @OnDirectMessage() written() {
        return "written";
      }
    }
    const bots = await keeper(Ears);
    expect(await bots.whispers("!roll 6")).toEqual([`${alice}: rolled 1d6`]);
    expect(await bots.whispers("roll 6")).toEqual([`${alice}: whispered`]);
    expect(await bots.writes("!roll 6")).toEqual([`${account}: rolled 1d6`]);
    expect(await bots.writes("roll 6")).toEqual([`${account}: written`]);
    expect(await bots.writes("!roll 6", "example.org")).toEqual(["example.org: written"]);
  });
});

describe("the bot mark", () => {
  const mark = [xml("bot", { xmlns: BOT_MARK })];

  it("keeps bots from giving commands, and from being answered by themselves", async () => {
    @Bot()
    class Ears {
      @OnMessage(/^!/) all(m: MessageReceived) {
        return `heard ${m.body}`;
      }
      @OnMessage("fail") fail() {
        throw new Error("as it is");
      }
    }
    const bots = await keeper(Ears);
    for (const line of ["!roll 6", "!roll", "!rol", "!help", "!xyzzy"])
      expect(await bots.hears(line, { extra: mark })).toEqual([`heard ${line}`]);
    expect(await bots.hears("fail", { extra: mark })).toEqual([]);
    expect(await bots.hears("fail")).toEqual([WRONG]);
    expect(await bots.whispers("!roll 6", "alice", mark)).toEqual([]);
  });
});

describe("texts", () => {
  @Bot({
    texts: {
      missing: "{name} fehlt: {usage}",
      wrongWord: ({ word, expected }) => `„${word}“ ist nicht ${expected}`,
      int: "eine ganze Zahl",
      tooMuch: "",
      failed: "Das ging schief ({ref})",
      didYouMean: () => {
        throw new Error("a text that fails");
      },
      helpLine: "{description}: {usage}",
    },
  })
  class German {
    @Command("wirf <seiten:int>", { description: "würfelt" }) roll() {}
    @Command("kaputt") broken() {
      throw new Error("as it is");
    }
  }

  it("are the bot's own words where it has some, and the built-in ones elsewhere", async () => {
    const bots = new BotsInRoom(German);
    await bots.enter();
    expect(await bots.hears("!wirf")).toEqual(["seiten fehlt: !wirf <seiten:int>"]);
    expect(await bots.hears("!wirf {usage}")).toEqual(["„{usage}“ ist nicht eine ganze Zahl"]);
    expect(await bots.hears("!wirf 6 7")).toEqual([]);
    expect(await bots.hears("!wirff")).toEqual(['There is no "wirff". Did you mean !wirf?']);
    expect((await bots.hears("!help"))[0]).toMatch(/^würfelt: !wirf <seiten:int>\n/);
    await bots.hears("!kaputt");
    expect(bots.session.sent.at(-1)?.getChildText("body")).toMatch(/^Das ging schief \([0-9a-f]{4}\)$/);
  });

  it("put in what somebody said as it is", async () => {
    const bots = await keeper();
    expect((await bots.hears("!roll {usage}"))[0]).toMatch(/^sides: "\{usage\}" is not/);
    expect((await bots.hears("!roll $&"))[0]).toMatch(/^sides: "\$&" is not/);
  });
});
