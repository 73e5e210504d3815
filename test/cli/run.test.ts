import { createServer } from "node:net";

import { describe, expect, it } from "vitest";

import { until } from "../app/support/apps.js";
import { Command, MAIN as CLI, readErrors, REGISTER } from "../app/support/commands.js";
import { authorFolder } from "./loader/support/author.js";
import { KEEPER, LOBBY, serviceForBots } from "./support/service-for-bots.js";

const TIMEOUT_MS = 120_000;

const service = serviceForBots();

describe("mucwright run", { timeout: TIMEOUT_MS }, () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "runs a bot until %s, which it follows in order",
    async (signal) => {
      const alice = await service.watch();
      const command = service.start(["run", "bot.ts"], { "bot.ts": KEEPER });
      await service.present();
      await alice.say("!roll 6");
      expect((await alice.nextMessage()).text).toBe("rolled d6");
      command.signal(signal);
      const { status, stdout, stderr } = await command.ended;
      expect({ status, stdout, said: readErrors(stderr).said }).toEqual({ status: 0, stdout: "", said: "" });
      const last = alice.received.at(-1);
      expect(last?.attrs).toMatchObject({ from: `${LOBBY}/keeper`, type: "unavailable" });
      expect(service.server.room(LOBBY).occupants.map(({ nick }) => nick)).toEqual(["alice"]);
      expect(readErrors(stderr).log.every(({ level }) => level === "info")).toBe(true);
    },
  );

  it("ends by a signal while it connects, and that is no failure", async () => {
    let reached = false;
    const silent = createServer(() => (reached = true)).listen(0, "127.0.0.1");
    service.listeners.push(silent);
    await until("it listens", () => silent.listening);
    const { port } = silent.address() as { port: number };
    const command = service.start(
      ["run", "bot.ts"],
      { "bot.ts": KEEPER },
      { MUCWRIGHT_SERVICE: `xmpp://127.0.0.1:${port}` },
    );
    await until("it connects", () => reached, 60_000);
    command.signal("SIGTERM");
    const { status, stderr } = await command.ended;
    expect({ status, said: readErrors(stderr).said }).toEqual({ status: 0, said: "" });
  });

  it("ends although the bot left a timer running", async () => {
    await service.watch();
    const timer = `setInterval(() => {}, 1000);\n`;
    const command = service.start(["run", "bot.ts"], { "bot.ts": KEEPER + timer });
    await service.present();
    command.signal("SIGTERM");
    expect((await command.ended).status).toBe(0);
  });

  const MAIN = `import { run } from "mucwright";
    import { Keeper } from "./bot.js";
    await run(Keeper, { nick: "warden" });
    console.log("the bot has ended");
    `;

  it("outlives a promise that a handler forgot to await, and says so", async () => {
    const alice = await service.watch();
    const command = service.start(["run", "bot.ts"], {
      "bot.ts": `import { Bot, Command } from "mucwright";
@Bot({ rooms: ["${LOBBY}"], nick: "keeper" })
export class Keeper {
  @Command("save") save() { void this.store(); return "saved"; }
  async store() { throw new Error("disk full"); }
}
`,
    });
    await service.present();
    const answers = (): number =>
      alice.received.filter((stanza) => stanza.getChildText("body") === "saved").length;
    for (const times of [1, 2]) {
      await alice.say("!save");
      await until("the bot answers", () => answers() >= times);
    }
    command.signal("SIGTERM");
    const { status, stderr } = await command.ended;
    expect(status).toBe(0);
    expect(stderr).toContain("A promise that nobody awaited was rejected");
    expect(stderr).toContain("disk full");
  });

  it("says so when a room cannot be joined for now, and tries on", async () => {
    service.server.unreachable("rooms.example.org");
    const command = service.start(["run", "bot.ts"], { "bot.ts": KEEPER });
    await until(
      "the bot tells of the refusal",
      () => command.stderr.includes("it will be tried again"),
      TIMEOUT_MS,
    );
    expect(command.stderr).toContain(`${LOBBY} cannot be joined`);
    service.server.unreachable("rooms.example.org", false);
    await service.present();
    command.signal("SIGTERM");
    expect((await command.ended).status).toBe(0);
  });

  it("starts what a file hands to run itself, with one connection; what stands behind waits", async () => {
    const alice = await service.watch();
    const command = service.start(["run", "main.ts"], { "bot.ts": KEEPER, "main.ts": MAIN });
    await service.present("warden");
    await alice.say("!roll 6");
    expect((await alice.nextMessage()).text).toBe("rolled d6");
    expect(service.server.room(LOBBY).occupants).toHaveLength(2);
    expect(command.stdout).toBe("");
    command.signal("SIGTERM");
    const { status, stdout, stderr } = await command.ended;
    expect({ status, stdout }).toEqual({ status: 0, stdout: "the bot has ended\n" });
    expect(stderr.match(/Session established/g)).toHaveLength(1);
  });

  it("gives each call of run a session of its own", async () => {
    await service.watch();
    const two = `import { run, Bot } from "mucwright";
      @Bot({ rooms: ["${LOBBY}"] }) class Any {}
      void run(Any, { nick: "one" });
      void run(Any, { nick: "two" });`;
    const command = service.start(["run", "main.ts"], { "main.ts": two });
    await Promise.all([service.present("one"), service.present("two")]);
    command.signal("SIGTERM");
    expect((await command.ended).status).toBe(0);
  });

  it("is not needed: node --import mucwright/register runs the same file", async () => {
    const alice = await service.watch();
    const cwd = authorFolder({ "bot.ts": KEEPER, "main.ts": MAIN });
    const command = new Command(["--import", REGISTER, "main.ts"], { cwd, env: service.env });
    service.commands.push(command);
    await service.present("warden");
    await alice.say("warden: roll 6");
    expect((await alice.nextMessage()).text).toBe("rolled d6");
    expect(service.server.room(LOBBY).occupants).toHaveLength(2);
    command.signal("SIGINT");
    const { status, stdout } = await command.ended;
    expect({ status, stdout }).toEqual({ status: 0, stdout: "the bot has ended\n" });
  });

  it("takes its account from a file by Node's own option", async () => {
    await service.watch();
    const variables = Object.entries(service.env).map(([name, value]) => `${name}=${value}\n`);
    const cwd = authorFolder({ "bot.ts": KEEPER, ".env": variables.join("") });
    const command = new Command(["--env-file=.env", CLI, "run", "bot.ts"], { cwd });
    service.commands.push(command);
    await service.present();
    command.signal("SIGTERM");
    expect((await command.ended).status).toBe(0);
  });

  it("reports what stands behind run, when that fails", async () => {
    await service.watch();
    const main = MAIN.replace(/console.log.*/, 'throw new Error("afterwards");');
    const command = service.start(["run", "main.ts"], { "bot.ts": KEEPER, "main.ts": main });
    await service.present("warden");
    command.signal("SIGTERM");
    const { status, stderr } = await command.ended;
    expect({ status, said: readErrors(stderr).said }).toEqual({
      status: 1,
      said: expect.stringMatching(/^mucwright: main.ts:4:\d+: afterwards\n$/),
    });
  });
});
