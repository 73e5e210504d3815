import type { Element } from "../../base/element.js";
import { DataForm } from "../../forms/data-form.js";
import type { FieldType } from "../../forms/field-type.js";
import type { FieldInit } from "../../forms/form-field.js";
import { VoiceRequestForm } from "../forms/voice-request-form.js";
import { NS } from "../wire/namespaces.js";

/** The field that answers; not every service sends it along. */
const ALLOW = "muc#request_allow";

/** What a message of a room holds of a voice request: null for nothing, else the form, or what is wrong with it. */
export type VoiceRequestRead =
  | { readonly form: VoiceRequestForm; readonly problem: null }
  | { readonly form: null; readonly problem: "malformed-voice-request" | "strange-voice-request" };

/**
 * Reads the first form that asks for voice (XEP-0045 §8.6). Fields count by their names, whatever their types, and
 * FORM_TYPE also where it is not hidden. Whether it may be believed is for the caller to know: only the bare room can
 * send one.
 */
export function readVoiceRequest(message: Element): VoiceRequestRead | null {
  for (const element of message.getChildren("x", NS.data)) {
    const form = DataForm.parse(element);
    if (form === null || form.formType !== NS.mucRequest) continue;
    // Answers, and what was given up, come by in copies only.
    if (form.type !== "form") return { form: null, problem: "strange-voice-request" };
    return readForm(form);
  }
  return null;
}

/** As what each field is read, whatever type it says it is of. */
const TYPES: Readonly<Record<string, FieldType>> = {
  "muc#jid": "jid-single",
  "muc#roomnick": "text-single",
  [ALLOW]: "boolean",
};

/** The same with fields that can be read; a list of roles stays one. */
function readable(data: DataForm): DataForm {
  const fields: FieldInit[] = data.fields.map((field) => {
    const type = Object.hasOwn(TYPES, field.var ?? "") ? TYPES[field.var ?? ""] : undefined;
    if (field.var === "muc#role" && field.type !== "list-single") return field.with({ type: "text-single" });
    return type === undefined || field.type === type ? field : field.with({ type });
  });
  if (data.get(ALLOW) === null) fields.push({ var: ALLOW, type: "boolean", values: [] });
  return data.copy({ fields });
}

function readForm(data: DataForm): VoiceRequestRead {
  try {
    const form = VoiceRequestForm.parse(readable(data));
    // Each of them throws for what it cannot be.
    const { jid, roomNick, requestAllow } = form;
    if (jid === null && !roomNick) return { form: null, problem: "malformed-voice-request" };
    void requestAllow;
    return { form, problem: null };
  } catch {
    return { form: null, problem: "malformed-voice-request" };
  }
}

/** A copy, so that what one reader of a form changes is no matter of another's. */
export function copyOf(form: VoiceRequestForm): VoiceRequestForm {
  return new VoiceRequestForm(form.data);
}
