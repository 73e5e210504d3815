// Bare @xmpp/client with a listener: no rooms, no occupants, no reconnecting worth the name.
import { client, xml } from "@xmpp/client";

import { Meter } from "./measure.js";
import { GO, NICK, ROOM } from "./workload.js";

const meter = new Meter();
const entity = client({
  service: `xmpp://127.0.0.1:${process.argv[2] ?? ""}`,
  domain: "localhost",
  credentials: (authenticate) => authenticate({ username: "bot", password: "bench" }, "PLAIN"),
});

entity.on("error", (error: unknown) => {
  throw error;
});
entity.on("stanza", (stanza) => {
  if (stanza.name === "presence" && stanza.attrs["from"] === `${ROOM}/${NICK}`)
    void entity.send(xml("message", { to: ROOM, type: "groupchat" }, xml("body", {}, GO)));
  if (stanza.name !== "message" || stanza.attrs["type"] !== "groupchat") return;
  const body = stanza.getChildText("body");
  if (body === null) return;
  if (meter.take((stanza.attrs["from"] ?? "").slice(ROOM.length + 1), body)) void entity.stop();
});
await entity.start();
await entity.send(
  xml("presence", { to: `${ROOM}/${NICK}` }, xml("x", { xmlns: "http://jabber.org/protocol/muc" })),
);
