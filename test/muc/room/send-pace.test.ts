import { describe, expect, it } from "vitest";

import { ArgumentError, NotJoinedError, OutboundLimitError } from "../../../src/base/errors.js";
import type { SendPaceOptions } from "../../../src/muc/room/send-pace.js";
import { Stage } from "../support/stage.js";
import { presence, unavailable } from "../support/stanzas.js";

const PACE: SendPaceOptions = { messagesPerSecond: 2, burst: 3, maxWaiting: 4 };

async function room(outbound = PACE) {
  const stage = new Stage({ outbound });
  const { room: joined } = await stage.active();
  const said = (): string[] => stage.session.sent.flatMap((stanza) => stanza.getChildText("body") ?? []);
  return { stage, room: joined, said };
}

async function settled(promise: Promise<void>): Promise<string> {
  return promise.then(
    () => "sent",
    (error: Error) => error.constructor.name,
  );
}

describe("what is said in a room", () => {
  it("goes out in order, so many at once and then at the rate; what finds no place is refused, and not sent", async () => {
    const { stage, room: lobby, said } = await room();
    const all = Array.from({ length: 9 }, (_, index) => settled(lobby.sendMessage(`${index}`)));
    expect(said()).toEqual(["0", "1", "2"]);
    stage.clock.advance(499);
    await Promise.resolve();
    expect(said()).toHaveLength(3);
    for (const expected of [4, 5, 6, 7]) {
      stage.clock.advance(expected === 4 ? 1 : 500);
      await Promise.resolve();
      expect(said()).toHaveLength(expected);
    }
    expect(said()).toEqual(["0", "1", "2", "3", "4", "5", "6"]);
    expect(await Promise.all(all)).toEqual([
      ...Array.from({ length: 7 }, () => "sent"),
      "OutboundLimitError",
      "OutboundLimitError",
    ]);
    expect(OutboundLimitError.prototype).toBeInstanceOf(Error);
    stage.clock.advance(60_000);
    await lobby.sendMessage("again");
    expect(said().at(-1)).toBe("again");
  });

  it("is tracked all the same, and refused where there is no place", async () => {
    const { stage, room: lobby, said } = await room();
    for (let i = 0; i < 6; i++) void settled(lobby.sendMessage(`${i}`));
    const tracker = lobby.sendMessageTracked("tracked");
    expect(() => lobby.sendMessageTracked("too many")).toThrow(OutboundLimitError);
    expect(said()).toHaveLength(3);
    stage.clock.advance(2_000);
    await Promise.resolve();
    expect(said().at(-1)).toBe("tracked");
    expect(tracker.state).toBe("inTransit");
  });

  it("is not sent after we are out", async () => {
    const { stage, room: lobby, said } = await room();
    const all = Array.from({ length: 4 }, (_, index) => settled(lobby.sendMessage(`${index}`)));
    void lobby.leave({ timeoutMs: 1 });
    stage.clock.advance(1_000);
    expect((await Promise.all(all)).at(-1)).toBe(NotJoinedError.name);
    expect(said()).toEqual(["0", "1", "2"]);
  });

  it("to somebody alone goes to them, also under another nick, and never to who took theirs", async () => {
    const { stage, room: lobby } = await room();
    stage.receive(presence("alice"), presence("carol"));
    const [alice, carol] = [lobby.getOccupant("alice"), lobby.getOccupant("carol")];
    if (alice === null || carol === null) throw new Error("they are not there");
    for (let i = 0; i < 3; i++) void settled(lobby.sendMessage(`${i}`));
    const all = [alice, carol].map((to) => settled(lobby.sendPrivate(to, "the secret")));
    stage.receive(unavailable("alice"), presence("alice"));
    stage.receive(unavailable("carol", { codes: [303], item: { nick: "caroline" } }), presence("caroline"));
    stage.receive(presence("carol"));
    stage.clock.advance(2_000);
    expect(await Promise.all(all)).toEqual(["NotJoinedError", "sent"]);
    const told = stage.session.sent.filter(({ attrs }) => attrs["type"] === "chat");
    expect(told.map(({ attrs }) => attrs["to"])).toEqual([`${lobby.jid.toString()}/caroline`]);
  });

  it("has limits that are numbers", () => {
    for (const wrong of [{ burst: 0 }, { messagesPerSecond: 0 }, { maxWaiting: -1 }, { burst: NaN }])
      expect(() => new Stage({ outbound: { ...PACE, ...wrong } })).toThrow(ArgumentError);
  });
});
