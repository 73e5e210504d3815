// What is a room's, and what is not.
import { describe, expect, it } from "vitest";

import { only, Stage, turn, types } from "../support/stage.js";
import { errorOf, F, message, own, presence, R, subject, T } from "../support/stanzas.js";

describe("routing", () => {
  it("71: a line of a room is told once, by that room", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    const other = await stage.join({}, T, "heath@chat.shakespeare.lit");
    const told: unknown[] = [];
    stage.client.on("directMessage", (event) => told.push(event));
    stage.receive(message(F, "hello"));
    expect([only(events, "message").body, other.events, told, stage.diagnostics]).toEqual([
      "hello",
      [],
      [],
      [],
    ]);
  });

  it.each([
    ["254: a contact's presence", `<presence from="macbeth@castle.lit/hall"><show>away</show></presence>`],
    ["256: presence of a room that we know nothing of", presence(F, { room: "heath@x" })],
    [
      "257: an error of a contact's presence",
      `<presence from="macbeth@castle.lit" type="error">${errorOf("gone")}</presence>`,
    ],
  ])("%s is no room's, and the session tells it all the same", async (_what, stanza) => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    const seen: string[] = [];
    stage.session.on("presence", ({ attrs }) => seen.push(attrs["from"] ?? ""));
    stage.receive(stanza);
    expect([events, stage.diagnostics, room.active, seen.length]).toEqual([[], [], true, 1]);
  });

  it("58: a subject is told again after a rejoin, though it is the same", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.receive(subject(F, "foo"));
    stage.session.lose();
    stage.session.establish();
    await turn();
    events.length = 0;
    stage.receive(presence(F), own(), subject(F, "foo"));
    expect(types(events)).toContain("subject");
    expect([only(events, "subject").initial, room.subject.toString(), room.jid.toString()]).toEqual([
      true,
      "foo",
      R,
    ]);
  });
});
