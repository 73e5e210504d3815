import { runInNewContext } from "node:vm";

import { describe, expect, it } from "vitest";

import { compileBot } from "../../src/bot/compile.js";
import { Bot, Command, Example, OnJoin, OnMessage } from "../../src/bot/decorators.js";
import type { Class } from "../../src/bot/metadata.js";

function problems(type: Class, prefix: string | null = "!"): string[] {
  return compileBot(type, prefix).mistakes.map(({ where, problem }) => `${where}: ${problem}`);
}

describe("the commands of a bot", () => {
  it("are found by first word, aliases too, the longest path first", () => {
    class Poll {
      @Command("poll") show() {}
      @Command("poll add <what>", { aliases: ["Vote", "p"] }) add() {}
      @Command("poll add all") addAll() {}
    }
    const { bot, mistakes } = compileBot(Poll, "!");
    expect(mistakes).toEqual([]);
    const paths = (word: string) =>
      bot.commands.get(word)?.map(({ name, template }) => [name, template.path.join(" ")]);
    expect(paths("poll")).toEqual([
      ["Poll.addAll", "poll add all"],
      ["Poll.add", "poll add"],
      ["Poll.show", "poll"],
    ]);
    expect(paths("vote")).toEqual([["Poll.add", "vote add"]]);
    expect(paths("p")).toEqual([["Poll.add", "p add"]]);
  });

  it("may not have one name twice, in whatever case, as alias or not", () => {
    class Keeper {
      @Command("roll <sides:int>") first() {}
      @Command("ROLL") second() {}
      @Command("dice", { aliases: ["Roll", "d"] }) third() {}
      @Command("draw", { aliases: ["draw"] }) fourth() {}
    }
    expect(problems(Keeper)).toEqual([
      'Keeper.second: the command "roll" is that of Keeper.first already',
      'Keeper.third: the command "roll" is that of Keeper.first already',
      'Keeper.fourth: the alias "draw" is what the command is called anyway',
    ]);
  });

  it("have names of one word", () => {
    class Keeper {
      @Command("roll", { aliases: ["throw dice", ""] }) roll() {}
    }
    expect(problems(Keeper)).toEqual([
      'Keeper.roll: "throw dice" cannot be the name of a command: nobody could say it',
      'Keeper.roll: "" cannot be the name of a command: nobody could say it',
    ]);
  });

  it("are checked together: every mistake of every method comes with its fix", () => {
    const templates: string[] = ["roll <sides:itn>", "say <text...> <who>"];
    class Keeper {
      @Command(templates[0] ?? "") roll() {}
      @Command(templates[1] ?? "") say() {}
      @OnJoin() fine() {}
    }
    const { mistakes, bot } = compileBot(Keeper, "!");
    expect(mistakes.map(({ where }) => where)).toEqual(["Keeper.roll", "Keeper.say"]);
    expect(mistakes[0]).toEqual({
      where: "Keeper.roll",
      problem:
        'the template "roll <sides:itn>" cannot be read: "<sides:itn>" has a type that is not known: use int, number, word, duration, jid, occupant or a|b; did you mean int?',
      fix: 'Write it as a usage line: "roll <sides:int> [times:int=1]"',
    });
    expect(bot.events.get("join")).toHaveLength(1);
  });

  it("have aliases without the prefix", () => {
    class Keeper {
      @Command("roll", { aliases: ["!r", "r", "?"] }) roll() {}
    }
    const found = 'Keeper.roll: the alias "!r" begins with the prefix: people would have to say that twice';
    expect(problems(Keeper)).toEqual([found]);
    expect(problems(Keeper, null)).toEqual([]);
  });

  it("have examples, and nothing else has", () => {
    @Bot({ texts: { faild: "x", int: 5 } as never })
    class Keeper {
      @Example("roll", "rolled") @Command("roll") roll() {}
      @Example("hello", "hello") @OnMessage() hello() {}
      @Example("nothing", "nothing") nothing() {}
    }
    expect(problems(Keeper)).toEqual([
      "Keeper.hello: @Example is on a method that is no command",
      "Keeper.nothing: @Example is on a method that is no command",
      'Keeper: there is no text "faild" that could be replaced',
      'Keeper: its text "int" is neither a text nor a function',
    ]);
  });

  it("need a prefix that is not empty", () => {
    class Keeper {}
    expect(problems(Keeper, "")).toEqual(["Keeper: its prefix is empty: every line would be a command"]);
    expect(problems(Keeper, null)).toEqual([]);
  });
});

describe("a filter", () => {
  it("is a copy: the author's own pattern is left alone", () => {
    const pattern = /a/giu;
    class Keeper {
      @OnMessage(pattern) hear() {}
    }
    const [handler] = compileBot(Keeper, "!").bot.messages;
    expect(handler?.pattern).toEqual(/a/iu);
    expect(handler?.pattern).not.toBe(pattern);
  });

  it("may be a pattern of another realm", () => {
    class Keeper {
      @OnMessage(runInNewContext("/a/") as RegExp) hear() {}
    }
    expect(compileBot(Keeper, "!").bot.messages[0]?.pattern).toEqual(/a/);
  });
});
