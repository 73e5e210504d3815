// The bot's own process is killed, as by a power cut, and started again.
import { afterEach, beforeAll, expect, it } from "vitest";

import { BUILD_TIMEOUT_MS, Command, ensureBuilt, mucwright } from "../app/support/commands.js";
import { authorFolder } from "../cli/loader/support/author.js";
import { describeOnServers } from "../support/services.js";
import { until } from "./support/scene.js";
import { Talker } from "./support/talker.js";

const TIMEOUT_MS = 40_000;
const BOT = `import { Bot, MessageReceived, OnMessage } from "mucwright";
@Bot({ nick: "bot" })
export class Listener {
  @OnMessage({ missed: true }) said(m: MessageReceived) { console.log(m.body); }
}
`;

const heardBy = (bot: Command): number[] =>
  bot.stdout.split("\n").flatMap((line) => (Number(line) > 0 ? [Number(line)] : []));

describeOnServers("a bot's process,", (server) => {
  const bots: Command[] = [];

  beforeAll(ensureBuilt, BUILD_TIMEOUT_MS);
  afterEach(() => {
    for (const bot of bots.splice(0)) bot.signal("SIGKILL");
  });

  it(
    "killed and started again: it is in its room, and hears what is said from then on, once",
    async () => {
      const room = server.room("killed");
      const account = await server.createAccount("bot");
      const talker = await Talker.enter(await server.createAccount("talker"), room);
      const start = (): Command => {
        const bot = mucwright(["run", "bot.ts"], {
          cwd: authorFolder({ "bot.ts": BOT }),
          env: {
            MUCWRIGHT_JID: account.jid,
            MUCWRIGHT_PASSWORD: account.password,
            MUCWRIGHT_SERVICE: account.service,
            MUCWRIGHT_ROOMS: room,
          },
        });
        bots.push(bot);
        return bot;
      };
      const sessions = async (): Promise<string[]> =>
        (await server.sessions()).filter((jid) => jid.startsWith(`${account.jid}/`));
      talker.begin();
      const first = start();
      await until(() => heardBy(first).length >= 2, "the bot to hear the first lines");
      const [old = ""] = await sessions();
      first.signal("SIGKILL");
      await first.ended;
      const before = talker.sent;
      const second = start();
      await until(() => heardBy(second).length >= 2, "the bot to hear again");
      // the rest of the old session ends some time: now
      await server.kickSession(old);
      await until(
        async () => (await sessions()).join() !== "" && !(await sessions()).includes(old),
        "it to end",
      );
      const ended = talker.sent;
      await until(() => heardBy(second).some((line) => line > ended + 1), "the bot to go on hearing");
      talker.hush();
      await until(() => heardBy(second).at(-1) === talker.said.at(-1)?.line, "the bot to hear the last line");
      const heard = heardBy(second);
      expect(heard[0]).toBeGreaterThan(before);
      const said = talker.said.map(({ line }) => line);
      expect(heard).toEqual(said.filter((line) => line >= (heard[0] ?? 0)));
      await talker.stop();
    },
    TIMEOUT_MS,
  );
});
