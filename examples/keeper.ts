import { Bot, Command, MessageReceived, OccupantJoined, OnJoin, OnMessage } from "mucwright";

/** Greets who comes in, answers a hello, and rolls dice. */
@Bot({ rooms: ["lobby@rooms.example.org"], nick: "keeper" })
export class Keeper {
  @OnJoin()
  greet(e: OccupantJoined) {
    return `Welcome, ${e.occupant.nick}!`;
  }

  @OnMessage(/\bhello\b/i)
  hello() {
    return "hello yourself";
  }

  @Command("roll <sides:int> [times:int=1]")
  roll(m: MessageReceived, { sides, times }: { sides: number; times: number }) {
    if (sides < 2 || times < 1 || times > 20) return "I roll 1 to 20 dice of 2 sides or more";
    const dice = Array.from({ length: times }, () => 1 + Math.floor(Math.random() * sides));
    return `${m.nick} rolls ${dice.join(", ")}`;
  }
}
