// a bot as its author writes it, against the installed package
import { Bot, Command, MessageReceived, OccupantJoined, OnJoin, OnMessage, Rooms } from "mucwright";

@Bot({ rooms: ["lobby@rooms.example.org"], nick: "keeper" })
export class Keeper {
  constructor(private readonly rooms: Rooms) {}

  @OnJoin()
  greet(e: OccupantJoined) {
    return `Welcome, ${e.occupant.nick}!`;
  }

  @OnMessage(/\bhello\b/i)
  hello(m: MessageReceived) {
    return `hello yourself, ${m.nick}`;
  }

  @Command("roll <sides:int> [times:int=1]")
  roll(m: MessageReceived, args: { sides: number; times: number }) {
    return [`${m.nick} rolls`, String(args.sides * args.times), String([...this.rooms].length)];
  }
}
