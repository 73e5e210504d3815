// Counts the joins that a client sends, where they leave it.
import { connect, type Socket } from "node:net";

const JOIN = /<presence\b[^>]*>(?:(?!<\/presence>)[^])*?http:\/\/jabber\.org\/protocol\/muc["']/g;

/** A way to a server on this machine that counts the joins on it. */
export class JoinCounter {
  /** When each was sent, by the clock of `performance`. */
  readonly sentAtMs: number[] = [];
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  /** For the option `connect`. */
  readonly connect = (): Socket => {
    const socket = connect(this.#port, "127.0.0.1");
    const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
    socket.write = (...args: unknown[]) => {
      for (const _ of String(args[0]).matchAll(JOIN)) this.sentAtMs.push(performance.now());
      return write(...args);
    };
    return socket;
  };

  /** The most that any second had. */
  get mostInASecond(): number {
    let most = 0;
    let from = 0;
    for (const [at, ms] of this.sentAtMs.entries()) {
      while (ms - (this.sentAtMs[from] ?? 0) >= 1_000) from++;
      most = Math.max(most, at - from + 1);
    }
    return most;
  }
}
