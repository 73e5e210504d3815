// How much of what was said before a join asks for.
import { expect, it } from "vitest";

import type { HistoryRequest } from "../../../src/muc/join-options.js";
import { describeOnServices } from "../../support/services.js";
import { Cast, lines, until } from "./support.js";

describeOnServices("history", (service) => {
  it("32: comes as it was asked for: all, some, the latest, none (XEP-0045 §7.2.13, §7.2.14)", async () => {
    await using cast = new Cast(service);
    const owner = await cast.enter(service.room("history"), "owner");
    const jid = owner.room.jid.toString();
    for (const text of ["one", "two", "three"]) await owner.room.sendMessage(text);
    await until(() => lines(owner.events, "message").length === 3, "everything was said");
    const guest = await cast.actor("guest");
    const past = async (history?: HistoryRequest): Promise<string[]> => {
      const { room, events } = await cast.enterAs(
        guest,
        jid,
        "guest",
        history === undefined ? {} : { history },
      );
      await room.leave();
      return events.flatMap((event) => (event.type === "message" ? [`${event.source} ${event.body}`] : []));
    };
    expect(await past({ maxStanzas: 2 })).toEqual(["replay two", "replay three"]);
    expect(await past({ seconds: 3_600 })).toEqual(["replay one", "replay two", "replay three"]);
    expect(await past({ since: new Date(Date.now() - 3_600_000) })).toHaveLength(3);
    expect(await past({ since: new Date(Date.now() + 3_600_000) })).toEqual([]);
    expect(await past({ maxStanzas: 0 })).toEqual([]);
    expect(await past()).toHaveLength(3);
  });
});
