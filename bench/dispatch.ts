// CPU time that dispatch adds to a message, with 1, 50 and 500 handlers of which one matches:
// `npm run bench:dispatch`. What is measured is the dispatcher alone, from the event to the end of its handler: the event
// itself, its body and its sender are there.
import type { Class } from "../src/bot/metadata.js";
import type { RoutedEvent } from "../src/bot/router.js";
import type { Room } from "../src/muc/room.js";

/** What is built: its modules are no part of the package's surface, their types are those of the source. */
function load<M>(path: string): Promise<M> {
  return import(new URL(`../dist/${path}`, import.meta.url).href) as Promise<M>;
}

const { compileBot } = await load<typeof import("../src/bot/compile.js")>("bot/compile.js");
const { Bot, Command, OnMessage, Require } =
  await load<typeof import("../src/bot/decorators.js")>("bot/decorators.js");
const { Dispatcher } = await load<typeof import("../src/app/dispatcher.js")>("app/dispatcher.js");
const { Router } = await load<typeof import("../src/bot/router.js")>("bot/router.js");
const { silentLogger } = await load<typeof import("../src/base/logger.js")>("base/logger.js");
const { systemClock } = await load<typeof import("../src/base/clock.js")>("base/clock.js");
const { xml } = await load<typeof import("../src/base/element.js")>("base/element.js");
const { JID } = await load<typeof import("../src/base/jid.js")>("base/jid.js");
const { LanguageMap } = await load<typeof import("../src/base/language-map.js")>("base/language-map.js");
const { MessageReceived } =
  await load<typeof import("../src/muc/events/messages.js")>("muc/events/messages.js");
const { Occupant } = await load<typeof import("../src/muc/occupant.js")>("muc/occupant.js");

const MESSAGES = 200_000;
const ROUNDS = 5;
const ROOM = JID.parse("lobby@rooms.example.org");

const occupant = new Occupant(ROOM, {
  nick: "alice",
  realJid: null,
  occupantId: null,
  role: "participant",
  affiliation: "member",
  available: true,
  show: null,
  status: new LanguageMap([]),
});
const room = { jid: ROOM, nick: "keeper", getOccupant: () => occupant } as unknown as Room;

/** A bot with so many commands, each with a rule, and one handler of messages. */
function botOf(handlers: number): { type: new () => object; calls: () => number } {
  let calls = 0;
  class Keeper {
    hear(): void {
      calls++;
    }
  }
  const { prototype } = Keeper as unknown as { prototype: Record<string, unknown> };
  for (let index = 1; index < handlers; index++) {
    const name = `command${index}`;
    prototype[name] = () => {
      calls++;
    };
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name) as never;
    (Command as (template: string) => (...on: unknown[]) => void)(name)(prototype, name, descriptor);
    if (index % 2 === 0) Require({ affiliation: "member" })(prototype, name, descriptor);
  }
  const own = Object.getOwnPropertyDescriptor(prototype, "hear") as never;
  OnMessage("hello")(Keeper.prototype, "hear", own);
  Bot()(Keeper);
  return { type: Keeper, calls: () => calls };
}

function events(body: string): readonly RoutedEvent[] {
  return Array.from({ length: 1_000 }, (_, index) => {
    const stanza = xml(
      "message",
      { from: `${ROOM.toString()}/alice`, type: "groupchat", id: `m${index}` },
      xml("body", null, body),
    );
    const event = new MessageReceived(room, stanza, {
      occupant,
      nick: "alice",
      receivedAtMs: 0,
      languages: [],
      source: "live",
      ownNick: "keeper",
      voice: { answer: () => Promise.resolve(), answerPrivately: () => Promise.resolve() },
    });
    void event.body;
    return event;
  });
}

/** Microseconds of CPU for one message, the least of some rounds. */
function measure(handlers: number, body: string): number {
  const { type, calls } = botOf(handlers);
  const bot = { ...compileBot(type, "!").bot, instances: new Map([[type as Class, new type()]]) };
  const router = new Router([bot], {
    signal: new AbortController().signal,
    logger: silentLogger,
    clock: systemClock,
    handlerTimeoutMs: 60_000,
  });
  const dispatcher = new Dispatcher(router, silentLogger, {});
  const all = events(body);
  let least = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    for (let index = 0; index < MESSAGES; index++) dispatcher.take(all[index % all.length] as RoutedEvent);
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / MESSAGES);
  }
  if (calls() !== MESSAGES * ROUNDS) throw new Error(`${calls()} calls`);
  return least;
}

for (const handlers of [1, 50, 500])
  for (const body of ["hello everybody", "!command49"]) {
    if (body.startsWith("!") && handlers < 50) continue;
    process.stdout.write(
      `${handlers} handlers, ${body}: ${measure(handlers, body).toFixed(2)} µs a message\n`,
    );
  }
