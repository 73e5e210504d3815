import { createBotApp, type BotApp } from "../../../src/app/bot-app.js";
import type { AppOptions } from "../../../src/app/options.js";
import { silentLogger } from "../../../src/base/logger.js";
import { Bot, OnMessage } from "../../../src/bot/decorators.js";
import type { OnCause } from "../../../src/muc/causes.js";
import { MessageReceived } from "../../../src/muc/events/messages.js";
import { FaultProxy } from "../../support/fault-proxy.js";
import type { Account } from "../../support/service.js";
import type { SharedServer } from "../../support/services.js";
import { eventually } from "../../support/wait.js";
import { Talker, type Said } from "./talker.js";

/** In this time a bot is back, from when that is possible again. */
export const BACK_MS = 12_000;

export const until = (check: () => boolean | Promise<boolean>, what: string): Promise<true> =>
  eventually(check, { timeoutMs: BACK_MS, what });

interface Gap {
  readonly since: Date;
  readonly until: Date;
}

/** What of the lines said is wrong. */
export interface Balance {
  readonly repeated: readonly number[];
  readonly lost: readonly Said[];
}

/** Nothing lost, nothing twice. */
export const EVEN: Balance = { repeated: [], lost: [] };

/** How the bot of a scene differs from the usual one. */
export interface SceneOptions extends Pick<AppOptions, "limits"> {
  readonly onCause?: OnCause;
}

/** A bot that counts what it handles, in the room of somebody who talks all the time. */
export class Scene {
  /** The numbers that the bot handled, live or missed, in order. */
  readonly heard: number[] = [];
  /** What happened to the room, by name. */
  readonly told: string[] = [];
  /** What the bot was told to have lost. */
  readonly gaps: Gap[] = [];
  readonly account: Account;
  readonly app: BotApp;
  readonly proxy: FaultProxy;
  readonly room: string;
  readonly talker: Talker;

  private constructor(
    readonly server: SharedServer,
    parts: { account: Account; proxy: FaultProxy; room: string; talker: Talker; options: SceneOptions },
  ) {
    const { account, proxy, room, talker } = parts;
    const { heard } = this;
    @Bot({ nick: "bot", onCause: parts.options.onCause ?? {} })
    class Listener {
      @OnMessage({ missed: true }) said(message: MessageReceived): void {
        if (Number(message.body) > 0) heard.push(Number(message.body));
      }
    }
    this.account = account;
    this.proxy = proxy;
    this.room = room;
    this.talker = talker;
    this.app = createBotApp({
      bots: [Listener],
      jid: account.jid,
      password: account.password,
      service: `xmpp://127.0.0.1:${proxy.port}`,
      rooms: [room],
      limits: parts.options.limits ?? { deadPeerMs: 1_000 },
      reconnect: { minDelayMs: 10, maxDelayMs: 200, attemptTimeoutMs: 1_000 },
      rejoin: { minDelayMs: 50, maxDelayMs: 400 },
      joinTimeoutMs: 2_000,
      logger: silentLogger,
    });
  }

  /** The bot is in a persistent room, and has heard the first lines. */
  static async open(server: SharedServer, options: SceneOptions = {}): Promise<Scene> {
    const room = server.room("fault");
    const [account, other] = await Promise.all([server.createAccount("bot"), server.createAccount("talker")]);
    const [proxy, talker] = await Promise.all([
      FaultProxy.before(server.port),
      Talker.enter({ ...other, service: account.service }, room),
    ]);
    await server.setRoomOption(room, "persistent", true);
    const scene = new Scene(server, { account, proxy, room, talker, options });
    await scene.app.ready();
    scene.#listen();
    talker.begin();
    await until(() => scene.heard.length >= 2, "the bot to hear the first lines");
    return scene;
  }

  #listen(): void {
    const room = this.app.muc.getRoom(this.room);
    for (const name of ["suspend", "resume", "enter", "exit"] as const)
      room?.on(name, () => void this.told.push(name));
    room?.on("caughtUp", ({ gap }) => {
      if (gap !== null) this.gaps.push(gap);
    });
  }

  /** Waits until the bot was told that. */
  hasBeenTold(name: string): Promise<true> {
    return until(() => this.told.includes(name), `the bot to be told ${name}`);
  }

  /** Lets that many lines more be said. */
  async letTalk(lines: number): Promise<void> {
    const from = this.talker.said.length;
    await until(() => this.talker.said.length >= from + lines, `${lines} lines more to be said`);
  }

  /** Ends the bot's session for good while nothing of its gets through; `comeBack` lets it. */
  async loseSession(): Promise<void> {
    const { jid } = this.app.session;
    await this.proxy.refuse();
    this.proxy.cut();
    await until(() => this.app.session.state === "interrupted", "the bot to be cut off");
    await this.server.kickSession(String(jid));
    await until(async () => !(await this.server.sessions()).includes(String(jid)), "the session to be gone");
  }

  comeBack(): Promise<void> {
    return this.proxy.accept();
  }

  /** The bot is back, and hears what is said after that. */
  async isBack(): Promise<void> {
    await until(() => this.app.status().ready, "the bot to be active");
    const from = this.talker.sent;
    await until(() => this.heard.some((line) => line > from), "the bot to hear what is said then");
  }

  /**
   * Waits until all is said and heard. Then: what the bot handled twice or out of order, and what the room took that
   * it did not handle and was told of no gap for.
   */
  async balance(): Promise<Balance> {
    this.talker.hush();
    const last = (): number => this.talker.said.at(-1)?.line ?? 0;
    await until(() => last() === this.talker.sent || !this.talker.peer.online, "the talker to have said it");
    await until(() => this.heard.includes(last()), "the bot to hear the last line");
    const repeated = this.heard.filter((line, at) => line <= Math.max(0, ...this.heard.slice(0, at)));
    const from = this.heard[0] ?? 0;
    // taken by the room a little after it was said, and stamped there in whole seconds
    const isTold = (atMs: number): boolean =>
      this.gaps.some((gap) => atMs >= gap.since.getTime() - 200 && atMs <= gap.until.getTime() + 1_000);
    const lost = this.talker.said.filter(
      ({ line, atMs }) => line > from && !this.heard.includes(line) && !isTold(atMs),
    );
    return { repeated, lost };
  }

  async close(): Promise<void> {
    this.proxy.thaw();
    await Promise.all([this.app.stop(), this.talker.stop()]);
    await this.proxy.close();
  }
}
