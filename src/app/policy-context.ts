import type { JID } from "../base/jid.js";
import type { Logger } from "../base/logger.js";
import type { InvokeContext } from "../bot/invoke.js";
import type { PolicyContext } from "../bot/policies/policy.js";
import type { MucClient } from "../muc/client.js";
import { messageStanza } from "../muc/wire/draft.js";
import type { Session } from "../xmpp/session.js";

/** What the policies of one application may use; `maxAgeMs` where its bots say it. */
export function makePolicyContext({
  client,
  session,
  logger,
  context: { clock, signal },
  maxAgeMs,
}: {
  readonly client: MucClient;
  readonly session: Session;
  readonly logger: Logger;
  readonly context: InvokeContext;
  readonly maxAgeMs: number | undefined;
}): PolicyContext {
  return {
    clock,
    signal,
    logger,
    client,
    tell: (account: JID, text: string) =>
      session.send(messageStanza({ body: text }, account.toString(), "direct")),
    ...(maxAgeMs !== undefined && { maxAgeMs }),
  };
}
