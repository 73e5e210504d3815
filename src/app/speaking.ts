import type { Clock } from "../base/clock.js";
import { ArgumentError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import { botSettings, type Class } from "../bot/metadata.js";
import { botPrepare } from "../bot/prepare.js";
import type { MucClientOptions } from "../muc/client.js";
import { checkSendPace } from "../muc/room/send-pace.js";
import type { AppSettings, OutboundOptions } from "./options.js";

const DEFAULT_PREFIX = "!";

/** What limits what bots say, unless the options say otherwise. */
const OUTBOUND: Required<OutboundOptions> = {
  maxMessageBytes: 3_000,
  messagesPerSecond: 100,
  burst: 1_000,
  maxWaiting: 1_000,
  answersToBotsPerMinute: 10,
  answersPerMinute: 3_000,
};

/** Longer than any one character. */
const MIN_MESSAGE_BYTES = 16;

/** How an application's client shapes and limits what bots say. Throws `ArgumentError` for a limit that is none. */
export function speaking(
  settings: AppSettings,
  clock: Clock,
  logger: Logger,
): Pick<MucClientOptions, "prepare" | "outbound"> {
  const limits = { ...OUTBOUND, ...settings.outbound };
  const { maxMessageBytes, answersPerMinute, answersToBotsPerMinute } = limits;
  for (const [name, value, least] of [
    ["maxMessageBytes", maxMessageBytes, MIN_MESSAGE_BYTES],
    ["answersPerMinute", answersPerMinute, 1],
    ["answersToBotsPerMinute", answersToBotsPerMinute, 0],
  ] as const)
    if (!(value >= least))
      throw new ArgumentError(`the option outbound.${name} has to be ${least} at least, not ${value}`);
  return { prepare: botPrepare({ ...limits, clock, logger }), outbound: checkSendPace(limits) };
}

/** What the commands of a bot begin with, where no room says otherwise. */
export function prefixOf(bot: Class): string | null {
  const prefix = botSettings(bot)?.prefix;
  return prefix === undefined ? DEFAULT_PREFIX : prefix;
}
