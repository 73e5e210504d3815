import { describe, expect, it } from "vitest";

import { compileBot } from "../../src/bot/compile.js";
import {
  Bot,
  Command,
  On,
  OnEnter,
  OnHistory,
  OnJoin,
  OnMention,
  OnMessage,
} from "../../src/bot/decorators.js";
import { isBotClass, mistakesOf } from "../../src/bot/metadata.js";
import { parseTemplate } from "../../src/bot/template.js";

/** What an author writes who forgets the parentheses, as the loader makes it of it: it asks no type checker. */
function bare(decorator: unknown, ...given: unknown[]): void {
  // TypeScript puts what a decorator gives in the place of what it is on, unless that is nothing.
  expect((decorator as (...args: unknown[]) => unknown)(...given)).toBe(undefined);
}

describe("a decorator without its parentheses", () => {
  it.each([
    ["OnMessage", OnMessage],
    ["OnJoin", OnJoin],
    ["OnEnter", OnEnter],
    ["OnMention", OnMention],
    ["OnHistory", OnHistory],
    ["On", On],
    ["Command", Command],
  ])("@%s is a mistake that names class, method and fix", (name, decorator) => {
    class Keeper {
      greet(): void {}
    }
    bare(decorator, Keeper.prototype, "greet", Object.getOwnPropertyDescriptor(Keeper.prototype, "greet"));
    expect(mistakesOf(Keeper)).toEqual([
      {
        where: "Keeper.greet",
        problem: `@${name} stands there without its parentheses`,
        fix: expect.stringContaining(`Write @${name}(`),
      },
    ]);
  });

  it("@Bot makes a bot all the same, so that the start finds the class and reports the mistake", () => {
    class Keeper {}
    bare(Bot, Keeper);
    expect(isBotClass(Keeper)).toBe(true);
    expect(compileBot(Keeper, "!").mistakes).toMatchObject([{ where: "Keeper", fix: "Write @Bot()" }]);
  });
});

describe("a template", () => {
  it.each(["!roll <n>", "/roll <n>", "roll {n}", "roll :n", "@roll"])("%s is no usage line", (template) => {
    expect(() => parseTemplate(template)).toThrow(/leave out the prefix, and write arguments as <name>/);
  });

  it.each(["8ball", "c++", "poll-add <text...>", "würfle <n:int>"])("%s is one", (template) => {
    expect(parseTemplate(template).usage).toBe(template);
  });
});
