// Somebody gives a room up that has not answered yet, and asks for it again: the answers to all of that come one after another.
import { expect, it } from "vitest";

import { Stage, types } from "../support/stage.js";
import { F, message, own, subject, T, unavailable } from "../support/stanzas.js";

it("the history that comes with each late answer is none of what is live (XEP-0045 §7.2.14)", async () => {
  const stage = new Stage();
  const joinId = (): string => stage.session.sentOf("presence").at(-1)?.attrs["id"] ?? "";
  const asked: string[] = [];
  for (let n = 0; n < 2; n++) {
    const { room } = await stage.join();
    asked.push(joinId());
    await room.leave();
  }
  const { room, events } = await stage.join();
  asked.push(joinId());
  expect(new Set(asked).size).toBe(3);
  const said = (id: string | undefined): string[] => [
    own(id === undefined ? {} : { id }),
    message(F, { body: "long ago", id: "a", delayed: true }),
    subject(),
  ];
  stage.receive(...said(asked[0]), ...said(asked[1]));
  expect(events.flatMap((event) => (event.type === "message" ? [event.source] : []))).toEqual(["replay"]);
  stage.receive(unavailable(T, { codes: [110] }));
  expect(types(events)).not.toContain("exit");
  expect(room.state).toBe("waiting");
});
