import { readFileSync } from "node:fs";

import type { Clock } from "../base/clock.js";
import { ArgumentError, messageOf } from "../base/errors.js";
import { JID } from "../base/jid.js";
import { isLogLevel, type Logger, type LogLevel } from "../base/logger.js";
import type { BotRoom } from "../bot/decorators.js";
import type { SessionLimits, ReconnectOptions } from "../xmpp/session-options.js";
import type { Connect } from "../xmpp/transport.js";
import type { Provider } from "./container.js";

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
  /** How long the start may take before it fails, in milliseconds; default 30,000. */
  readonly connectTimeoutMs?: number;
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
}

function required(value: string | undefined, what: string, variable: string, option: string): string {
  if (value !== undefined && value !== "") return value;
  throw new ArgumentError(
    `There is no ${what}: set the environment variable ${variable}, or the option ${option}`,
  );
}

function readCa(path: string | undefined): string | null {
  if (path === undefined || path === "") return null;
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new ArgumentError(`The certificates of MUCWRIGHT_CA cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function account(text: string): JID {
  const jid = JID.tryParse(text);
  if (jid?.local == null)
    throw new ArgumentError(`MUCWRIGHT_JID: "${text}" is no account: write user@domain`);
  return jid;
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

/**
 * Completes the options from the environment. Throws {@link ArgumentError} that names the variable which is missing or
 * wrong.
 */
export function settingsFrom(options: AppOptions, env: Environment): AppSettings {
  const rooms =
    options.rooms ??
    env["MUCWRIGHT_ROOMS"]
      ?.split(",")
      .map((room) => room.trim())
      .filter((room) => room !== "");
  const service = options.service ?? (env["MUCWRIGHT_SERVICE"] || undefined);
  const nick = options.nick ?? (env["MUCWRIGHT_NICK"] || undefined);
  const { jid: _jid, password: _password, ca: _ca, ...rest } = options;
  return {
    ...rest,
    jid: account(required(options.jid ?? env["MUCWRIGHT_JID"], "account", "MUCWRIGHT_JID", "jid")),
    password: required(
      options.password ?? env["MUCWRIGHT_PASSWORD"],
      "password",
      "MUCWRIGHT_PASSWORD",
      "password",
    ),
    caPem: readCa(options.ca ?? env["MUCWRIGHT_CA"]),
    ...(rooms !== undefined && { rooms }),
    ...(service !== undefined && { service }),
    ...(nick !== undefined && { nick }),
  };
}
