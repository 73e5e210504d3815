import { describe, expect, it } from "vitest";

import { xml, type Element } from "../../src/base/element.js";
import {
  Bot,
  Command,
  On,
  OnAffiliationChange,
  OnConfigChange,
  OnExit,
  OnHistory,
  OnLeave,
  OnMention,
  OnMessage,
  OnMessageUpdate,
  OnNickChange,
  OnPresenceChange,
  OnPrivateMessage,
  OnRoleChange,
  OnSubjectChange,
} from "../../src/bot/decorators.js";
import type { HandlerContext } from "../../src/bot/handler-context.js";
import type { MessageUpdated } from "../../src/muc/events/message-update.js";
import type { MessageReceived, ServiceMessage } from "../../src/muc/events/messages.js";
import type { NickChanged, OccupantLeft, RoleChanged } from "../../src/muc/events/occupants.js";
import type { PrivateMessageReceived } from "../../src/muc/events/private-message.js";
import { BotsInRoom, message, turns } from "./support/bots-in-room.js";

const LOBBY = "lobby@rooms.example.org";
const MUC_USER = "http://jabber.org/protocol/muc#user";

/** A presence of alice, with the item that it carries. */
function presence(
  attrs: Record<string, string>,
  item: Record<string, string>,
  codes: readonly string[] = [],
): Element {
  const from = `${LOBBY}/alice`;
  const statuses = codes.map((code) => xml("status", { code }));
  return xml(
    "presence",
    { from, ...attrs },
    xml(
      "x",
      { xmlns: MUC_USER },
      xml("item", { affiliation: "none", role: "participant", ...item }),
      statuses,
    ),
  );
}

describe("what happens to occupants", () => {
  const seen: string[] = [];
  @Bot()
  class Watcher {
    @OnNickChange() nick(e: NickChanged) {
      return `${e.oldNick} is ${e.newNick}`;
    }
    @OnPresenceChange() presence() {
      seen.push("presence");
    }
    @OnRoleChange() role(e: RoleChanged) {
      seen.push(`role ${e.newRole}`);
    }
    @OnRoleChange({ departures: true }) anyRole(e: RoleChanged) {
      seen.push(`any role ${e.newRole}`);
    }
    @OnAffiliationChange() affiliation() {
      seen.push("affiliation");
    }
    @OnLeave() leave(e: OccupantLeft) {
      return `bye ${e.occupant.nick}`;
    }
    @On("uid") uid() {
      seen.push("uid");
    }
  }

  it("reaches the handlers of each, and what belongs to a departure only those that ask for it", async () => {
    const bots = new BotsInRoom(Watcher);
    await bots.enter();
    bots.comes("alice");
    bots.session.deliver(presence({}, { role: "moderator", jid: "alice@example.org/x" }));
    expect(seen.splice(0).toSorted()).toEqual(["any role moderator", "presence", "role moderator", "uid"]);
    bots.session.deliver(presence({ type: "unavailable" }, { nick: "anna" }, ["303"]));
    expect(seen.splice(0)).toEqual([]);
    bots.session.deliver(presence({ from: `${LOBBY}/anna` }, { role: "moderator" }));
    // the answer to the change of nick is on its way
    await bots.idle();
    seen.length = 0;
    bots.session.deliver(
      presence({ from: `${LOBBY}/anna`, type: "unavailable" }, { role: "none", affiliation: "outcast" }, [
        "301",
      ]),
    );
    await bots.idle();
    expect(seen).toEqual(["any role none"]);
    expect(bots.lines).toEqual(["alice is anna", "bye anna"]);
  });
});

describe("messages", () => {
  @Bot()
  class Listener {
    readonly seen: string[] = [];
    @OnHistory() past(m: MessageReceived) {
      this.seen.push(`past ${m.body}`);
    }
    @OnMention() mention() {
      return "me?";
    }
    @OnMessage("keeper") text() {
      return "text";
    }
    @OnPrivateMessage(/se(cret)/) secret(_m: PrivateMessageReceived, match: RegExpExecArray) {
      return `psst ${match[1]}`;
    }
    @OnPrivateMessage((m) => m.body === "tested") tested() {
      return "passed";
    }
    @Command("now") now() {
      return "now";
    }
  }

  it("of the history reach @OnHistory and nobody else", async () => {
    const delay = xml("delay", { xmlns: "urn:xmpp:delay", stamp: "2020-01-01T00:00:00Z" });
    const bots = new BotsInRoom(Listener);
    await bots.enter(undefined, [message("keeper", { extra: [delay] }), message("!now", { extra: [delay] })]);
    await bots.idle();
    expect((bots.instances[0] as Listener).seen).toEqual(["past keeper", "past !now"]);
    expect(bots.lines).toEqual([]);
  });

  it("that name us as a word reach @OnMention, among the other handlers as they are declared", async () => {
    const bots = new BotsInRoom(Listener);
    await bots.enter();
    expect(await bots.hears("hi keeper!")).toEqual(["me?", "text"]);
    expect(await bots.hears("innkeepers")).toEqual(["text"]);
    expect(await bots.hears("keeper: now")).toEqual(["now"]);
  });

  it("in private are answered in private, and never in the room", async () => {
    const bots = new BotsInRoom(Listener);
    await bots.enter();
    bots.comes("alice");
    for (const body of ["secret", "tested", "else"])
      bots.session.deliver(
        xml(
          "message",
          { from: `${LOBBY}/alice`, type: "chat", id: body },
          xml("body", null, body),
          xml("x", { xmlns: MUC_USER }),
        ),
      );
    await bots.idle();
    const sent = bots.session.sent.map(({ attrs }) => [attrs["type"], attrs["to"]]);
    expect(bots.lines).toEqual(["psst cret", "passed"]);
    expect(sent).toEqual([
      ["chat", `${LOBBY}/alice`],
      ["chat", `${LOBBY}/alice`],
    ]);
  });
});

describe("what became of earlier messages", () => {
  const DELAY = xml("delay", { xmlns: "urn:xmpp:delay", stamp: "2020-01-01T00:00:00Z" });
  const REPLACE = xml("replace", { xmlns: "urn:xmpp:message-correct:0", id: "m0" });
  @Bot()
  class Listener {
    @OnMessageUpdate() update(e: MessageUpdated) {
      return `${e.kind}: ${e.body}`;
    }
    @On("serviceMessage") service(e: ServiceMessage) {
      return `the room: ${e.body}`;
    }
  }

  it("reaches handlers as it happens: nothing of the history, and not what the bot did itself", async () => {
    const bots = new BotsInRoom(Listener);
    const ofRoom = xml("message", { from: LOBBY, type: "groupchat" }, xml("body", null, "old news"), DELAY);
    await bots.enter(undefined, [message("old", { extra: [REPLACE, DELAY] }), ofRoom]);
    await bots.idle();
    expect(bots.lines).toEqual([]);
    expect(await bots.hears("new", { extra: [REPLACE] })).toEqual(["correction: new"]);
    expect(await bots.hears("mine", { nick: "keeper", extra: [REPLACE] })).toEqual([]);
  });

  it("in private is answered in private: the room is not told of it", async () => {
    const bots = new BotsInRoom(Listener);
    await bots.enter();
    bots.comes("alice");
    bots.session.deliver(
      xml(
        "message",
        { from: `${LOBBY}/alice`, type: "chat", id: "m1" },
        xml("body", null, "secret"),
        REPLACE,
        xml("x", { xmlns: MUC_USER }),
      ),
    );
    await bots.idle();
    expect(bots.lines).toEqual(["correction: secret"]);
    expect(bots.session.sent[0]?.attrs).toMatchObject({ type: "chat", to: `${LOBBY}/alice` });
  });
});

describe("the room", () => {
  it("tells its subject, the first one only on request, its configuration, and our leaving", async () => {
    const seen: string[] = [];
    @Bot()
    class Watcher {
      @OnSubjectChange() subject() {
        seen.push("subject");
      }
      @OnSubjectChange({ initial: true }) any() {
        seen.push("any subject");
      }
      @OnConfigChange() config() {
        seen.push("config");
      }
      @OnExit() exit() {
        seen.push("exit");
        return "not heard";
      }
    }
    const bots = new BotsInRoom(Watcher);
    const room = await bots.enter();
    expect(seen).toEqual(["any subject"]);
    bots.session.deliver(
      xml("message", { from: `${LOBBY}/there`, type: "groupchat" }, xml("subject", null, "new")),
    );
    expect(seen.splice(0)).toEqual(["any subject", "subject", "any subject"]);
    const x = xml("x", { xmlns: MUC_USER }, xml("status", { code: "104" }));
    bots.session.deliver(xml("message", { from: LOBBY, type: "groupchat" }, x));
    expect(seen.splice(0)).toEqual(["config"]);
    const left = room.leave();
    bots.session.deliver(
      presence({ from: `${LOBBY}/keeper`, type: "unavailable" }, { role: "none" }, ["110"]),
    );
    await left;
    await bots.idle();
    expect(seen).toEqual(["exit"]);
    // where we are out there is nobody to say it to, which is told and harms nothing
    expect(bots.log.complaints).toEqual(["warn An answer could not be sent"]);
  });
});

describe("a parallel handler", () => {
  it("is not waited for, neither by its room nor by other handlers of the event", async () => {
    let finish = (): void => {};
    @Bot()
    class Keeper {
      @OnMessage("slow", { parallel: true }) async slow(_m: MessageReceived, _ctx: HandlerContext) {
        await new Promise<void>((resolve) => (finish = resolve));
        return "slow";
      }
      @OnMessage() each(m: MessageReceived) {
        return m.body;
      }
    }
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    expect(await bots.hears("slow")).toEqual(["slow"]);
    expect(await bots.hears("next")).toEqual(["next"]);
    finish();
    await turns();
    expect(bots.lines).toEqual(["slow", "next", "slow"]);
  });
});
