import { Bot, Command, Example, MessageReceived, ReplyError } from "mucwright";

/** Rolls dice for whoever addresses it: `dice: roll 6`, `dice: roll 20 3`. */
@Bot({ rooms: ["lobby@rooms.example.org"], nick: "dice", prefix: null })
export class Dice {
  @Command("roll <sides:int> [times:int=1]", { aliases: ["r"], description: "rolls dice" })
  @Example("roll 6", /^visitor rolls [1-6]$/)
  @Example("roll 2 3", /^visitor rolls [12], [12], [12]$/)
  @Example("r 6 1000", "I roll 1 to 20 dice of 2 sides or more")
  @Example("roll six", /^sides: "six" is not a whole number/)
  roll(m: MessageReceived, { sides, times }: { sides: number; times: number }) {
    if (sides < 2 || times < 1 || times > 20) throw new ReplyError("I roll 1 to 20 dice of 2 sides or more");
    const dice = Array.from({ length: times }, () => 1 + Math.floor(Math.random() * sides));
    return `${m.nick} rolls ${dice.join(", ")}`;
  }
}
