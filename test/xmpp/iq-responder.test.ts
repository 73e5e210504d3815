import { createHash } from "node:crypto";

import { describe, expect, it } from "vitest";

import { xml, type Element } from "../../src/base/element.js";
import { answerIq, initialPresence, refuseIq } from "../../src/xmpp/iq-responder.js";
import { ManualClock } from "../support/manual-clock.js";

const clock = new ManualClock(Date.UTC(2026, 1, 3, 4, 5, 6, 789));
const ask = (type: string, ...payload: Element[]): Element =>
  answerIq(xml("iq", { type, id: "7", from: "peer@example.org/x", to: "bot@example.org/r" }, payload), clock);
const DISCO = "http://jabber.org/protocol/disco#info";
const query = (xmlns: string, node?: string): Element => xml("query", { xmlns, node });

/** The condition that is answered. */
function refused(answer: Element): [string | undefined, string | undefined] {
  expect(answer.attrs).toMatchObject({ type: "error", id: "7", to: "peer@example.org/x" });
  const error = answer.getChild("error");
  return [error?.attrs["type"], error?.getChildElements()[0]?.name];
}

describe("answers", () => {
  it("go to whoever asked, with the same id and no sender", () => {
    expect(ask("get", xml("ping", { xmlns: "urn:xmpp:ping" })).toString()).toBe(
      '<iq type="result" id="7" to="peer@example.org/x"/>',
    );
  });

  it("go to the server when it asked without a sender", () => {
    const answer = answerIq(
      xml("iq", { type: "get", id: "1" }, xml("ping", { xmlns: "urn:xmpp:ping" })),
      clock,
    );
    expect(answer.toString()).toBe('<iq type="result" id="1"/>');
  });

  it("tell the name and no version (XEP-0092)", () => {
    const answer = ask("get", query("jabber:iq:version"));
    expect(answer.getChild("query", "jabber:iq:version")?.toString()).toBe(
      '<query xmlns="jabber:iq:version"><name>mucwright</name></query>',
    );
  });

  it("tell the time in UTC (XEP-0202)", () => {
    const time = ask("get", xml("time", { xmlns: "urn:xmpp:time" })).getChild("time", "urn:xmpp:time");
    expect([time?.getChildText("utc"), time?.getChildText("tzo")]).toEqual([
      "2026-02-03T04:05:06Z",
      "+00:00",
    ]);
  });

  it.each([
    ["an unknown request", "get", query("urn:unknown")],
    ["a ping that is a set", "set", xml("ping", { xmlns: "urn:xmpp:ping" })],
    ["a ping of another namespace", "get", xml("ping", { xmlns: "urn:other" })],
    ["a roster push", "set", query("jabber:iq:roster")],
    ["disco#info that is a set", "set", query(DISCO)],
    ["disco#items", "get", query("http://jabber.org/protocol/disco#items")],
  ])("are service-unavailable for %s (RFC 6120 §8.4)", (_name, type, payload) => {
    expect(refused(ask(type, payload))).toEqual(["cancel", "service-unavailable"]);
  });

  it("are bad-request where nothing was asked", () => {
    expect(refused(ask("get"))).toEqual(["modify", "bad-request"]);
  });

  it("are item-not-found for a node that is not ours", () => {
    expect(refused(ask("get", query(DISCO, "urn:other#1")))).toEqual(["cancel", "item-not-found"]);
  });

  it("can be a refusal for any reason", () => {
    const request = xml("iq", { type: "get", id: "7", from: "peer@example.org/x" });
    expect(refused(refuseIq(request, "modify", "policy-violation"))).toEqual(["modify", "policy-violation"]);
  });
});

describe("capabilities (XEP-0115 §5.1)", () => {
  const c = initialPresence().getChild("c", "http://jabber.org/protocol/caps");
  const info = ask("get", query(DISCO)).getChild("query", DISCO);

  it("are those of a bot that knows rooms", () => {
    const [identity] = info?.getChildren("identity") ?? [];
    expect(identity?.attrs).toMatchObject({ category: "client", type: "bot" });
    const features = info?.getChildren("feature").map(({ attrs }) => attrs["var"]) ?? [];
    expect(features).toEqual(
      expect.arrayContaining([
        DISCO,
        "http://jabber.org/protocol/muc",
        "jabber:x:conference",
        "urn:xmpp:ping",
        "http://jabber.org/protocol/caps",
      ]),
    );
    expect(new Set(features).size).toBe(features.length);
  });

  it("are announced by the hash of exactly these", () => {
    const [identity] = info?.getChildren("identity") ?? [];
    const { category, type, name, "xml:lang": lang = "" } = identity?.attrs ?? {};
    const bytewise = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
    const features = (info?.getChildren("feature") ?? [])
      .map(({ attrs }) => attrs["var"] ?? "")
      .sort(bytewise);
    const text = `${category}/${type}/${lang}/${name}<${features.map((feature) => `${feature}<`).join("")}`;
    expect(c?.attrs["hash"]).toBe("sha-1");
    expect(c?.attrs["ver"]).toBe(createHash("sha1").update(text).digest("base64"));
  });

  it("are told for the node that was announced, which the answer repeats", () => {
    const node = `${c?.attrs["node"]}#${c?.attrs["ver"]}`;
    const answer = ask("get", query(DISCO, node)).getChild("query", DISCO);
    expect(answer?.attrs["node"]).toBe(node);
    expect(answer?.getChildren("feature")).toHaveLength(info?.getChildren("feature").length ?? -1);
  });

  it("come with available presence to nobody in particular", () => {
    const presence = initialPresence();
    expect([presence.name, presence.attrs["type"], presence.attrs["to"]]).toEqual([
      "presence",
      undefined,
      undefined,
    ]);
  });
});
