import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { createBotApp, type BotAppOptions } from "../../src/app/bot-app.js";
import { logLevelOf, settingsFrom, type AppOptions, type Environment } from "../../src/app/options.js";
import { RoomPlan } from "../../src/app/room-plan.js";
import { ArgumentError } from "../../src/base/errors.js";
import { Bot, type BotSettings } from "../../src/bot/decorators.js";
import type { Class } from "../../src/bot/metadata.js";

const ENV: Environment = { MUCWRIGHT_JID: "env@example.org", MUCWRIGHT_PASSWORD: "env-password" };
const folder = mkdtempSync(join(tmpdir(), "mucwright-options-"));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const PEM = file("ca.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");

describe("the settings of an application", () => {
  it("come from the environment, variable by variable", () => {
    const settings = settingsFrom(
      {},
      {
        ...ENV,
        MUCWRIGHT_SERVICE: "xmpps://host.example.org:5223",
        MUCWRIGHT_ROOMS: " a@rooms.example.org, ,b@rooms.example.org,",
        MUCWRIGHT_NICK: "env-nick",
        MUCWRIGHT_CA: PEM,
      },
    );
    expect(settings).toMatchObject({
      password: "env-password",
      service: "xmpps://host.example.org:5223",
      rooms: ["a@rooms.example.org", "b@rooms.example.org"],
      nick: "env-nick",
      caPem: expect.stringContaining("BEGIN CERTIFICATE"),
    });
    expect(settings.jid.toString()).toBe("env@example.org");
    expect(logLevelOf({}, { MUCWRIGHT_LOG_LEVEL: "debug" })).toBe("debug");
  });

  it("come from the options first, one by one", () => {
    const options: AppOptions = {
      jid: "option@example.org",
      password: "option-password",
      service: "xmpp://localhost",
      rooms: [],
      nick: "option-nick",
      ca: PEM,
      logLevel: "error",
    };
    const env = {
      ...ENV,
      MUCWRIGHT_SERVICE: "nonsense",
      MUCWRIGHT_ROOMS: "a@b",
      MUCWRIGHT_NICK: "env-nick",
      MUCWRIGHT_CA: "/nowhere",
      MUCWRIGHT_LOG_LEVEL: "nonsense",
    };
    const settings = settingsFrom(options, env);
    expect(settings).toMatchObject({
      password: "option-password",
      service: "xmpp://localhost",
      rooms: [],
      nick: "option-nick",
    });
    expect(settings.jid.toString()).toBe("option@example.org");
    expect(logLevelOf(options, env)).toBe("error");
    expect(settingsFrom({ jid: "option@example.org" }, ENV).password).toBe("env-password");
  });

  it("count what is set and empty as not set", () => {
    const empty = {
      MUCWRIGHT_SERVICE: "",
      MUCWRIGHT_ROOMS: "",
      MUCWRIGHT_NICK: "",
      MUCWRIGHT_CA: "",
      MUCWRIGHT_LOG_LEVEL: "",
    };
    const settings = settingsFrom({}, { ...ENV, ...empty });
    for (const key of ["service", "rooms", "nick"]) expect(settings).not.toHaveProperty(key);
    expect(settings.caPem).toBeNull();
    expect(settingsFrom({}, { ...ENV, MUCWRIGHT_ROOMS: " , " })).not.toHaveProperty("rooms");
    expect(logLevelOf({}, empty)).toBe("info");
  });

  it.each<[string, AppOptions, Environment, string]>([
    [
      "no account",
      {},
      {},
      "There is no account: set the environment variable MUCWRIGHT_JID, or the option jid",
    ],
    [
      "an empty account",
      {},
      { MUCWRIGHT_JID: "" },
      "There is no account: set the environment variable MUCWRIGHT_JID",
    ],
    [
      "no password",
      {},
      { MUCWRIGHT_JID: "a@b" },
      "There is no password: set the environment variable MUCWRIGHT_PASSWORD, or the option password",
    ],
    [
      "an account that is none",
      {},
      { ...ENV, MUCWRIGHT_JID: "example.org" },
      'MUCWRIGHT_JID: "example.org" is no account: write user@domain',
    ],
    [
      "an option that is no account",
      { jid: "@x" },
      ENV,
      'the option jid: "@x" is no account: write user@domain',
    ],
    [
      "a service that is none",
      {},
      { ...ENV, MUCWRIGHT_SERVICE: "example.org:5222" },
      'MUCWRIGHT_SERVICE: "example.org:5222" is no service: write xmpp://host:port',
    ],
    [
      "a service of a kind that is not there",
      { service: "ftp://x" },
      ENV,
      "the option service: ftp:// is not supported",
    ],
    [
      "certificates that are not there",
      {},
      { ...ENV, MUCWRIGHT_CA: "/nowhere/ca.pem" },
      "MUCWRIGHT_CA: the certificates cannot be read: ENOENT",
    ],
    [
      "a limit on handlers that is none",
      { maxHandlers: 1.5 },
      ENV,
      "the option maxHandlers has to be a whole positive number, not 1.5",
    ],
    [
      "a time limit that is none",
      { handlerTimeoutMs: 0 },
      ENV,
      "the option handlerTimeoutMs has to be a positive number, not 0",
    ],
    ["certificates that are none", { ca: file("no.pem", "x") }, ENV, "the option ca: "],
  ])("are refused: %s", (_name, options, env, message) => {
    expect(() => settingsFrom(options, env)).toThrow(ArgumentError);
    expect(() => settingsFrom(options, env)).toThrow(message);
  });

  it("have a level that there is", () => {
    expect(() => logLevelOf({}, { MUCWRIGHT_LOG_LEVEL: "loud" })).toThrow(
      'MUCWRIGHT_LOG_LEVEL: "loud" is no level: use trace, debug, info, warn, error or silent',
    );
  });
});

function bot(name: string, settings: BotSettings): Class {
  const type = { [name]: class {} }[name] ?? class {};
  Bot(settings)(type);
  return type;
}

function plan(bots: readonly Class[], options: AppOptions = {}, env: Environment = {}): RoomPlan {
  return new RoomPlan(settingsFrom(options, { ...ENV, ...env }), bots);
}

function rooms({ rooms: planned, mistakes }: RoomPlan): string[] {
  expect(mistakes).toEqual([]);
  return planned.map(
    (room) =>
      `${room.jid.toString()} ${room.nick} ${room.password} ${room.bots.map(({ name }) => name).join("+")}`,
  );
}

describe("the rooms of an application", () => {
  const dice = bot("Dice", {
    rooms: ["a@r.example", { jid: "b@r.example", nick: "dee", password: "p" }],
    nick: "dice",
  });
  const plain = bot("Plain", { rooms: ["b@r.example", "c@r.example"] });

  it("are those of each @Bot, with the nearest nick", () => {
    expect(rooms(plan([dice]))).toEqual(["a@r.example dice null Dice", "b@r.example dee p Dice"]);
    expect(rooms(plan([plain]))).toEqual(["b@r.example env null Plain", "c@r.example env null Plain"]);
  });

  it("are those of the options or the environment instead: each bot sits in all of them", () => {
    const env = { MUCWRIGHT_ROOMS: "x@r.example" };
    expect(rooms(plan([plain, bot("Other", {})], {}, env))).toEqual(["x@r.example env null Plain+Other"]);
    expect(rooms(plan([dice], { rooms: [{ jid: "y@r.example", nick: "why" }] }, env))).toEqual([
      "y@r.example why null Dice",
    ]);
    expect(rooms(plan([dice], { rooms: [] }))).toEqual([]);
  });

  it("are entered with the nick of options and environment, but where a room of the options has its own", () => {
    const env = { MUCWRIGHT_NICK: "all" };
    expect(rooms(plan([dice], {}, env))).toEqual(["a@r.example all null Dice", "b@r.example all p Dice"]);
    expect(rooms(plan([dice], { rooms: ["x@r.example", { jid: "y@r.example", nick: "why" }] }, env))).toEqual(
      ["x@r.example all null Dice", "y@r.example why null Dice"],
    );
  });

  it("are shared by bots with one nick; the password is that of whoever has one", () => {
    const one = bot("One", { rooms: ["a@r.example"], nick: "n" });
    const two = bot("Two", { rooms: [{ jid: "A@r.example", password: "p" }], nick: "n" });
    expect(rooms(plan([one, two]))).toEqual(["a@r.example n p One+Two"]);
  });

  it("have one nick each: two are a mistake, which MUCWRIGHT_NICK lifts", () => {
    const { mistakes } = plan([dice, plain]);
    expect(mistakes).toEqual([
      {
        where: "Plain",
        problem: 'it wants to be "env" in b@r.example, where Dice is "dee"',
        fix: "Give both the same nick there, set MUCWRIGHT_NICK, or run them with accounts of their own",
      },
    ]);
    expect(rooms(plan([dice, plain], {}, { MUCWRIGHT_NICK: "n" }))).toHaveLength(3);
    expect(
      plan([
        bot("Two", {
          rooms: [
            { jid: "a@r.example", nick: "a" },
            { jid: "a@r.example", nick: "b" },
          ],
        }),
      ]).mistakes[0]?.problem,
    ).toBe('it wants to be "b" in a@r.example, where it is "a"');
  });

  it.each([
    ["lobby", '"lobby" is no room: write room@service', "Rooms are written"],
    ["a@b/nick", '"a@b/nick" is no room: write a@b, without the part after the /', "Rooms are written"],
    ["@b", '"@b" is no JID: its local part is empty', "Rooms are written"],
  ])("have an address: %s is none", (room, problem, fix) => {
    expect(plan([bot("Keeper", { rooms: [room] })]).mistakes).toEqual([
      { where: "Keeper", problem, fix: expect.stringContaining(fix) },
    ]);
    // of two bots, told once
    expect(plan([dice, plain], {}, { MUCWRIGHT_ROOMS: room }).mistakes).toEqual([
      { where: "MUCWRIGHT_ROOMS", problem, fix: expect.stringContaining(fix) },
    ]);
  });

  it("tell a wrong nick where it was given", () => {
    const where = (found: RoomPlan): string[] =>
      found.mistakes.map((mistake) => `${mistake.where}: ${mistake.problem}`);
    expect(where(plan([bot("Keeper", { rooms: ["a@b"], nick: " " })]))).toEqual([
      "Keeper: A nick may not be blank",
    ]);
    expect(where(plan([dice], {}, { MUCWRIGHT_NICK: " " }))).toEqual([
      "MUCWRIGHT_NICK: A nick may not be blank",
    ]);
    expect(where(plan([dice], { nick: " " }))).toEqual(["the option nick: A nick may not be blank"]);
    expect(where(plan([dice], { rooms: [{ jid: "a@b", nick: " " }] }))).toEqual([
      "the option rooms: A nick may not be blank",
    ]);
  });

  it("have a nick to fall back on: that of the options, of the first bot with one, of the account", () => {
    expect(plan([plain, dice]).nick).toBe("dice");
    expect(plan([plain]).nick).toBe("env");
    expect(plan([dice], { nick: "n" }).nick).toBe("n");
  });
});

it("that there are not keep an application from starting, each with what may be meant", async () => {
  class Keeper {}
  Bot({})(Keeper);
  const odd = { handlerTimeout: 5, outbound: { brust: 5 }, bots: [Keeper] } as unknown as BotAppOptions;
  await expect(createBotApp(odd).start()).rejects.toMatchObject({
    code: "argument",
    message:
      'there is no option "handlerTimeout"; did you mean handlerTimeoutMs?; there is no option of outbound "brust"; did you mean burst?',
  });
});
