import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { xml, type Element } from "../../src/base/element.js";
import { ArgumentError, RequestTimeoutError } from "../../src/base/errors.js";
import { JID } from "../../src/base/jid.js";
import { IqRequests } from "../../src/xmpp/iq.js";
import { XmppError } from "../../src/xmpp/xmpp-error.js";
import { ManualClock } from "../support/manual-clock.js";

const OWN = JID.parse("bot@example.org/res");
const query = (): Element => xml("query", { xmlns: "urn:q" });

const unhandled: unknown[] = [];
const collect = (error: unknown): void => void unhandled.push(error);
beforeEach(() => {
  unhandled.length = 0;
  process.on("unhandledRejection", collect);
});
afterEach(() => {
  process.off("unhandledRejection", collect);
});
const turns = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

class Desk {
  readonly clock = new ManualClock();
  readonly sent: Element[] = [];
  readonly wanted: (() => boolean)[] = [];
  sending: (stanza: Element) => Promise<void> = () => Promise.resolve();
  own: JID | null = OWN;
  readonly iq: IqRequests;

  constructor(limit?: number) {
    this.iq = new IqRequests({
      clock: this.clock,
      ...(limit !== undefined && { limit }),
      jid: () => this.own,
      send: (stanza, wanted) => {
        this.sent.push(stanza);
        this.wanted.push(wanted);
        return this.sending(stanza);
      },
    });
  }

  get id(): string {
    return this.sent.at(-1)?.attrs["id"] ?? "";
  }

  /** Answers the last request; true when the answer counts. */
  answer(from: string | undefined, type = "result", ...children: Element[]): boolean {
    return this.iq.answer(xml("iq", { type, id: this.id, from }, children));
  }
}

describe("a request", () => {
  it("is sent with an id that nobody can guess, and resolves with the payload of the result", async () => {
    const desk = new Desk();
    const answer = desk.iq.get("room@rooms.example.org", query());
    expect(desk.sent[0]?.toString()).toMatch(
      /^<iq type="get" id="[0-9a-f-]{36}" to="room@rooms.example.org"><query xmlns="urn:q"\/><\/iq>$/,
    );
    desk.answer("room@rooms.example.org", "result", xml("one"), xml("two"));
    expect((await answer)?.name).toBe("one");
  });

  it("of type set, to the own account, with an empty result", async () => {
    const desk = new Desk();
    const answer = desk.iq.set(null, query());
    expect(desk.sent[0]?.attrs["type"]).toBe("set");
    expect(desk.sent[0]?.attrs["to"]).toBeUndefined();
    desk.answer(undefined);
    expect(await answer).toBeNull();
  });

  it("rejects with the error that was answered", async () => {
    const desk = new Desk();
    const answer = desk.iq.get("a@b", query());
    const condition = xml("item-not-found", { xmlns: "urn:ietf:params:xml:ns:xmpp-stanzas" });
    desk.answer("a@b", "error", query(), xml("error", { type: "cancel", by: "b" }, condition));
    await expect(answer).rejects.toThrow(
      expect.objectContaining({ condition: "item-not-found", type: "cancel", by: "b" }) as Error,
    );
    await expect(answer).rejects.toBeInstanceOf(XmppError);
  });

  it("rejects for an address that is none, and sends nothing", async () => {
    const desk = new Desk();
    await expect(desk.iq.get("a@", query())).rejects.toBeInstanceOf(ArgumentError);
    expect([desk.sent, desk.clock.pending]).toEqual([[], 0]);
  });

  it("rejects when it could not be sent, and leaves nothing behind", async () => {
    const desk = new Desk();
    const error = new Error("no stream");
    desk.sending = () => Promise.reject(error);
    await expect(desk.iq.get("a@b", query())).rejects.toBe(error);
    expect([desk.clock.pending, desk.answer("a@b")]).toEqual([0, false]);
  });

  it("settles once: a second answer is no answer", async () => {
    const desk = new Desk();
    const answer = desk.iq.get("a@b", query());
    expect([desk.answer("a@b", "result", xml("first")), desk.answer("a@b", "result", xml("second"))]).toEqual(
      [true, false],
    );
    expect((await answer)?.name).toBe("first");
  });

  it("is refused while too many others wait", async () => {
    const desk = new Desk(2);
    void desk.iq.get("a@b", query());
    const second = desk.iq.get("a@b", query());
    await expect(desk.iq.get("a@b", query())).rejects.toThrow(
      expect.objectContaining({ code: "policy" }) as Error,
    );
    expect(desk.sent).toHaveLength(2);
    desk.answer("a@b");
    await second;
    void desk.iq.get("a@b", query());
    expect(desk.sent).toHaveLength(3);
  });
});

describe("whom an answer counts from (RFC 6120 §8.1.2.1)", () => {
  it.each<[string, string | null, (string | undefined)[], (string | undefined)[]]>([
    [
      "somebody else",
      "peer@example.org/x",
      ["peer@example.org/x", "PEER@Example.org/x"],
      [
        undefined,
        "peer@example.org",
        "peer@example.org/y",
        "example.org",
        "bot@example.org",
        OWN.toString(),
        "",
        "@",
      ],
    ],
    [
      "a room",
      "room@rooms.example.org",
      ["room@rooms.example.org"],
      ["room@rooms.example.org/evil", "rooms.example.org", undefined, "example.org"],
    ],
    [
      "the own server",
      "example.org",
      ["example.org", undefined],
      ["bot@example.org", "example.org/x", "evil.org"],
    ],
    ["another server", "other.org", ["other.org"], [undefined, "example.org"]],
    [
      "the own account",
      null,
      [undefined, "bot@example.org", "bot@example.org/res", "example.org"],
      ["bot@example.org/other", "peer@example.org/x", "evil.org", ""],
    ],
    [
      "the own bare JID",
      "bot@example.org",
      [undefined, "bot@example.org"],
      ["peer@example.org", "bot@example.org/other", "example.org"],
    ],
    [
      "the own full JID",
      OWN.toString(),
      [undefined, OWN.toString()],
      ["bot@example.org", "bot@example.org/other"],
    ],
  ])("asked %s", async (_name, to, good, bad) => {
    for (const from of bad) {
      const desk = new Desk();
      const answer = desk.iq.get(to, query(), { timeoutMs: 10 });
      expect([from, desk.answer(from, "result", xml("spoofed")), desk.answer(from, "error")]).toEqual([
        from,
        false,
        false,
      ]);
      desk.clock.advance(10);
      await expect(answer).rejects.toBeInstanceOf(RequestTimeoutError);
    }
    for (const from of good) {
      const desk = new Desk();
      const answer = desk.iq.get(to, query());
      expect([from, desk.answer(from)]).toEqual([from, true]);
      await answer;
    }
  });

  it("counts from nobody for an id that was never given out", () => {
    const desk = new Desk();
    void desk.iq.get("a@b", query());
    for (const id of [undefined, "", "1", "__proto__"])
      expect(desk.iq.answer(xml("iq", { type: "result", id, from: "a@b" }))).toBe(false);
  });
});

describe("a request that is not answered", () => {
  it("rejects when its time is over, and not before", async () => {
    const desk = new Desk();
    let over: unknown = null;
    desk.iq.get("a@b", query()).catch((error: unknown) => (over = error));
    desk.clock.advance(29_999);
    await turns();
    expect(over).toBeNull();
    desk.clock.advance(1);
    await turns();
    expect(over).toBeInstanceOf(RequestTimeoutError);
    expect(String(over)).toContain("a@b did not answer <query/> within 30000 ms");
    expect(desk.answer("a@b")).toBe(false);
  });

  it("is not wanted any more when it has not been sent yet", async () => {
    const desk = new Desk();
    const answer = desk.iq.get("a@b", query(), { timeoutMs: 100 });
    expect(desk.wanted[0]?.()).toBe(true);
    desk.clock.advance(100);
    expect(desk.wanted[0]?.()).toBe(false);
    await expect(answer).rejects.toBeInstanceOf(RequestTimeoutError);
  });

  it("rejects with what ended the session", async () => {
    const desk = new Desk();
    const answers = [desk.iq.get("a@b", query()), desk.iq.set(null, query())];
    const over = new Error("over");
    desk.iq.abort(over);
    for (const answer of answers) await expect(answer).rejects.toBe(over);
    expect(desk.clock.pending).toBe(0);
  });
});

describe("promises that nobody waits for", () => {
  it("cause no unhandled rejection, however early the error is there", async () => {
    const desk = new Desk();
    // the answer comes before the sending is reported done
    let done = (): void => {};
    desk.sending = () => new Promise((resolve) => (done = resolve));
    desk.iq.get("a@b", query()).catch(() => {});
    desk.answer("a@b", "error");
    await turns();
    expect(unhandled).toEqual([]);
    done();
    await turns();
    expect(unhandled).toEqual([]);
  });
});

describe("onResult", () => {
  it("is called in the turn in which the answer comes, before promises are settled", async () => {
    const desk = new Desk();
    const order: string[] = [];
    const answer = desk.iq.get("a@b", query(), {
      onResult: (payload) => order.push(`call ${payload?.name ?? ""}`),
    });
    const settled = answer.then(() => order.push("promise"));
    desk.answer("a@b", "result", xml("x"));
    order.push("answered");
    await settled;
    expect(order).toEqual(["call x", "answered", "promise"]);
  });

  it("is not called for an error", async () => {
    const desk = new Desk();
    let called = false;
    const answer = desk.iq.get("a@b", query(), { onResult: () => (called = true) });
    desk.answer("a@b", "error");
    await expect(answer).rejects.toBeInstanceOf(XmppError);
    expect(called).toBe(false);
  });

  it("that throws rejects the request, and does not reach whoever reads the stream", async () => {
    const desk = new Desk();
    const error = new Error("listener");
    const answer = desk.iq.get("a@b", query(), {
      onResult: () => {
        throw error;
      },
    });
    expect(desk.answer("a@b")).toBe(true);
    await expect(answer).rejects.toBe(error);
  });
});
