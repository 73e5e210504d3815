// Answers to requests for voice that nobody awaits: a late one must not end the process.
import { expect, it } from "vitest";

import type { RoleRequest } from "../../../src/muc/voice/role-request.js";
import { only, Stage, turn } from "../support/stage.js";
import { F, presence, R } from "../support/stanzas.js";

const FORM =
  `<message from="${R}"><x xmlns="jabber:x:data" type="form">` +
  '<field var="FORM_TYPE" type="hidden"><value>http://jabber.org/protocol/muc#request</value></field>' +
  '<field var="muc#jid" type="jid-single"><value>f@x/res</value></field>' +
  `<field var="muc#roomnick"><value>${F}</value></field>` +
  '<field var="muc#request_allow" type="boolean"><value>false</value></field></x></message>';

it.each<[string, (request: RoleRequest) => void]>([
  ["approve()", (request) => void request.approve()],
  ["deny()", (request) => void request.deny()],
  ["deny({ tell })", (request) => void request.deny({ tell: "not today" })],
  ["submit()", (request) => void request.submission.submit(request.form)],
])("a late %s is no unhandled rejection, and sends nothing", async (_what, answer) => {
  const stage = new Stage();
  const { events } = await stage.active();
  stage.receive(presence(F, { item: { affiliation: "none", role: "visitor", jid: "f@x/res" } }), FORM);
  const request = only(events, "roleRequest");
  await request.deny();
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  process.on("unhandledRejection", note);
  try {
    answer(request);
    await turn();
    await turn();
  } finally {
    process.off("unhandledRejection", note);
  }
  expect(unhandled).toEqual([]);
  expect(stage.session.sentOf("message")).toHaveLength(1);
});
