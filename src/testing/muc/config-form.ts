import type { Element } from "../../base/element.js";
import { formElement, isTrue, type OfferedField } from "../wire/form.js";
import { NS } from "../wire/namespaces.js";
import { Refusal } from "../wire/refusal.js";
import type { Room } from "./room.js";
import type { RoomConfig } from "./room-config.js";

interface ConfigField {
  readonly var: string;
  readonly key: keyof RoomConfig;
  readonly type: "boolean" | "list-single" | "text-private" | "text-single";
  readonly label: string;
  readonly options?: readonly string[];
}

const PREFIX = "muc#roomconfig_";

/** XEP-0045 §15.5.3, and one field of Prosody's own. */
const FIELDS: readonly ConfigField[] = [
  { var: `${PREFIX}roomname`, key: "roomName", type: "text-single", label: "Title" },
  { var: `${PREFIX}roomdesc`, key: "roomDesc", type: "text-single", label: "Description" },
  { var: `${PREFIX}persistentroom`, key: "persistentRoom", type: "boolean", label: "Persistent" },
  { var: `${PREFIX}publicroom`, key: "publicRoom", type: "boolean", label: "Listed" },
  { var: `${PREFIX}roomsecret`, key: "roomSecret", type: "text-private", label: "Password" },
  { var: `${PREFIX}membersonly`, key: "membersOnly", type: "boolean", label: "Only for members" },
  { var: `${PREFIX}allowinvites`, key: "allowInvites", type: "boolean", label: "Occupants may invite" },
  {
    var: "{http://prosody.im/protocol/muc}roomconfig_allowmemberinvites",
    key: "allowMemberInvites",
    type: "boolean",
    label: "Members may invite new members",
  },
  { var: `${PREFIX}changesubject`, key: "changeSubject", type: "boolean", label: "All may set the subject" },
  { var: `${PREFIX}moderatedroom`, key: "moderatedRoom", type: "boolean", label: "Moderated" },
  {
    var: `${PREFIX}whois`,
    key: "whois",
    type: "list-single",
    label: "Real addresses are for",
    options: ["moderators", "anyone"],
  },
  {
    var: `${PREFIX}maxusers`,
    key: "maxUsers",
    type: "text-single",
    label: "Occupants at most, 0 for any number",
  },
  { var: `${PREFIX}historylength`, key: "historyLength", type: "text-single", label: "Messages of history" },
];

/** The form that an owner gets (XEP-0045 §10.1.3). */
export function configForm(room: Room): Element {
  const fields = FIELDS.map((field): OfferedField => {
    const value = room.config[field.key];
    return {
      var: field.var,
      type: field.type,
      label: field.label,
      values: [typeof value === "boolean" ? (value ? "1" : "0") : String(value)],
      ...(field.options !== undefined && { options: field.options }),
    };
  });
  return formElement("form", NS.roomConfig, fields, `Configuration for ${room.address}`);
}

/**
 * The configuration after a form was submitted. A field that nobody knows is ignored (Prosody); a value that is none
 * is a `bad-request` and changes nothing (ejabberd; Prosody fails at it and never answers).
 */
export function applyForm(
  config: RoomConfig,
  values: ReadonlyMap<string, readonly string[]>,
  historySize: number,
): RoomConfig {
  const changes: Partial<Record<keyof RoomConfig, string | boolean | number>> = {};
  for (const field of FIELDS) {
    const given = values.get(field.var);
    if (given !== undefined) changes[field.key] = readValue(field, given[0] ?? "", historySize);
  }
  return { ...config, ...changes } as RoomConfig;
}

function readValue(field: ConfigField, value: string, historySize: number): string | boolean | number {
  if (field.type === "boolean") return isTrue(value);
  if (field.options !== undefined && !field.options.includes(value))
    return Refusal.refuse("bad-request", { type: "modify", text: `${field.var}: no such option` });
  if (field.key === "maxUsers") return readNumber(field, value === "none" ? "0" : value);
  if (field.key === "historyLength") return Math.min(readNumber(field, value), historySize);
  return value;
}

function readNumber(field: ConfigField, value: string): number {
  if (/^\d{1,6}$/.test(value)) return Number(value);
  return Refusal.refuse("bad-request", { type: "modify", text: `${field.var}: not a number` });
}
