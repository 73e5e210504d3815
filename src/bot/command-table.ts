import type { CommandHandler } from "./compiled.js";
import type { AuthoringMistake } from "./errors.js";

/** Commands by their first word, and what is wrong with them. */
export class CommandTable {
  readonly byWord = new Map<string, CommandHandler[]>();
  readonly list: CommandHandler[] = [];
  readonly mistakes: AuthoringMistake[] = [];
  readonly #paths = new Map<string, string>();
  readonly #prefix: string | null;

  constructor(prefix: string | null) {
    this.#prefix = prefix;
  }

  add(handler: CommandHandler): void {
    const [first = "", ...rest] = handler.template.path;
    if (this.#register(handler, [first, ...rest])) this.list.push(handler);
    for (const alias of handler.about.aliases) this.#alias(handler, String(alias).toLowerCase(), first, rest);
  }

  #alias(handler: CommandHandler, alias: string, first: string, rest: readonly string[]): void {
    const where = handler.name;
    if (/\s/.test(alias) || alias === "") {
      const problem = `"${alias}" cannot be the name of a command: nobody could say it`;
      this.mistakes.push({ where, problem, fix: "Give the alias one word" });
    } else if (this.#prefix !== null && this.#prefix !== "" && alias.startsWith(this.#prefix)) {
      const problem = `the alias "${alias}" begins with the prefix: people would have to say that twice`;
      this.mistakes.push({ where, problem, fix: "Leave the prefix out" });
    } else if (alias === first) {
      const problem = `the alias "${alias}" is what the command is called anyway`;
      this.mistakes.push({ where, problem, fix: "Leave the alias out" });
    } else this.#register(handler, [alias, ...rest]);
  }

  #register(handler: CommandHandler, path: readonly string[]): boolean {
    const [word = ""] = path;
    const name = path.join(" ");
    const other = this.#paths.get(name);
    if (other !== undefined) {
      const problem = `the command "${name}" is that of ${other} already`;
      this.mistakes.push({ where: handler.name, problem, fix: "Give one of them another name" });
      return false;
    }
    this.#paths.set(name, handler.name);
    const handlers = this.byWord.get(word) ?? [];
    handlers.push({ ...handler, template: { ...handler.template, path } });
    handlers.sort((a, b) => b.template.path.length - a.template.path.length);
    this.byWord.set(word, handlers);
    return true;
  }
}
