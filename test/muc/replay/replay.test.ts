// Recordings of both servers, played through the client: what it tells is in the files beside this one, one for each
// recording and server, and those were read against the recordings.
import { describe, expect, it } from "vitest";

import { Player, type Insiders } from "../support/player.js";
import { participants, readRecording, SERVERS, type Server } from "../support/recording.js";

const ALICE = "Alice owner moderator";
const MOD = "Mod admin moderator";

/**
 * What is played, and who was in the room when the recording began. Where the two servers differ:
 * - 01 and all others: Prosody's occupants have ids that the room vouches for (`#…`), so lines of the history are of who
 *   is there; ejabberd has none, and they are strangers'
 * - 03: ejabberd lets a client in that sends no `<x/>` (OldBob), Prosody refuses it
 * - 06, 19: after an unban ejabberd gives the role visitor
 * - 02: ejabberd refuses a whole form for a field that it does not know
 * - 08, 09: only ejabberd has a limit of occupants, and it locks no room
 * - 43: ejabberd registers nicks with the service, for all of its rooms
 * - 07: only Prosody keeps a reserved nick, and tells others when one of two sessions under a nick goes
 * - 11: Prosody drops the languages of a subject; in ejabberd's default room everybody may set it
 * - 12: Prosody gives an id to a message that has none
 * - 14: only ejabberd sends copies of private messages that were sent, and can switch private messages off
 * - 15: ejabberd drops show and status of a nick change
 * - 18: Prosody does the first item of a query only, and tells moderators the address of who did it
 * - 20: ejabberd lets the removed member in again, as long as the room is moderated
 * - 21: Prosody does not tell the others who was removed: they all keep a ghost
 * - 26: Prosody names the inviter by nick, takes away what is to be continued, and lets participants invite; ejabberd
 *   names the account
 * - 27: ejabberd passes on no refusal to a nick
 * - 25: Prosody passes on only the wishes of visitors; ejabberd those of everybody, of each once in 30 minutes
 * - 29: ejabberd leaves 110 out, and lets the first who comes make the room again; in Prosody it is gone
 * - 30, 31: ejabberd's rooms lose their history with the service, which is told as a gap
 * - 32, 49, 64: what Prosody calls a technical removal (333), ejabberd tells without any code
 * - 34b: in Prosody the end of the ghost is another presence of our own
 * - 39: only Prosody can remove a message; a copy of the archive is nothing that is said
 * - 44: only Prosody tells of archiving, and hides who is no moderator behind farewells that never were
 * - 45b: in ejabberd the new session gets the farewell of the old one, while it joins
 */
const RECORDINGS: Readonly<Record<string, Insiders>> = {
  "01-create-instant-room": [],
  "02-create-reserved-room": [],
  "03-join-existing": [ALICE],
  "04-join-password": [],
  "05-join-members-only": [],
  "06-join-banned": [],
  "07-nick-conflict": [],
  "08-room-full": [],
  "09-room-locked": [],
  "10-history": [ALICE],
  "11-subject": [],
  "12-message-reflection": [ALICE, "Bob"],
  "13-multi-lang-bodies": [ALICE, "Bob"],
  "14-private-message": [ALICE, "Bob"],
  "15-nick-change": [ALICE, "Bob", "Carol"],
  "16-presence-change": [ALICE, "Bob"],
  "17-leave": [ALICE, "Bob", "Carol"],
  "18-kick": [ALICE, MOD, "Bob", "Carol"],
  "19-ban": [ALICE, MOD, "Bob", "Carol"],
  "20-affiliation-lost-members-only": [ALICE, "Bob member", "Carol member"],
  "21-room-made-members-only": [ALICE, MOD, "Bob", "Carol member"],
  "22-voice": [ALICE, MOD, "Bob", "Carol"],
  "23-role-affiliation": [ALICE, MOD, "Bob", "Carol"],
  "24-lists": [ALICE, MOD, "Bob", "Carol"],
  "26-mediated-invite": [ALICE],
  "27-decline": [ALICE],
  "28-direct-invite": [ALICE],
  "25-voice-request": [ALICE, MOD, "Bob none visitor", "Carol none visitor"],
  "29-destroy": [ALICE, MOD, "Bob", "Carol"],
  "30-muc-service-stop": [ALICE, "Bob"],
  "31-server-restart": [ALICE, "Bob"],
  "31b-server-killed": [ALICE, "Bob"],
  "31c-server-stopped": [ALICE, "Bob"],
  "32b-client-silent": [ALICE, "Bob", "Carol"],
  "32c-client-silent-short-timers": [ALICE, "Carol"],
  "35-self-ping": [ALICE, "Bob"],
  "36-disco": [],
  "45-resource-conflict": [ALICE, "Bob"],
  "61-no-initial-presence": [ALICE],
  "32-client-killed": [ALICE, "Bob"],
  "33-sm-resume": [ALICE, "Bob"],
  "34-sm-expired": [ALICE, "Bob"],
  "34b-ghost-same-nick": [ALICE, "Bob"],
  "39-moderation": [ALICE, MOD, "Bob", "Carol"],
  "40-passthrough": [ALICE, "Bob", "Carol"],
  "44-config-change": [ALICE, MOD, "Bob", "Carol"],
  "43-register-nick": [ALICE, "Bob"],
  "45b-restart-same-resource": [ALICE, "Bob"],
  "46-iq-routing": [ALICE, "Bob"],
  "48-nicks": [ALICE, "Bob"],
  "49-bounced-groupchat": [ALICE, "Bob"],
  "53-room-addresses": [],
  "57-invite-offline": [ALICE],
  "60-forged-content": [ALICE, "Bob"],
  "62-set-current-nick": [ALICE, "Bob"],
  "63-non-anonymous-forgery": [ALICE, "Bob"],
  "64-errors-by-occupant": [ALICE, "Bob"],
};

/** Where presence is broadcast for moderators only, the others do not see all. */
const HIDING: ReadonlySet<string> = new Set(["44-config-change"]);

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
    expect(HIDING.has(name) ? 1 : views.length).toBeLessThanOrEqual(1);
  });
});
