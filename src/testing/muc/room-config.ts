/** What an owner can configure (XEP-0045 §10.2). */
export interface RoomConfig {
  /** The name for people, `""` for none. */
  readonly roomName: string;
  /** What the room is about, `""` where nothing is said. */
  readonly roomDesc: string;
  /** Whether the room survives its last occupant. */
  readonly persistentRoom: boolean;
  /** Whether the service lists the room. */
  readonly publicRoom: boolean;
  /** The password, `""` for none. */
  readonly roomSecret: string;
  /** Whether only who has an affiliation may enter. */
  readonly membersOnly: boolean;
  /** Whether newcomers without an affiliation are visitors, who cannot speak. */
  readonly moderatedRoom: boolean;
  /** Who sees real addresses. */
  readonly whois: "moderators" | "anyone";
  /** Whether participants may change the subject. */
  readonly changeSubject: boolean;
  /** Whether occupants who are no moderators may invite. */
  readonly allowInvites: boolean;
  /** Whether members of a members-only room may invite, and so make members (Prosody's own). */
  readonly allowMemberInvites: boolean;
  /** How many occupants the room takes, 0 for any number. */
  readonly maxUsers: number;
  /** How many messages of history somebody who joins gets. */
  readonly historyLength: number;
}

/** A new room, as Prosody makes it. */
export function defaultConfig(historyLength: number): RoomConfig {
  return {
    roomName: "",
    roomDesc: "",
    persistentRoom: false,
    publicRoom: true,
    roomSecret: "",
    membersOnly: false,
    moderatedRoom: false,
    whois: "moderators",
    changeSubject: false,
    allowInvites: true,
    allowMemberInvites: false,
    maxUsers: 0,
    historyLength,
  };
}
