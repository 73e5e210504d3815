import { setTimeout as delay } from "node:timers/promises";

import { RawPeer, xml } from "../../support/raw-peer.js";
import type { Account } from "../../support/service.js";

const NS_USER = "http://jabber.org/protocol/muc#user";
/** A room of Prosody keeps 20 lines: an outage of more than five seconds leaves a gap. */
const PAUSE_MS = 250;

/** A line, and when it was handed to the server. */
export interface Said {
  readonly line: number;
  readonly atMs: number;
}

/**
 * Somebody with a client that is not ours who talks all the time, one number after the other, and counts what the room
 * took. Whatever puts him out, he comes in again and goes on.
 */
export class Talker {
  readonly #account: Account;
  readonly #nick: string;
  #room: string;
  #peer: RawPeer;
  #judged = 0;
  #in = true;
  #next = 1;
  #silent = false;
  #over = false;
  readonly #sentAtMs: number[] = [];
  readonly #taken = new Set<number>();
  #loop: Promise<void> = Promise.resolve();

  private constructor(account: Account, room: string, nick: string, peer: RawPeer) {
    this.#account = account;
    this.#room = room;
    this.#nick = nick;
    this.#peer = peer;
  }

  /** Enters the room, and opens it where it is new. He is its owner then. */
  static async enter(account: Account, room: string, nick = "talker"): Promise<Talker> {
    const peer = await RawPeer.connect(account);
    const talker = new Talker(account, room, nick, peer);
    await talker.#join();
    return talker;
  }

  /** The client that he talks with now. */
  get peer(): RawPeer {
    return this.#peer;
  }

  /** What the room took, in order. */
  get said(): readonly Said[] {
    this.#read();
    return [...this.#taken].map((line) => ({ line, atMs: this.#sentAtMs[line] ?? 0 }));
  }

  /** How many lines were handed to the server. */
  get sent(): number {
    return this.#next - 1;
  }

  begin(): void {
    this.#loop = this.#talk();
  }

  /** Stops talking; goes on to be there. */
  hush(): void {
    this.#silent = true;
  }

  /** Goes on talking. */
  resume(): void {
    this.#silent = false;
  }

  /** Talks in another room from now on. */
  async moveTo(room: string): Promise<void> {
    this.#room = room;
    await this.#join();
  }

  async stop(): Promise<void> {
    this.#over = true;
    await Promise.race([this.#loop, delay(1_000, undefined, { ref: false })]);
    await this.#peer.stop();
  }

  async #talk(): Promise<void> {
    while (!this.#over) {
      this.#read();
      if (!this.#in || !this.#peer.online) await this.#comeBack();
      else if (!this.#silent) await this.#say();
      await delay(PAUSE_MS);
    }
  }

  async #say(): Promise<void> {
    const line = this.#next++;
    this.#sentAtMs[line] = Date.now();
    // a connection that breaks takes it along
    await this.#peer.say(this.#room, String(line)).catch(() => {});
  }

  async #comeBack(): Promise<void> {
    try {
      if (!this.#peer.online) {
        await this.#peer.stop();
        this.#peer = await RawPeer.connect(this.#account);
        this.#judged = 0;
      }
      await this.#join();
    } catch {
      // there is no server yet, or no room: again in a while
    }
  }

  async #join(): Promise<void> {
    const presence = await this.#peer.join(this.#room, this.#nick, xml("history", { maxstanzas: "0" }));
    const codes = presence.getChild("x", NS_USER)?.getChildren("status") ?? [];
    if (codes.some(({ attrs }) => attrs["code"] === "201")) await this.#peer.openRoom(this.#room);
    this.#read();
    this.#in = true;
  }

  /** What came since it was last looked: own lines, and whatever says that he is out. */
  #read(): void {
    const { received } = this.#peer;
    for (; this.#judged < received.length; this.#judged++) {
      const stanza = received[this.#judged];
      const { from, type } = stanza?.attrs ?? {};
      if (stanza === undefined || from?.split("/")[0] !== this.#room) continue;
      const own = from === `${this.#room}/${this.#nick}`;
      if (type === "error" || (own && type === "unavailable")) this.#in = false;
      const line = Number(stanza.getChildText("body") ?? "");
      if (own && type === "groupchat" && line > 0) this.#taken.add(line);
    }
  }
}
