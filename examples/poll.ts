import {
  Bot,
  Command,
  Example,
  HandlerContext,
  MessageReceived,
  NotJoinedError,
  Occupant,
  ReplyError,
  RequestTimeoutError,
  Require,
  Room,
} from "mucwright";

interface Poll {
  readonly question: string;
  readonly answers: string[];
  votes: { readonly by: Occupant; readonly number: number }[];
}

/** Asks a room what it thinks: one poll at a time, one vote a person. Each room has one of it. */
@Bot({ rooms: ["lobby@rooms.example.org"], nick: "pollster", scope: "room" })
export class Polls {
  #poll: Poll | null = null;

  constructor(private readonly room: Room) {}

  @Command("poll start <question...>", { description: "asks everybody; then asks you for the answers" })
  @Require({ affiliation: "member" })
  @Example("poll start Tea?", "You may not do that")
  @Example("poll start Tea?", "What are the answers? Say them in one line, with commas", {
    affiliation: "member",
  })
  async start(_m: MessageReceived, { question }: { question: string }, ctx: HandlerContext) {
    if (this.#poll !== null) throw new ReplyError(`One at a time: "${this.#poll.question}" is open`);
    const poll: Poll = (this.#poll = { question, answers: [], votes: [] });
    const asked = ctx.ask("What are the answers? Say them in one line, with commas");
    const answers = await asked.then(({ body }) => body.split(","), noAnswer);
    // The room went on meanwhile, and somebody may have closed it.
    if (this.#poll !== poll) return null;
    poll.answers.push(...answers.map((each) => each.trim()).filter((each) => each !== ""));
    return show(poll);
  }

  @Command("poll add <answer...>", { description: "adds an answer" })
  @Require({ affiliation: "member" })
  add(_m: MessageReceived, { answer }: { answer: string }) {
    const poll = this.#open();
    poll.answers.push(answer);
    return show(poll);
  }

  @Command("poll vote <number:int>", { description: "votes; the last vote of a person counts" })
  @Example("poll vote 1", "There is no poll")
  vote({ nick, occupant }: MessageReceived, { number }: { number: number }) {
    const poll = this.#open();
    const answer = poll.answers[number - 1];
    if (answer === undefined) throw new ReplyError(`There is no answer ${number}`);
    const others = this.#counting(poll).filter(({ by }) => !by.isSamePerson(occupant));
    poll.votes = [...others, { by: occupant, number }];
    return `${nick} votes for ${answer}`;
  }

  @Command("poll close", { description: "counts" })
  @Require({ affiliation: "member" })
  close() {
    const poll = this.#open();
    this.#poll = null;
    const votes = this.#counting(poll);
    const count = (nth: number) => votes.filter(({ number }) => number === nth).length;
    return [poll.question, ...poll.answers.map((each, n) => `${count(n + 1)} for ${each}`)].join("\n");
  }

  #open(): Poll {
    if (this.#poll === null) throw new ReplyError("There is no poll");
    return this.#poll;
  }

  /** Whoever left and could come back as anybody has taken their vote along: nobody has two. */
  #counting({ votes }: Poll) {
    const { occupants } = this.room;
    return votes.filter(({ by }) => by.realJid !== null || by.occupantId !== null || occupants.includes(by));
  }
}

/** They kept silent, or left: answers can still be added. Anything else has gone wrong. */
function noAnswer(error: unknown): string[] {
  if (error instanceof RequestTimeoutError || error instanceof NotJoinedError) return [];
  throw error;
}

function show({ question, answers }: Poll): string {
  return [question, ...answers.map((answer, n) => `${n + 1}. ${answer}`)].join("\n");
}
