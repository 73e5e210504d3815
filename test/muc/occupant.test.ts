import { expect, it } from "vitest";

import { JID } from "../../src/base/jid.js";
import { Occupant, stranger, updateOccupant } from "../../src/muc/occupant.js";
import { NO_TEXTS } from "../../src/muc/wire/texts.js";

const LOBBY = JID.parse("lobby@rooms.example.org");
const DEN = JID.parse("den@rooms.example.org");

function occupant(nick: string, known: { jid?: string; id?: string } = {}, room = LOBBY): Occupant {
  return new Occupant(room, {
    nick,
    realJid: known.jid === undefined ? null : JID.parse(known.jid),
    occupantId: known.id ?? null,
    role: "participant",
    affiliation: "none",
    available: true,
    show: null,
    status: NO_TEXTS,
  });
}

it("a nick makes nobody the same person; one stay, an address or an id of one room does (XEP-0421 §3.1)", () => {
  const alice = occupant("alice");
  expect(alice.isSamePerson(alice)).toBe(true);
  expect(alice.isSamePerson(occupant("alice"))).toBe(false);
  expect(alice.isSamePerson(stranger(LOBBY, "alice"))).toBe(false);
  updateOccupant(alice, { nick: "bob" });
  expect(alice.isSamePerson(alice)).toBe(true);

  const known = { jid: "alice@example.org" };
  expect(occupant("alice", known).isSamePerson(occupant("bob", known))).toBe(true);
  expect(occupant("alice", known).isSamePerson(occupant("bob", known, DEN))).toBe(true);
  expect(occupant("alice", known).isSamePerson(occupant("alice", { jid: "bob@example.org" }))).toBe(false);
  expect(occupant("alice", known).isSamePerson(occupant("alice"))).toBe(false);

  expect(occupant("alice", { id: "1" }).isSamePerson(occupant("bob", { id: "1" }))).toBe(true);
  expect(occupant("alice", { id: "1" }).isSamePerson(occupant("alice", { id: "2" }))).toBe(false);
  // rooms give such ids each for itself
  expect(occupant("alice", { id: "1" }).isSamePerson(occupant("alice", { id: "1" }, DEN))).toBe(false);
});
