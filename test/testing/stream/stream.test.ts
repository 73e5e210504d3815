import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { TestServer } from "../../../src/testing/index.js";
import { RawClient } from "../support/raw-client.js";

const SASL = "urn:ietf:params:xml:ns:xmpp-sasl";
const auth = (text: string, mechanism = "PLAIN"): string =>
  `<auth xmlns='${SASL}' mechanism='${mechanism}'>${Buffer.from(text).toString("base64")}</auth>`;

let server: TestServer;
beforeEach(() => {
  server = new TestServer();
});
afterEach(() => server.close());

async function opened(domain = "example.org"): Promise<RawClient> {
  const client = await RawClient.connect(server);
  const features = client.next((each) => each.name === "features");
  client.open(domain);
  await features;
  return client;
}

async function streamError(client: RawClient): Promise<string | undefined> {
  await client.whenClosed();
  const error = client.received.find((each) => each.name === "error");
  return error?.getChildElements()[0]?.name;
}

describe("login (RFC 6120 §6)", () => {
  test("any credentials will do, and no proof is offered that the service cannot give", async () => {
    const client = await opened("anything.example");
    expect(client.text).toContain("<mechanism>PLAIN</mechanism>");
    expect(client.text).not.toContain("SCRAM");
    client.send(auth("\0somebody\0whatever"));
    expect((await client.next((each) => each.xmlns === SASL)).name).toBe("success");
  });

  test("with a list of accounts SCRAM is offered, and a wrong password or unknown account refused", async () => {
    server.addAccount("bot@example.org", "secret");
    const client = await opened();
    expect(client.text).toContain("<mechanism>SCRAM-SHA-256</mechanism><mechanism>SCRAM-SHA-1</mechanism>");
    for (const credentials of ["\0bot\0wrong", "\0nobody\0secret", "\0bot\0"]) {
      client.send(auth(credentials));
      const answer = await client.next((each) => each.xmlns === SASL);
      expect(answer.getChildElements()[0]?.name).toBe("not-authorized");
    }
    client.send(auth("\0bot\0secret"));
    expect((await client.next((each) => each.xmlns === SASL)).name).toBe("success");
  });

  test.each([
    ["§6.5.7 a mechanism that is not offered", auth("x", "SCRAM-SHA-1"), "invalid-mechanism"],
    ["§6.5.5 what is no base64", `<auth xmlns='${SASL}' mechanism='PLAIN'>!!</auth>`, "incorrect-encoding"],
    ["§6.5.8 a message that is none", auth("only one part"), "malformed-request"],
    ["§6.5.6 somebody else's name", auth("eve@example.org\0bot\0x"), "invalid-authzid"],
    ["§6.5.1 giving up", `<abort xmlns='${SASL}'/>`, "aborted"],
    ["§6.4.3 a response to nothing", `<response xmlns='${SASL}'>AA==</response>`, "malformed-request"],
  ])("%s", async (_name, sent, condition) => {
    const client = await opened();
    client.send(sent);
    const failure = await client.next((each) => each.name === "failure");
    expect(failure.getChildElements()[0]?.name).toBe(condition);
  });

  test.each([
    ["no header", "n=bot,r=abc", "malformed-request"],
    ["channel binding that was not offered", "p=tls-unique,,n=bot,r=abc", "malformed-request"],
    ["no nonce", "n,,n=bot,r=", "malformed-request"],
    ["a name that is escaped wrongly", "n,,n=b=ot,r=abc", "not-authorized"],
    ["nobody's name", "n,,n=nobody,r=abc", "not-authorized"],
    ["somebody else's name", "n,a=eve@example.org,n=bot,r=abc", "invalid-authzid"],
  ])("RFC 5802 §7: %s", async (_name, first, condition) => {
    server.addAccount("bot@example.org", "secret");
    const client = await opened();
    client.send(auth(first, "SCRAM-SHA-256"));
    const failure = await client.next((each) => each.xmlns === SASL);
    expect(failure.getChildElements()[0]?.name).toBe(condition);
  });

  test.each([
    ["no proof", (r: string) => `c=biws,r=${r}`, "malformed-request"],
    ["a proof of nothing", (r: string) => `c=biws,r=${r},p=AAAA`, "not-authorized"],
    [
      "a wrong proof",
      (r: string) => `c=biws,r=${r},p=${Buffer.alloc(32).toString("base64")}`,
      "not-authorized",
    ],
    ["another nonce", () => `c=biws,r=other,p=${Buffer.alloc(32).toString("base64")}`, "not-authorized"],
    [
      "another header",
      (r: string) => `c=eSws,r=${r},p=${Buffer.alloc(32).toString("base64")}`,
      "not-authorized",
    ],
  ])("RFC 5802 §5: %s", async (_name, final, condition) => {
    server.addAccount("bot@example.org", "secret");
    const client = await opened();
    client.send(auth("n,,n=bot,r=abc", "SCRAM-SHA-256"));
    const challenge = await client.next((each) => each.name === "challenge");
    const question = Buffer.from(challenge.text(), "base64").toString();
    expect(question).toMatch(/^r=abc.+,s=.+,i=4096$/);
    const response = Buffer.from(final(/^r=([^,]+)/.exec(question)?.[1] ?? "")).toString("base64");
    client.send(`<response xmlns='${SASL}'>${response}</response>`);
    const failure = await client.next((each) => each.xmlns === SASL);
    expect(failure.getChildElements()[0]?.name).toBe(condition);
  });

  test("§6.4.5 who tries too often is thrown out", async () => {
    const client = await opened();
    for (let tries = 0; tries < 5; tries++) client.send(auth("nonsense"));
    expect(await streamError(client)).toBe("policy-violation");
  });

  test("§4.9.3.6 strict: a domain without accounts is unknown", async () => {
    server.addAccount("bot@example.org", "secret");
    const client = await RawClient.connect(server);
    client.open("elsewhere.example");
    expect(await streamError(client)).toBe("host-unknown");
  });
});

describe("binding (RFC 6120 §7)", () => {
  test("§7.6 the service makes a resource, another one for each client", async () => {
    const jids = new Set<string>();
    for (let index = 0; index < 2; index++) {
      const client = await RawClient.connect(server);
      await client.authenticate("bot@example.org");
      client.send("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
      const result = await client.next((each) => each.attrs["id"] === "b");
      jids.add(result.getChild("bind")?.getChildText("jid") ?? "");
    }
    expect([...jids].every((jid) => jid.startsWith("bot@example.org/"))).toBe(true);
    expect(jids.size).toBe(2);
  });

  test("§7.7.2.2 a resource in use: the old stream ends with conflict, the rooms see it go", async () => {
    const old = await RawClient.login(server, "bot@example.org", "home");
    old.send("<presence to='r@rooms.example.org/Bot'><x xmlns='http://jabber.org/protocol/muc'/></presence>");
    await old.barrier("example.org");
    const fresh = await RawClient.login(server, "bot@example.org", "home");
    expect(await streamError(old)).toBe("conflict");
    await fresh.barrier("example.org");
    expect(server.room("r@rooms.example.org").exists).toBe(false);
  });

  test("§7.7.2.1 a resource that can be none is a bad request", async () => {
    const client = await RawClient.connect(server);
    await client.authenticate("bot@example.org");
    client.send(
      "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>a\u007fb</resource></bind></iq>",
    );
    const error = await client.next((each) => each.attrs["id"] === "b");
    expect(error.getChild("error")?.getChildElements()[0]?.name).toBe("bad-request");
  });
});

describe("what breaks a stream (RFC 6120 §4.9)", () => {
  test.each([
    ["§4.9.3.13 XML that is none", "<message><body></message>", "not-well-formed"],
    ["§4.9.3.18 comments", "<!-- hello -->", "restricted-xml"],
    ["§4.9.3.18 a DTD", "<!DOCTYPE x [<!ENTITY a 'b'>]>", "restricted-xml"],
    ["§4.9.3.24 something that is no stanza", "<letter/>", "unsupported-stanza-type"],
    ["§4.9.3.24 a stanza of another namespace", "<message xmlns='urn:x'/>", "unsupported-stanza-type"],
    [
      "§4.9.3.14 a stanza that is too long",
      `<message><body>${"x".repeat(300_000)}</body></message>`,
      "policy-violation",
    ],
    ["§4.9.3.14 elements too deep", "<message>" + "<a>".repeat(400), "policy-violation"],
  ])("%s", async (_name, sent, condition) => {
    const client = await RawClient.login(server, "bot@example.org", "home");
    const other = await RawClient.login(server, "other@example.org", "home");
    client.send(sent);
    expect(await streamError(client)).toBe(condition);
    await other.barrier("example.org");
  });

  test("§11.6 bytes that are no UTF-8", async () => {
    const client = await RawClient.login(server, "bot@example.org", "home");
    client.duplex.write(Buffer.from([0x3c, 0x6d, 0xff, 0xfe]));
    expect(await streamError(client)).toBe("not-well-formed");
  });

  test("§4.9.3.12 stanzas before the login, and before binding", async () => {
    const early = await opened();
    early.send("<presence/>");
    expect(await streamError(early)).toBe("not-authorized");
    const unbound = await RawClient.connect(server);
    await unbound.authenticate("bot@example.org");
    unbound.send("<message to='a@example.org'/>");
    expect(await streamError(unbound)).toBe("not-authorized");
  });

  test("§4.9.3.10 a header of something else", async () => {
    const client = await RawClient.connect(server);
    client.send("<stream xmlns='urn:x' to='example.org'>");
    expect(await streamError(client)).toBe("invalid-namespace");
  });

  test("§4.4 the end of a stream is answered with the end of the stream", async () => {
    const client = await RawClient.login(server, "bot@example.org", "home");
    client.send("</stream:stream>");
    await client.whenClosed();
    expect(client.text.endsWith("</stream:stream>")).toBe(true);
  });
});

describe("stanzas that nobody understands (RFC 6120 §8)", () => {
  const condition = async (sent: string): Promise<string | undefined> => {
    const client = await RawClient.login(server, "bot@example.org", "home");
    const answer = client.next((each) => each.attrs["id"] === "q");
    client.send(sent);
    const error = (await answer).getChild("error");
    return error?.getChildElements()[0]?.name;
  };

  test.each([
    [
      "§8.4 an unknown request to the account",
      "<iq id='q' type='get'><q xmlns='urn:x'/></iq>",
      "service-unavailable",
    ],
    [
      "§8.4 an unknown request to the server",
      "<iq id='q' type='get' to='example.org'><q xmlns='urn:x'/></iq>",
      "service-unavailable",
    ],
    [
      "§8.4 an unknown request to a service of rooms",
      "<iq id='q' type='get' to='rooms.example.org'><q xmlns='urn:x'/></iq>",
      "service-unavailable",
    ],
    [
      "§8.2.3 a request with two children",
      "<iq id='q' type='get'><a xmlns='urn:x'/><b xmlns='urn:x'/></iq>",
      "bad-request",
    ],
    ["§8.2.3 a request without any", "<iq id='q' type='set'/>", "bad-request"],
    ["§8.2.3 an IQ of no type", "<iq id='q'><a xmlns='urn:x'/></iq>", "bad-request"],
    ["§8.3.3.8 an address that is none", "<message id='q' to='a@@b'/>", "jid-malformed"],
    [
      "a resource that is not there",
      "<iq id='q' type='get' to='a@example.org/x'><a xmlns='urn:x'/></iq>",
      "service-unavailable",
    ],
  ])("%s", async (_name, sent, expected) => {
    expect(await condition(sent)).toBe(expected);
  });

  test("§8.3.1 an error is never answered with an error", async () => {
    const client = await RawClient.login(server, "bot@example.org", "home");
    client.send(
      "<message type='error' to='a@@b' id='1'/><iq type='error' to='a@@b' id='2'/><iq type='result'/>",
    );
    await client.barrier("example.org");
    expect(client.received).toEqual([]);
  });

  test("XEP-0199, RFC 6121 §2.1.4, XEP-0030: ping, an empty roster, what the server is", async () => {
    const client = await RawClient.login(server, "bot@example.org", "home");
    const ping = await client.ask("<iq type='get' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>");
    const roster = await client.ask("<iq type='get'><query xmlns='jabber:iq:roster'/></iq>");
    const info = await client.ask(
      "<iq type='get' to='example.org'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
    );
    const items = await client.ask(
      "<iq type='get' to='example.org'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>",
    );
    expect([ping, roster, info, items].map((each) => each.attrs["type"])).toEqual(Array(4).fill("result"));
    expect(roster.getChild("query")?.children).toEqual([]);
    expect(info.toString()).toContain('category="server"');
    expect(items.toString()).toContain('jid="rooms.example.org"');
  });
});
