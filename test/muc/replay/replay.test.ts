// Recordings of both servers, played through the client: what it tells is in the files beside this one, one for each
// recording and server, and those were read against the recordings.
import { describe, expect, it } from "vitest";

import { Player, type Insiders } from "../support/player.js";
import { participants, readRecording, SERVERS, type Server } from "../support/recording.js";

const ALICE = "Alice owner moderator";
const MOD = "Mod admin moderator";

/** What is played, and who was in the room when the recording began. */
const RECORDINGS: Readonly<Record<string, Insiders>> = {
  "01-create-instant-room": [],
  "03-join-existing": [ALICE],
  "04-join-password": [],
  "05-join-members-only": [],
  "06-join-banned": [],
  "07-nick-conflict": [],
  "10-history": [ALICE],
  "11-subject": [],
  "12-message-reflection": [ALICE, "Bob"],
  "15-nick-change": [ALICE, "Bob", "Carol"],
  "16-presence-change": [ALICE, "Bob"],
  "17-leave": [ALICE, "Bob", "Carol"],
  "18-kick": [ALICE, MOD, "Bob", "Carol"],
  "19-ban": [ALICE, MOD, "Bob", "Carol"],
  "20-affiliation-lost-members-only": [ALICE, "Bob member", "Carol member"],
  "21-room-made-members-only": [ALICE, MOD, "Bob", "Carol member"],
  "23-role-affiliation": [ALICE, MOD, "Bob", "Carol"],
  "29-destroy": [ALICE, MOD, "Bob", "Carol"],
  "32-client-killed": [ALICE, "Bob"],
  "34b-ghost-same-nick": [ALICE, "Bob"],
  "40-passthrough": [ALICE, "Bob"],
  "45b-restart-same-resource": [ALICE, "Bob"],
  "49-bounced-groupchat": [ALICE, "Bob"],
  "60-forged-content": [ALICE, "Bob"],
  "63-non-anonymous-forgery": [ALICE, "Bob"],
  "64-errors-by-occupant": [ALICE, "Bob"],
};

/** Where those who are in do not agree on who is in, and why. */
const DISAGREEMENTS: Readonly<Record<string, string>> = {};

async function play(server: Server, name: string, insiders: Insiders) {
  const lines = readRecording(server, name);
  const players = participants(lines).map((who) => new Player({ server, lines, who, insiders }));
  const told: string[] = [];
  for (const player of players) told.push(await player.run());
  const views = new Set(players.flatMap(({ nicks }) => (nicks === null ? [] : [nicks.join(", ")])));
  return { told, views: [...views] };
}

describe.each(SERVERS)("%s", (server) => {
  it.each(Object.entries(RECORDINGS))("%s", async (name, insiders) => {
    const { told, views } = await play(server, name, insiders);
    await expect(`${told.join("\n\n")}\n`).toMatchFileSnapshot(`./${server}/${name}.txt`);
    expect(told.join()).not.toContain("room-failed");
    // Whoever is in sees the same people.
    expect(views.length > 1).toBe(`${server}/${name}` in DISAGREEMENTS);
  });
});
