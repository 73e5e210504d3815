import { defineForm } from "../../forms/define-form.js";

const Base = defineForm("http://jabber.org/protocol/muc#request", {
  /** The role that is asked for: `participant`. */
  role: ["muc#role", "list-single"],
  /** The full real address of who asks; services want it back. */
  jid: ["muc#jid", "jid-single"],
  /** The nick of who asks. */
  roomNick: ["muc#roomnick", "text-single"],
  /** Whether the role is granted. */
  requestAllow: ["muc#request_allow", "boolean"],
});

/** A request for voice, as visitors send it and moderators approve it (XEP-0045 §7.13, §8.6, §15.5.2). */
export class VoiceRequestForm extends Base {}
