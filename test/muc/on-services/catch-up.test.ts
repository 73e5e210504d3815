// A session is lost for good while somebody goes on talking: nothing is lost that the room still has, nothing comes twice.
import { expect, it } from "vitest";

import { FaultProxy } from "../../support/fault-proxy.js";
import { RawPeer } from "../../support/raw-peer.js";
import { describeOnServices } from "../../support/services.js";
import { Cast, until } from "./support.js";

describeOnServices("what is said while we are out", (service) => {
  it("comes as missed when we are back, once and in order, between what was live (XEP-0045 §7.2.14)", async () => {
    await using cast = new Cast(service);
    const jid = service.room("missed");
    const account = await service.createAccount("bot");
    const proxy = await FaultProxy.before(Number(new URL(account.service).port));
    const actor = await cast.actorOf({ ...account, service: `xmpp://127.0.0.1:${proxy.port}` });
    const { session, room, events } = await cast.enterAs(actor, jid, "bot");
    const peer = await RawPeer.connect(await service.createAccount("peer"));
    await peer.join(jid, "peer");
    const heard = (): string[] =>
      events.flatMap((event) => (event.type === "message" && event.nick === "peer" ? [event.body] : []));
    let said = 0;
    const talk = async (count: number): Promise<void> => {
      for (let n = 0; n < count; n++) await peer.say(jid, `line ${said++}`);
    };
    await talk(5);
    await until(() => heard().length === 5, "the first lines are heard");
    await room.sendMessage("own");
    await until(
      () => events.some((event) => event.type === "message" && event.nick === "bot"),
      "our own is heard",
    );
    // Another client with our resource ends our session for good, and nothing gets through to begin another.
    session.once("interrupted", () => proxy.freeze("toServer"));
    const rival = await RawPeer.connect(account, session.jid?.resource ?? "");
    await until(() => session.state === "interrupted", "the session is cut");
    await talk(9);
    await until(
      () => peer.messagesIn(jid).some(({ body }) => body === `line ${said - 1}`),
      "all of it is said",
    );
    proxy.thaw();
    await until(
      () => room.active && events.filter(({ type }) => type === "caughtUp").length > 1,
      "the room is active again",
    );
    await rival.stop();
    await talk(3);
    await until(() => heard().includes(`line ${said - 1}`), "the last line is heard");
    expect(heard()).toEqual(Array.from({ length: said }, (_, n) => `line ${n}`));
    const missed = events.filter((event) => event.type === "message" && event.source === "missed");
    expect(missed.length).toBe(9);
    expect(events.flatMap((event) => (event.type === "caughtUp" ? [[event.missed, event.gap]] : []))).toEqual(
      [
        [0, null],
        [missed.length, null],
      ],
    );
    const own = events.filter((event) => event.type === "message" && event.nick === "bot");
    expect(own.map((event) => event.type === "message" && event.source)).toEqual(own.map(() => "reflection"));
    await peer.stop();
    await proxy.close();
  });
});
