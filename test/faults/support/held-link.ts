import type { Duplex } from "node:stream";

import type { Connect } from "../../../src/xmpp/transport.js";

/** Connections to a service whose bytes can be held back on their way to the client, as a slow network does. */
export class HeldLink {
  /** Counts what passes: as long as it grows, something is under way. */
  activity = 0;
  readonly connect: Connect;
  #held: (() => void)[] | null = null;
  #last: Duplex | null = null;

  constructor(connect: Connect) {
    this.connect = async (target) => {
      const link = (await connect(target)) as Duplex;
      this.activity++;
      this.#last = link;
      this.#watch(link);
      return link;
    };
  }

  #watch(link: Duplex): void {
    const push = link.push.bind(link);
    link.push = (chunk, encoding) => {
      this.activity++;
      if (this.#held === null) return push(chunk, encoding);
      this.#held.push(() => void (link.destroyed || push(chunk, encoding)));
      return true;
    };
    const write = link.write.bind(link) as Duplex["write"];
    link.write = ((...args: Parameters<Duplex["write"]>) => {
      this.activity++;
      return write(...args);
    }) as Duplex["write"];
    link.once("close", () => this.activity++);
  }

  /** Whether there is a connection that bytes pass through. */
  get open(): boolean {
    return this.#held === null && this.#last !== null && !this.#last.destroyed;
  }

  /** From now on nothing arrives. */
  hold(): void {
    this.#held ??= [];
  }

  /** What was held back arrives, in order. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const arrive of held) arrive();
  }
}
