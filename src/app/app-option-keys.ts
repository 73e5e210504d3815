import { ArgumentError } from "../base/errors.js";
import { strangeKeys } from "../bot/option-keys.js";
import type { BotAppOptions } from "./bot-app.js";
import type { OutboundOptions } from "./options.js";

/** Every option of an application: a new one that is not named here does not compile. */
const APP = {
  bots: true,
  env: true,
  jid: true,
  password: true,
  service: true,
  rooms: true,
  nick: true,
  ca: true,
  logLevel: true,
  providers: true,
  connect: true,
  reconnect: true,
  limits: true,
  joinsPerSecond: true,
  joinTimeoutMs: true,
  historyTimeoutMs: true,
  rejoin: true,
  outbound: true,
  connectTimeoutMs: true,
  handlerTimeoutMs: true,
  maxHandlers: true,
  clock: true,
  logger: true,
} satisfies Record<keyof BotAppOptions, true>;

const OUTBOUND = {
  maxMessageBytes: true,
  messagesPerSecond: true,
  burst: true,
  maxWaiting: true,
  answersToBotsPerMinute: true,
  answersPerMinute: true,
} satisfies Record<keyof OutboundOptions, true>;

/**
 * Refuses options that there are not: `handlerTimeout` would leave the limit as it is, and no compiler is asked by
 * `mucwright run`. Throws {@link ArgumentError} that names all of them.
 */
export function checkOptionKeys(options: BotAppOptions): void {
  const strange = [
    ...strangeKeys("option", options, Object.keys(APP)),
    ...strangeKeys("option of outbound", options.outbound, Object.keys(OUTBOUND)),
  ];
  if (strange.length > 0) throw new ArgumentError(strange.join("; "));
}
