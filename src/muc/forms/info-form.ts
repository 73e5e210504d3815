import { defineForm } from "../../forms/define-form.js";

const Base = defineForm("http://jabber.org/protocol/muc#roominfo", {
  /** How many messages of history a newcomer may ask for. */
  maxHistoryFetch: ["muc#maxhistoryfetch", "text-single"],
  /** Whom to ask about the room. */
  contactJid: ["muc#roominfo_contactjid", "jid-multi"],
  /** What the room is for. */
  description: ["muc#roominfo_description", "text-single"],
  /** The language that is spoken. */
  lang: ["muc#roominfo_lang", "text-single"],
  /** The LDAP group whose people are members. */
  ldapGroup: ["muc#roominfo_ldapgroup", "text-single"],
  /** Where the room's logs can be read. */
  logs: ["muc#roominfo_logs", "text-single"],
  /** How many there are in the room. */
  occupants: ["muc#roominfo_occupants", "text-single"],
  /** The subject. */
  subject: ["muc#roominfo_subject", "text-single"],
  /** Whether participants may change the subject. */
  subjectMod: ["muc#roominfo_subjectmod", "boolean"],
});

/** What a room's disco#info tells of it beside its features (XEP-0045 §6.4, §15.5.4). */
export class InfoForm extends Base {}
