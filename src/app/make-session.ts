import type { Logger } from "../base/logger.js";
import { Session } from "../xmpp/session.js";
import type { AppSettings } from "./options.js";
import { sessionAdvice } from "./advice.js";

/** The session of an application. */
export function makeSession(settings: AppSettings, logger: Logger): Session {
  const { jid, password, service, connect, reconnect, limits, connectTimeoutMs, clock, caPem } = settings;
  return new Session({
    jid,
    password,
    logger,
    advice: sessionAdvice,
    ...(service !== undefined && { service }),
    ...(connect !== undefined && { connect }),
    ...(reconnect !== undefined && { reconnect }),
    ...(limits !== undefined && { limits }),
    ...(connectTimeoutMs !== undefined && { connectTimeoutMs }),
    ...(clock !== undefined && { clock }),
    ...(caPem !== null && { tls: { ca: caPem } }),
  });
}
