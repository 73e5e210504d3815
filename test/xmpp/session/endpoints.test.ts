import { Socket } from "node:net";

import { afterEach, describe, expect, it, vi } from "vitest";

import type { Endpoint } from "../../../src/xmpp/service.js";
import { ManualClock } from "../../support/manual-clock.js";
import { ScriptedPeer } from "../../support/scripted-peer.js";
import { guardProcess, SessionUnderTest } from "./session-under-test.js";

const found = vi.hoisted(() => ({ endpoints: [] as Endpoint[] }));
vi.mock("../../../src/xmpp/service.js", async (original) => ({
  ...(await original<typeof import("../../../src/xmpp/service.js")>()),
  discoverEndpoints: () => Promise.resolve(found.endpoints),
}));

guardProcess();

const silent: ScriptedPeer[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const peer of silent.splice(0)) await peer.close();
});

const endpoint = (port: number): Endpoint => ({ protocol: "xmpp:", host: "127.0.0.1", port });

describe("a domain with several endpoints", () => {
  it("is reached by the next one when one refuses", async () => {
    const test = await SessionUnderTest.over((peer) => peer.online(), {
      jid: "bot@localhost",
      service: undefined,
    } as never);
    found.endpoints = [endpoint(1), endpoint(test.peer.port)];
    await test.session.start();
    expect(test.log.filter(({ level }) => level === "warn")).toEqual([]);
  });

  it("is reached by the next one when one is silent, within one attempt", async () => {
    const clock = new ManualClock();
    const dead = await ScriptedPeer.listen(() => {});
    silent.push(dead);
    const test = await SessionUnderTest.over((peer) => peer.online(), {
      jid: "bot@localhost",
      service: undefined,
      clock,
    } as never);
    found.endpoints = [endpoint(dead.port), endpoint(test.peer.port)];
    const started = test.session.start();
    await dead.connection(1);
    clock.advance(7_500);
    await started;
    expect(test.log.filter(({ level }) => level === "warn")).toEqual([]);
    await dead.conversations[0]?.closed();
  });
});

describe("a connection", () => {
  it("sends at once what is small: Nagle's algorithm is off", async () => {
    const spy = vi.spyOn(Socket.prototype, "setNoDelay");
    const test = await SessionUnderTest.online((peer) => peer.online());
    const ours = spy.mock.contexts.filter((socket) => (socket as Socket).remotePort === test.peer.port);
    expect(ours).toHaveLength(1);
    expect(spy.mock.calls.every(([on]) => on === true)).toBe(true);
  });

  it("that is asked something before the resource is bound waits for its own answer", async () => {
    const test = await SessionUnderTest.online(async (peer) => {
      await peer.login();
      await peer.expect(/<iq [^>]*type="set"/);
      peer.send("<iq type='get' id='other' from='example.org'><ping xmlns='urn:xmpp:ping'/></iq>");
      peer.send("<iq type='result' id='nonsense'/>");
      const id = /id="([^"]*)"[^>]*><bind/.exec(peer.received)?.[1];
      peer.send(
        `<iq type='result' id='${id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>bot@example.org/1</jid></bind></iq>`,
      );
      await peer.enable();
      await peer.expect(/<iq type="result" id="other" to="example.org"\/>/);
    });
    expect(test.session.jid?.toString()).toBe("bot@example.org/1");
    await test.peer.conversations[0]?.scripted;
    expect(test.told).toEqual(["established", "diagnostic unasked-iq-answer"]);
  });
});
