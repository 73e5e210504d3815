import {
  Bot,
  Command,
  Example,
  HandlerCall,
  HandlerContext,
  injectable,
  MessageReceived,
  Middleware,
  Occupant,
  singleton,
  Use,
} from "mucwright";

/** What is asked. A test puts others in its place. */
@singleton()
export class Questions {
  readonly all = [
    { question: "What is 6 times 7?", answer: "42" },
    { question: "Which planet is the largest?", answer: "Jupiter" },
    { question: "How many sides has a die?", answer: "6" },
  ];
}

/** Where a quiz is on, and who has how many points: one for the bot and what stands before its commands. */
@singleton()
export class Games {
  readonly rooms = new Set<string>();
  readonly #points: { readonly who: Occupant; count: number }[] = [];

  /** Gives a point to somebody, known again over nicks and, where the room tells who they are, over stays. */
  score(who: Occupant): number {
    let entry = this.#points.find((each) => each.who.isSamePerson(who));
    if (entry === undefined) this.#points.push((entry = { who, count: 0 }));
    return ++entry.count;
  }
}

/** Refuses to begin where a quiz is on. */
@injectable()
export class OneAtATime extends Middleware {
  constructor(private readonly games: Games) {
    super();
  }

  async handle(call: HandlerCall, next: () => Promise<void>): Promise<void> {
    const room = call.room?.toString() ?? "";
    if (this.games.rooms.has(room)) return call.refuse("one at a time", "A quiz is on");
    // who plays alone holds up nobody else
    if (call.event.type === "message" && call.event.isPrivate) return next();
    this.games.rooms.add(room);
    try {
      await next();
    } finally {
      this.games.rooms.delete(room);
    }
  }
}

/** Asks a room: whoever is right first has the point. */
@Bot({ rooms: ["lobby@rooms.example.org"], nick: "quizzer" })
export class Quiz {
  constructor(
    private readonly questions: Questions,
    private readonly games: Games,
  ) {}

  @Command("quiz", { description: "asks everybody, question by question" })
  @Use(OneAtATime)
  @Example("quiz", "What is 6 times 7?")
  async *quiz(_m: MessageReceived, _args: object, ctx: HandlerContext) {
    for (const { question, answer } of this.questions.all) {
      // who is quick answers before the question has come back from the room
      const answers = ctx.answers({ from: "anyone", timeoutMs: 20_000 });
      yield question;
      let winner: MessageReceived | null = null;
      for await (const said of answers) {
        if (said.body.trim().toLowerCase() !== answer.toLowerCase()) continue;
        winner = said;
        break;
      }
      if (winner === null) yield `Nobody knows: it is ${answer}`;
      else yield `${answer} it is, ${winner.nick}! That makes ${this.games.score(winner.occupant)}`;
    }
  }
}
