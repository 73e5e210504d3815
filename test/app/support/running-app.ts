// An application of bots on a service, real ones included.
import { createBotApp, type BotApp } from "../../../src/app/bot-app.js";
import { xml } from "../../../src/base/element.js";
import type { Class } from "../../../src/bot/metadata.js";
import { recordLog, type RecordedLog } from "../../bot/support/log.js";
import type { Account, Service } from "../../support/services.js";

const DISCO_INFO = "http://jabber.org/protocol/disco#info";

/** What the log says where a policy or a method has decided. */
const DECIDED = ["An invitation was decided", "A request for voice was decided"];

interface Plan {
  readonly bots: readonly Class[];
  readonly rooms?: readonly string[];
}

/** An application of its own account, ended with the test. */
export class RunningApp implements AsyncDisposable {
  readonly account: Account;
  readonly app: BotApp;
  readonly log: RecordedLog = recordLog();

  private constructor(account: Account, options: Plan) {
    this.account = account;
    this.app = createBotApp({ ...account, ...options, logger: this.log.logger });
  }

  static start(service: Service, ...bots: readonly Class[]): Promise<RunningApp> {
    return RunningApp.#start(service, { bots });
  }

  /** In a room in place of those that the bots name. */
  static startIn(service: Service, room: string, ...bots: readonly Class[]): Promise<RunningApp> {
    return RunningApp.#start(service, { bots, rooms: [room] });
  }

  static async #start(service: Service, options: Plan): Promise<RunningApp> {
    const running = new RunningApp(await service.createAccount("bot"), options);
    await running.app.start();
    // Behind the answer the server knows that we are available: before that it keeps what comes, or (ejabberd) loses it.
    await running.app.session.iq.get(service.domain, xml("query", { xmlns: DISCO_INFO }));
    return running;
  }

  /** What was decided, and by whom. */
  get decisions(): string[] {
    return this.log.records
      .filter(({ text }) => DECIDED.includes(text))
      .map(({ fields }) => `${String(fields["decision"])} by ${String(fields["by"])}`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.app.stop();
  }
}
