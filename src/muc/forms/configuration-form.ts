import { defineForm } from "../../forms/define-form.js";

const Base = defineForm("http://jabber.org/protocol/muc#roomconfig", {
  /** How many messages of history a newcomer may ask for. */
  maxHistoryFetch: ["muc#maxhistoryfetch", "text-single"],
  /** Which roles may send private messages. */
  allowPm: ["muc#roomconfig_allowpm", "list-single"],
  /** Whether occupants may invite others. */
  allowInvites: ["muc#roomconfig_allowinvites", "boolean"],
  /** Whether occupants may change the subject. */
  changeSubject: ["muc#roomconfig_changesubject", "boolean"],
  /** Whether what is said is logged in public. */
  enableLogging: ["muc#roomconfig_enablelogging", "boolean"],
  /** Which roles and affiliations may read the list of members. */
  getMemberList: ["muc#roomconfig_getmemberlist", "list-multi"],
  /** The language that is spoken. */
  lang: ["muc#roomconfig_lang", "text-single"],
  /** The address of a pubsub node of the room. */
  pubsub: ["muc#roomconfig_pubsub", "text-single"],
  /** How many occupants there may be: a number or `none`, as on offer. */
  maxUsers: ["muc#roomconfig_maxusers", "list-single"],
  /** Whether only members may enter. */
  membersOnly: ["muc#roomconfig_membersonly", "boolean"],
  /** Whether one needs voice to speak. */
  moderatedRoom: ["muc#roomconfig_moderatedroom", "boolean"],
  /** Whether one needs `roomSecret` to enter. */
  passwordProtectedRoom: ["muc#roomconfig_passwordprotectedroom", "boolean"],
  /** Whether the room stays when it is empty. */
  persistentRoom: ["muc#roomconfig_persistentroom", "boolean"],
  /** The presence of which roles is told to all. */
  presenceBroadcast: ["muc#roomconfig_presencebroadcast", "list-multi"],
  /** Whether the room is listed. */
  publicRoom: ["muc#roomconfig_publicroom", "boolean"],
  /** The admins. */
  roomAdmins: ["muc#roomconfig_roomadmins", "jid-multi"],
  /** What the room is for. */
  roomDesc: ["muc#roomconfig_roomdesc", "text-single"],
  /** What the room is called. */
  roomName: ["muc#roomconfig_roomname", "text-single"],
  /** The owners. */
  roomOwners: ["muc#roomconfig_roomowners", "jid-multi"],
  /** The password; never printed. */
  roomSecret: ["muc#roomconfig_roomsecret", "text-private"],
  /** Who sees the real addresses: `moderators` or `anyone`. */
  whois: ["muc#roomconfig_whois", "list-single"],
});

/** The configuration of a room, as its owner gets and submits it (XEP-0045 §10.2, §15.5.3). */
export class ConfigurationForm extends Base {}
