import { describe, expect, it } from "vitest";

import { xml, type Element } from "../../../src/base/element.js";
import { streamError, type Script } from "../../support/scripted-peer.js";
import { guardProcess, message, SessionUnderTest } from "./session-under-test.js";

guardProcess();

const SM_NS = "xmlns='urn:xmpp:sm:3'";
const say = (id: string): Element => xml("message", { id, to: "peer@example.org" }, xml("body", null, id));
const ids = (stanzas: readonly Element[]): string[] => stanzas.map(({ name, attrs }) => attrs["id"] ?? name);

describe("a server that breaks its word ends the stream and not the session:", () => {
  const next: Script = async (peer) => {
    await peer.online("sm2");
  };

  it("an acknowledgement that is too high", async () => {
    const test = await SessionUnderTest.online([
      async (peer) => {
        await peer.online();
        await peer.expect(/<message id="1"/);
        peer.acknowledge(7);
      },
      next,
    ]);
    await test.session.send(say("1"));
    await test.event("established", 2);
    const { cause, unconfirmed } = await test.event("destroyed");
    expect(cause).toMatchObject({ code: "protocol" });
    expect(ids(unconfirmed)).toEqual(["presence", "1"]);
    expect(test.told).toEqual(["established", "interrupted", "destroyed", "established"]);
    expect(test.peer.conversations[1]?.received).not.toContain("<resume");
  });

  it("an acknowledgement of nothing that can be read is no acknowledgement", async () => {
    const test = await SessionUnderTest.online(async (peer) => {
      await peer.online();
      peer.send(`<a ${SM_NS} h='x'/><a ${SM_NS}/><a ${SM_NS} h='99999999999'/>`, message("still here"));
    });
    await test.event("message");
    expect(test.told).toEqual(["established", "message still here"]);
  });

  it.each([
    ["a resumption that counts too high", `<resumed ${SM_NS} previd='sm1' h='9'/>${message("never")}`],
    ["a resumption that counts nothing", `<resumed ${SM_NS} previd='sm1'/>`],
    ["nonsense in answer to the wish to resume", message("?")],
  ])("%s", async (_name, answer) => {
    const test = await SessionUnderTest.online([
      async (peer) => {
        await peer.online();
        peer.reset();
      },
      async (peer) => {
        await peer.login();
        await peer.expect(/<resume /);
        peer.send(answer);
        await peer.closed();
      },
      next,
    ]);
    await test.event("established", 2);
    expect(test.told).toEqual(["established", "interrupted", "destroyed", "established"]);
  });

  it("a stanza that breaks the stream is not asked for again by resuming", async () => {
    const test = await SessionUnderTest.online([
      async (peer) => {
        await peer.online();
        peer.send("<message><body>&poison;</body></message>");
        expect((await peer.expect(/<stream:error><([a-z-]+)/))[1]).toBe("not-well-formed");
        await peer.closed();
      },
      next,
    ]);
    await test.event("established", 2);
    expect(test.peer.conversations[1]?.received).not.toContain("<resume");
  });

  it.each(["policy-violation", "not-well-formed", "undefined-condition"])(
    "what the server ended the stream for (%s) is not sent again by resuming",
    async (condition) => {
      const test = await SessionUnderTest.online([
        async (peer) => {
          await peer.online();
          await peer.expect(/<message id="poison"/);
          peer.send(streamError(condition), "</stream:stream>");
        },
        next,
      ]);
      await test.session.send(say("poison"));
      await test.event("established", 2);
      expect(ids((await test.event("destroyed")).unconfirmed)).toContain("poison");
      expect(test.peer.conversations[1]?.received).not.toMatch(/<resume|poison/);
    },
  );

  it("a server that goes down for a while is asked to resume", async () => {
    const test = await SessionUnderTest.online([
      async (peer) => {
        await peer.online();
        peer.send(streamError("system-shutdown"), "</stream:stream>");
      },
      (peer) => peer.resume().then(() => {}),
    ]);
    await test.event("resumed");
    expect(test.told).toEqual(["established", "interrupted", "resumed"]);
  });
});
