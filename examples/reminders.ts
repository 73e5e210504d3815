import { Bot, Clock, Command, Cron, Example, MessageReceived, Occupant, ReplyError, Room } from "mucwright";

const WEEK_MS = 7 * 24 * 60 * 60_000;

interface Reminder {
  /** Whose it is: the person, not the nick that they had. */
  readonly of: Occupant;
  readonly what: string;
  readonly dueMs: number;
  /** It was asked for in private, so there it is told. */
  readonly isPrivate: boolean;
}

/** Reminds people of things, under whatever nick they have by then, until it is stopped. Each room has one of it. */
@Bot({ rooms: ["lobby@rooms.example.org"], nick: "memo", scope: "room" })
export class Reminders {
  readonly #reminders = new Set<Reminder>();

  constructor(
    private readonly room: Room,
    private readonly clock: Clock,
  ) {}

  @Command("remind me in <time:duration> <what...>", { description: "so that you do not forget it" })
  @Example("remind me in 10m to stretch", "visitor: in 10 min")
  @Example("remind me in 10 to stretch", /^time: "10" is not a duration/)
  remind(m: MessageReceived, { time, what }: { time: number; what: string }) {
    if (time > WEEK_MS) throw new ReplyError("I keep nothing in mind for more than a week");
    if (this.#of(m).length >= 10) throw new ReplyError("Ten at a time are all that I keep in mind for you");
    const { occupant, isPrivate } = m;
    this.#reminders.add({ of: occupant, what, dueMs: this.clock.monotonic() + time, isPrivate });
    return `${m.nick}: ${this.#when(time)}`;
  }

  @Command("reminders", { description: "lists what you are going to be reminded of" })
  @Example("reminders", "There is nothing to remind you of")
  list(m: MessageReceived) {
    const now = this.clock.monotonic();
    const lines = this.#of(m).map(({ what, dueMs }, n) => `${n + 1}. ${what}, ${this.#when(dueMs - now)}`);
    return lines.join("\n") || "There is nothing to remind you of";
  }

  @Command("forget <number:int>", { description: "takes one of your reminders back" })
  forget(m: MessageReceived, { number }: { number: number }) {
    const reminder = this.#of(m)[number - 1];
    if (reminder === undefined) throw new ReplyError(`You have no reminder ${number}: see !reminders`);
    this.#reminders.delete(reminder);
    return `Forgotten: ${reminder.what}`;
  }

  /** While the bot is out nothing is due: that is told when it is back. */
  @Cron("* * * * * *")
  async *remindAll() {
    for (const reminder of this.#reminders) {
      if (reminder.dueMs > this.clock.monotonic()) continue;
      const { of, what, isPrivate } = reminder;
      const there = this.room.occupants.find((each) => each.isSamePerson(of));
      // Whoever has left is told when they are back, if they can be known again at all.
      if (there === undefined && (of.realJid !== null || of.occupantId !== null)) continue;
      this.#reminders.delete(reminder);
      if (there === undefined) continue;
      if (isPrivate) await this.room.sendPrivate(there, what);
      else yield `${there.nick}: ${what}`;
    }
  }

  /** Those of whoever asks; the private ones in private only. */
  #of({ occupant, isPrivate }: MessageReceived) {
    const all = [...this.#reminders];
    return all.filter((each) => each.isPrivate === isPrivate && each.of.isSamePerson(occupant));
  }

  #when(inMs: number) {
    return `in ${Math.max(1, Math.ceil(inMs / 60_000))} min`;
  }
}
