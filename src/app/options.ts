import { readFileSync } from "node:fs";

import type { Clock } from "../base/clock.js";
import { ArgumentError, messageOf } from "../base/errors.js";
import { JID } from "../base/jid.js";
import { isLogLevel, type Logger, type LogLevel } from "../base/logger.js";
import type { BotRoom } from "../bot/decorators.js";
import type { MucClientOptions } from "../muc/client.js";
import { parseService } from "../xmpp/service.js";
import type { SessionLimits, ReconnectOptions } from "../xmpp/session-options.js";
import type { Connect } from "../xmpp/transport.js";
import type { Provider } from "./container.js";

/** What limits what bots say. A room is spoken to in order; what finds no place any more is an `OutboundLimitError`. */
export interface OutboundOptions {
  /** How long one message may be, in bytes of UTF-8; default 3,000. What is longer is said in several. */
  readonly maxMessageBytes?: number;
  /** Messages to one room in a second, over time; default 100. */
  readonly messagesPerSecond?: number;
  /** How many messages to one room may go at once before that; default 1,000. */
  readonly burst?: number;
  /** How many messages to one room may wait for their turn; default 1,000. */
  readonly maxWaiting?: number;
  /** How many messages that say they are a bot's are answered in a minute, in one room; default 10. */
  readonly answersToBotsPerMinute?: number;
  /** How many messages of one sender are answered in a minute; default 3,000. */
  readonly answersPerMinute?: number;
}

/** What an application runs with. What is not given comes from the environment, then from `@Bot`. */
export interface AppOptions {
  /** The account, `user@domain`. `MUCWRIGHT_JID`. */
  readonly jid?: string;
  /** Its password; never logged. `MUCWRIGHT_PASSWORD`. */
  readonly password?: string;
  /** `xmpp://host:port` or `xmpps://host:port`; default: found by SRV. `MUCWRIGHT_SERVICE`. */
  readonly service?: string;
  /** The rooms, in place of those of `@Bot`; each bot sits in all of them. `MUCWRIGHT_ROOMS`, comma separated. */
  readonly rooms?: readonly (string | BotRoom)[];
  /** The nick, in place of those of `@Bot`. `MUCWRIGHT_NICK`. */
  readonly nick?: string;
  /** A PEM file with the authorities to trust. `MUCWRIGHT_CA`. */
  readonly ca?: string;
  /** The least important level that is logged; default `info`. `MUCWRIGHT_LOG_LEVEL`. */
  readonly logLevel?: LogLevel;
  /** What constructors may ask for beside what is always there; also overrides that. */
  readonly providers?: readonly Provider[];
  /** Another transport in place of TCP and TLS. */
  readonly connect?: Connect;
  /** False: one attempt, and a lost session is over. */
  readonly reconnect?: false | ReconnectOptions;
  /** Bounds of the session. */
  readonly limits?: SessionLimits;
  /** How many rooms are joined in a second at most; default 20. */
  readonly joinsPerSecond?: number;
  /** How long a join may stay unanswered, in milliseconds; default 30,000. */
  readonly joinTimeoutMs?: number;
  /** When a room's history counts as over though nothing says so, in milliseconds; default 10,000. */
  readonly historyTimeoutMs?: number;
  /** The bounds of the growing, jittered delay before a room is joined again; default 2,000 and 300,000 ms. */
  readonly rejoin?: MucClientOptions["rejoin"];
  /** What limits what bots say. */
  readonly outbound?: OutboundOptions;
  /** How long the start may take before it fails, in milliseconds; default 30,000. */
  readonly connectTimeoutMs?: number;
  /** How long a handler may take before its room goes on without it, in milliseconds; default 60,000. */
  readonly handlerTimeoutMs?: number;
  /**
   * How many handlers may be at work at once, in all rooms together; default 100. Only those count that have something to
   * wait for, and not while they wait for an answer. A room whose handler finds no place waits, the first come first.
   */
  readonly maxHandlers?: number;
  /** Time; default the machine's. */
  readonly clock?: Clock;
  /** Where log lines go; default: standard error. */
  readonly logger?: Logger;
}

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** {@link AppOptions} with the environment filled in. */
export interface AppSettings extends Omit<AppOptions, "jid" | "password" | "ca"> {
  readonly jid: JID;
  readonly password: string;
  readonly caPem: string | null;
  /** Where `rooms` comes from, for messages; null where each `@Bot` names its own. */
  readonly roomsFrom: "the option rooms" | "MUCWRIGHT_ROOMS" | null;
  /** Likewise for `nick`. */
  readonly nickFrom: "the option nick" | "MUCWRIGHT_NICK" | null;
}

/** A value, and who gave it, for messages. */
interface Given {
  readonly value: string;
  readonly from: string;
}

/** The option, else the variable. What is set and empty counts as not set: that is how a line of a file is blanked. */
function given(option: string | undefined, name: string, variable: string, env: Environment): Given | null {
  if (option !== undefined && option !== "") return { value: option, from: `the option ${name}` };
  const value = env[variable];
  return value === undefined || value === "" ? null : { value, from: variable };
}

function required(found: Given | null, what: string, variable: string, option: string): Given {
  if (found !== null) return found;
  throw new ArgumentError(
    `There is no ${what}: set the environment variable ${variable}, or the option ${option}`,
  );
}

function readCa(found: Given | null): string | null {
  if (found === null) return null;
  const { value, from } = found;
  let pem: string;
  try {
    pem = readFileSync(value, "utf8");
  } catch (error) {
    throw new ArgumentError(`${from}: the certificates cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
  if (/-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/.test(pem)) return pem;
  throw new ArgumentError(`${from}: "${value}" holds no certificate: it has to be a PEM file`);
}

function account({ value, from }: Given): JID {
  const jid = JID.tryParse(value);
  if (jid?.local == null) throw new ArgumentError(`${from}: "${value}" is no account: write user@domain`);
  return jid;
}

/** Checked here, where it is known who gave it. */
function service(found: Given | null): string | undefined {
  if (found === null) return undefined;
  try {
    parseService(found.value);
  } catch (error) {
    throw new ArgumentError(`${found.from}: ${messageOf(error)}`, { cause: error });
  }
  return found.value;
}

/** The level that is asked for. Throws {@link ArgumentError} for one that there is not. */
export function logLevelOf(options: AppOptions, env: Environment): LogLevel {
  const level = options.logLevel ?? (env["MUCWRIGHT_LOG_LEVEL"] || "info");
  if (!isLogLevel(level))
    throw new ArgumentError(
      `MUCWRIGHT_LOG_LEVEL: "${String(level)}" is no level: use trace, debug, info, warn, error or silent`,
    );
  return level;
}

/** Comma separated; none where nothing is named. */
function roomList(text: string | undefined): readonly string[] | undefined {
  const rooms = (text ?? "").split(",").map((room) => room.trim());
  const named = rooms.filter((room) => room !== "");
  return named.length === 0 ? undefined : named;
}

/**
 * Completes the options from the environment. Throws {@link ArgumentError} that names the option or the variable which
 * is missing or wrong.
 */
export function settingsFrom(options: AppOptions, env: Environment): AppSettings {
  const { jid, password, ca, service: address, nick: wantedNick, ...rest } = options;
  const { handlerTimeoutMs } = rest;
  if (handlerTimeoutMs !== undefined && !(handlerTimeoutMs > 0))
    throw new ArgumentError(
      `the option handlerTimeoutMs has to be a positive number, not ${handlerTimeoutMs}`,
    );
  const { maxHandlers } = rest;
  if (maxHandlers !== undefined && !(Number.isInteger(maxHandlers) && maxHandlers > 0))
    throw new ArgumentError(`the option maxHandlers has to be a whole positive number, not ${maxHandlers}`);
  const rooms = options.rooms ?? roomList(env["MUCWRIGHT_ROOMS"]);
  const endpoint = service(given(address, "service", "MUCWRIGHT_SERVICE", env));
  const nick = given(wantedNick, "nick", "MUCWRIGHT_NICK", env);
  return {
    ...rest,
    jid: account(required(given(jid, "jid", "MUCWRIGHT_JID", env), "account", "MUCWRIGHT_JID", "jid")),
    password: required(
      given(password, "password", "MUCWRIGHT_PASSWORD", env),
      "password",
      "MUCWRIGHT_PASSWORD",
      "password",
    ).value,
    caPem: readCa(given(ca, "ca", "MUCWRIGHT_CA", env)),
    roomsFrom:
      options.rooms !== undefined ? "the option rooms" : rooms === undefined ? null : "MUCWRIGHT_ROOMS",
    nickFrom: nick === null ? null : wantedNick === nick.value ? "the option nick" : "MUCWRIGHT_NICK",
    ...(rooms !== undefined && { rooms }),
    ...(endpoint !== undefined && { service: endpoint }),
    ...(nick !== null && { nick: nick.value }),
  };
}
