import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { beforeAll, expect, it } from "vitest";

import { BUILD_TIMEOUT_MS, ensureBuilt } from "../support/build.js";
import { RawPeer } from "../support/raw-peer.js";
import { describeOnServices } from "../support/services.js";
import { eventually } from "../support/wait.js";

const CLI = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const KEEPER = fileURLToPath(new URL("../../examples/keeper.ts", import.meta.url));
const DEADLINE_MS = 45_000;

interface RunningBot {
  readonly process: ChildProcess;
  /** What it printed on standard error so far. */
  log(): string;
}

/** The keeper as its author runs it: a process of its own, with the account in the environment. */
function runKeeper(account: { jid: string; password: string; service: string }, room: string): RunningBot {
  let log = "";
  const child = spawn(process.execPath, [CLI, "run", KEEPER], {
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      PATH: process.env["PATH"],
      MUCWRIGHT_JID: account.jid,
      MUCWRIGHT_PASSWORD: account.password,
      MUCWRIGHT_SERVICE: account.service,
      MUCWRIGHT_ROOMS: room,
    },
  });
  child.stderr.on("data", (data: Buffer) => (log += data.toString()));
  return { process: child, log: () => log };
}

beforeAll(ensureBuilt, BUILD_TIMEOUT_MS);

describeOnServices("the keeper bot", (service) => {
  it("joins, greets who comes, answers, ignores history and itself, and leaves on SIGTERM", async () => {
    const room = service.room();
    const early = await RawPeer.connect(await service.createAccount());
    await early.join(room, "early");
    // Until it is configured, a new room is locked on some servers (XEP-0045 §10.1.2).
    await early.openRoom(room);
    await early.say(room, "hello, said before the bot came");
    await eventually(() => early.messagesIn(room).length === 1, {
      timeoutMs: DEADLINE_MS,
      what: "the reflection of what is history for the bot",
    });

    const bot = runKeeper(await service.createAccount(), room);
    const alice = await RawPeer.connect(await service.createAccount());
    try {
      await early.waitFor(
        (stanza) => stanza.is("presence") && stanza.attrs["from"] === `${room}/keeper`,
        "the bot's presence in the room",
        DEADLINE_MS,
      );
      await alice.join(room, "alice");
      const said = (): string[] =>
        alice
          .messagesIn(room)
          .filter((message) => !message.delayed)
          .map(({ nick, body }) => `${nick}: ${body}`);
      const line = (text: string | RegExp): Promise<unknown> =>
        eventually(
          () => said().some((each) => (typeof text === "string" ? each === text : text.test(each))),
          {
            timeoutMs: DEADLINE_MS,
            what: `${String(text)} in the room; the bot's log:\n${bot.log()}`,
          },
        );

      await line("keeper: Welcome, alice!");
      await alice.say(room, "hello");
      await line("keeper: hello yourself");
      await alice.say(room, "!roll 6");
      await line(/^keeper: alice rolls [1-6]$/);
      await alice.say(room, "!roll six");
      await line(/^keeper: sides: "six" is not a whole number\. Usage: !roll /);

      // Behind the answers above there is nothing more to come: the bot takes one event at a time.
      expect(said().filter((each) => each.startsWith("keeper: "))).toEqual([
        "keeper: Welcome, alice!",
        "keeper: hello yourself",
        expect.stringMatching(/^keeper: alice rolls [1-6]$/),
        expect.stringContaining("Usage"),
      ]);

      const left = alice.waitFor(
        (stanza) =>
          stanza.is("presence") &&
          stanza.attrs["type"] === "unavailable" &&
          stanza.attrs["from"] === `${room}/keeper`,
        "the bot's farewell",
        DEADLINE_MS,
      );
      const exit = once(bot.process, "exit");
      bot.process.kill("SIGTERM");
      await left;
      expect(await exit).toEqual([0, null]);
    } finally {
      bot.process.kill("SIGKILL");
      await Promise.all([alice.stop(), early.stop()]);
    }
  });
});
