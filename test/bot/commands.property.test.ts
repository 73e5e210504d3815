// whatever is said, in the room or in private: no line stops the next one
import fc from "fast-check";
import { expect, it } from "vitest";

import { Bot, Command, Example } from "../../src/bot/decorators.js";
import { BotsInRoom } from "./support/bots-in-room.js";

@Bot()
class Keeper {
  @Command("roll <sides:int> [times:int=1] [--loud] [--as=<occupant>]", { aliases: ["r"] })
  @Example("roll 6", "rolled")
  roll() {
    return "rolled";
  }
  @Command("poll add <for:duration> <what...>") add() {
    return "added";
  }
  @Command("last") last() {
    return "the last";
  }
}

@Bot({ prefix: null })
class Shy {
  @Command("ban <who:jid>") ban() {
    return "banned";
  }
}

const piece = fc.constantFrom(
  "!",
  "keeper: ",
  "help ",
  "roll ",
  "r ",
  "poll ",
  "add ",
  "ban ",
  "6 ",
  "--loud ",
  "--as=",
  "--",
  '"',
  "{usage}",
  "$&",
  "1h",
  "alice ",
  "\n",
  "\u0000",
  "\ud800",
  "\u{1f600}",
);
const line = fc.oneof(
  fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("")),
  fc.string({ unit: "binary" }).map((text) => `!${text}`),
);

it("every line is answered or not, and the next one is heard", async () => {
  await fc.assert(
    fc.asyncProperty(line, fc.constantFrom("room", "private", "direct"), async (text, where) => {
      const bots = new BotsInRoom(Keeper, Shy);
      await bots.enter();
      bots.comes("alice");
      bots.listen();
      if (where === "room") await bots.hears(text);
      else if (where === "private") await bots.whispers(text);
      else await bots.writes(text);
      expect(bots.log.complaints).toEqual([]);
      expect(await bots.hears("!last")).toEqual(["the last"]);
    }),
    { numRuns: 300 },
  );
});
