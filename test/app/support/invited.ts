// Bots that are invited into the den.
import { xml } from "../../../src/base/element.js";
import type { TestUser } from "../../../src/testing/index.js";
import { LOBBY, makeServer, startApp, until, type Started } from "./apps.js";

export const DEN = "den@rooms.example.org";
export const BOT = "bot@example.org";

/** The lines about decisions: what, and by whom. */
export const decisions = ({ log }: Started) =>
  log.records
    .filter(({ text }) => text === "An invitation was decided")
    .map(({ fields }) => `${String(fields["decision"])} by ${String(fields["by"])}`);

/** Invites past the room. */
export function direct(user: TestUser, room = DEN, attrs: Record<string, string> = {}): void {
  user.send(xml("message", { to: BOT }, xml("x", { xmlns: "jabber:x:conference", jid: room, ...attrs })));
}

/** An application, and somebody in the den who may invite. */
export async function withHost(
  ...bots: (new () => object)[]
): Promise<Started & { readonly alice: TestUser }> {
  const server = makeServer();
  for (const room of [LOBBY, DEN]) server.room(room).open();
  const started = await startApp({ bots }, server);
  const alice = await started.enter("alice", DEN);
  return { ...started, alice };
}

export const joined = ({ app }: Started) =>
  until("the den is entered", () => app.muc.getRoom(DEN)?.active === true);
export const decided = (started: Started, count = 1) =>
  until(`${count} decisions are made`, () => decisions(started).length === count);
