import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { xml, type Element } from "../../src/base/element.js";
import { StreamManagement } from "../../src/xmpp/stream-management.js";

const stanza = (id: number): Element => xml("message", { id });
const sent = (id: number): { stanza: Element; bytes: number } => ({ stanza: stanza(id), bytes: 10 });

function books(count: number): StreamManagement {
  const sm = new StreamManagement("s1");
  for (let id = 1; id <= count; id++) sm.sent(sent(id));
  return sm;
}

const ids = (stanzas: readonly Element[]): (string | undefined)[] => stanzas.map(({ attrs }) => attrs["id"]);

describe("XEP-0198 §4", () => {
  it("drops what is acknowledged, oldest first", () => {
    const sm = books(5);
    sm.acknowledge(2);
    expect([ids(sm.unacknowledged), sm.pending]).toEqual([["3", "4", "5"], 3]);
    expect(sm.pendingBytes).toBe(30);
    sm.acknowledge(2);
    expect(sm.pending).toBe(3);
    sm.acknowledge(5);
    expect([sm.unacknowledged, sm.pending, sm.pendingBytes]).toEqual([[], 0, 0]);
  });

  it("refuses a count that is higher than what was sent, and keeps its books", () => {
    const sm = books(2);
    expect(() => sm.acknowledge(3)).toThrow(expect.objectContaining({ code: "protocol" }) as Error);
    expect(ids(sm.unacknowledged)).toEqual(["1", "2"]);
  });

  it("tells whoever wants to know of a stanza that it is acknowledged, once, when the books say so", () => {
    const sm = new StreamManagement("s1");
    const told: string[] = [];
    for (const id of [1, 2, 3])
      sm.sent({ ...sent(id), onAcknowledged: () => told.push(`${id}, ${sm.pending} pending`) });
    sm.sent(sent(4));
    sm.acknowledge(2);
    expect(told).toEqual(["1, 2 pending", "2, 2 pending"]);
    sm.acknowledgeAtMost(9);
    sm.acknowledgeAtMost(4);
    expect(told.slice(2)).toEqual(["3, 0 pending"]);
  });

  it("refuses a count that goes back", () => {
    const sm = books(3);
    sm.acknowledge(2);
    expect(() => sm.acknowledge(1)).toThrow(expect.objectContaining({ code: "protocol" }) as Error);
  });

  it("counts on from zero after 2^32 - 1, in both directions", () => {
    const sm = new StreamManagement("s1", { inbound: 2 ** 32 - 2, outbound: 2 ** 32 - 2 });
    sm.received();
    expect(sm.inbound).toBe(2 ** 32 - 1);
    sm.received();
    sm.received();
    expect(sm.inbound).toBe(1);
    for (let id = 1; id <= 5; id++) sm.sent(sent(id));
    sm.acknowledge(2 ** 32 - 1);
    expect(ids(sm.unacknowledged)).toEqual(["2", "3", "4", "5"]);
    sm.acknowledge(1);
    expect(ids(sm.unacknowledged)).toEqual(["4", "5"]);
    expect(() => sm.acknowledge(2 ** 32 - 1)).toThrow(expect.objectContaining({ code: "protocol" }) as Error);
    sm.acknowledge(3);
    expect(sm.pending).toBe(0);
  });

  it("does not take an impossible last word for a count", () => {
    const sm = books(2);
    sm.acknowledgeAtMost(7);
    expect(sm.pending).toBe(2);
    sm.acknowledgeAtMost(1);
    expect(ids(sm.unacknowledged)).toEqual(["2"]);
  });

  it("keeps what is not acknowledged of a session that must not be resumed", () => {
    const copy = books(2).notResumable();
    expect([copy.id, ids(copy.unacknowledged)]).toEqual([null, ["1", "2"]]);
  });

  it("keeps exactly what was sent and not acknowledged, whatever comes", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constant("send"), fc.nat(5))), (steps) => {
        const sm = new StreamManagement("s1");
        let count = 0;
        let acknowledged = 0;
        for (const step of steps) {
          const wish = acknowledged + (step === "send" ? 0 : Number(step));
          let refused = false;
          try {
            if (step === "send") sm.sent(sent(++count));
            else sm.acknowledge(wish);
          } catch {
            refused = true;
          }
          expect(refused).toBe(wish > count);
          if (!refused) acknowledged = wish;
        }
        const wanted = Array.from({ length: count - acknowledged }, (_, at) => String(acknowledged + at + 1));
        expect(ids(sm.unacknowledged)).toEqual(wanted);
      }),
    );
  });
});
