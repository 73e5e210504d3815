// Rules that newcomers write.
import { expect, it } from "vitest";

import { compileBot } from "../../../src/bot/compile.js";
import { Bot, Command, Require } from "../../../src/bot/decorators.js";

it("rules that newcomers write are found with what they meant", () => {
  @Bot()
  class Keeper {
    @Command("a") @Require({ nick: "alice" } as unknown as { role: "visitor" }) a() {}
    @Command("b") @Require({ affiliation: "moderator" as "admin" }) b() {}
    @Command("c") @Require({ role: "admin" as "visitor" }) c() {}
    @Command("d") @Require({ ocupantID: "x" } as unknown as { role: "visitor" }) d() {}
  }
  expect(
    compileBot(Keeper, "!")
      .mistakes.map(({ where, problem }) => `${where}: ${problem}`)
      .toSorted(),
  ).toEqual([
    'Keeper.a: @Require: there is no "nick" to require: a nick is never who somebody is; name their jid, or their occupantId',
    'Keeper.b: @Require: its affiliation is "moderator", and not member, admin or owner; did you mean role: "moderator"?',
    'Keeper.c: @Require: its role is "admin", and not visitor, participant or moderator; did you mean affiliation: "admin"?',
    'Keeper.d: @Require: there is no "ocupantID" to require; did you mean occupantId?',
  ]);
});
