import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

import { eventually } from "../../support/wait.js";

/** What a subject may be. */
export type Which = "mucwright" | "bare";

/** What a client in a process of its own has told. */
export class Subject {
  readonly events: { readonly event: string; readonly value: string }[] = [];
  /** Whether its process is there still. */
  alive = true;
  readonly #child: ChildProcess;
  /** How long to wait for what a client does that gets it right; and for what one does not do that gets it wrong. */
  readonly #patienceMs: number;

  private constructor(which: Which, port: number, mode: string) {
    this.#patienceMs = which === "mucwright" ? 60_000 : 8_000;
    const file = fileURLToPath(new URL("subject.mjs", import.meta.url));
    // Not the options of the process that runs the tests.
    this.#child = fork(file, [which, String(port), mode], { execArgv: ["--expose-gc"], stdio: "ignore" });
    this.#child.on("message", (told) => this.events.push(told as Subject["events"][number]));
    this.#child.on("exit", () => (this.alive = false));
    this.#child.on("error", () => (this.alive = false));
  }

  /** Ready to be told. */
  static async make(which: Which, port: number, mode = ""): Promise<Subject> {
    const subject = new Subject(which, port, mode);
    await eventually(() => subject.count("ready"), { timeoutMs: 60_000, what: "a process" });
    return subject;
  }

  do(action: string, value?: string): void {
    if (this.alive) this.#child.send({ action, value }, () => {});
  }

  count(event: string): number {
    return this.events.filter((each) => each.event === event).length;
  }

  values(event: string): readonly string[] {
    return this.events.filter((each) => each.event === event).map(({ value }) => value);
  }

  /** Whether this comes to be while it lives. */
  async comes(check: () => boolean): Promise<boolean> {
    const over = await eventually(() => (check() ? "true" : this.alive ? null : "dead"), {
      timeoutMs: this.#patienceMs,
      intervalMs: 5,
      what: "it",
    }).catch(() => "late");
    return over === "true";
  }

  end(): void {
    this.#child.kill("SIGKILL");
  }
}
