import { describe, expect, it } from "vitest";

import { readItem, readMucUser } from "../../../src/muc/wire/muc-user.js";
import { parseStanza } from "../../support/fake-session.js";
import { NS_USER } from "../support/stanzas.js";

const read = (content: string) =>
  readMucUser(parseStanza(`<presence><x xmlns="${NS_USER}">${content}</x></presence>`));

describe("what a room says of an occupant", () => {
  it("nothing, where there is no element of it", () => {
    const user = readMucUser(
      parseStanza(`<presence><x xmlns="urn:other"><status code="110"/></x></presence>`),
    );
    expect([user.codes.size, user.items, user.destroyed]).toEqual([0, [], null]);
  });

  it("status codes, known or not, and nothing that is no number", () => {
    const codes = ["110", "999", "00110", "", "x", "-1", "1.5", "1e3", " 301", "123456789"];
    const { codes: found } = read(`${codes.map((code) => `<status code="${code}"/>`).join("")}<status/>`);
    expect([...found]).toEqual([110, 999]);
  });

  it("an item: ranks, address, nick, actor and reason", () => {
    const { items } = read(
      `<item role="visitor" affiliation="outcast" jid="a@b/c" nick="n"><actor nick="m" jid="d@e/f"/><reason>why</reason></item>`,
    );
    const found = readItem(items, null);
    expect(found).toMatchObject({
      role: "visitor",
      affiliation: "outcast",
      nick: "n",
      reason: "why",
      strange: false,
    });
    expect([found?.jid?.toString(), found?.actor?.nick, found?.actor?.jid?.toString()]).toEqual([
      "a@b/c",
      "m",
      "d@e/f",
    ]);
  });

  it("an empty item: nothing", () => {
    const found = readItem(read("<item role='' affiliation='' nick='' jid=''><reason/></item>").items, null);
    if (found === null) throw new Error("There is an item");
    const { role, affiliation, nick, jid, actor, reason, strange } = found;
    expect({ role, affiliation, nick, jid, actor, reason, strange }).toEqual({
      role: null,
      affiliation: null,
      nick: null,
      jid: null,
      actor: null,
      reason: null,
      strange: false,
    });
    expect(readItem([], null)).toBeNull();
  });

  it.each(["constructor", "Moderator", "none ", "outcast"])("a role %s is strange, and the least", (role) => {
    const found = readItem(read(`<item role="${role}"/>`).items, null);
    expect([found?.role, found?.strange]).toEqual(["visitor", true]);
  });

  it("a destroyed room: where it went on, as a room", () => {
    const { destroyed } = read(
      `<destroy jid="new@place/nick"><reason>r</reason><password>p</password></destroy>`,
    );
    expect(destroyed?.alternative?.toString()).toBe("new@place");
    expect(destroyed).toMatchObject({ reason: "r", password: "p" });
    expect(read("<destroy jid='@'/>").destroyed).toEqual({ alternative: null, reason: null, password: null });
  });
});
