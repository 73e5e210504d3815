// What people do to a bot, and to its account and its room.
import { afterEach, expect, it } from "vitest";

import { xml as element } from "../../src/base/element.js";
import { RawPeer, xml } from "../support/raw-peer.js";
import { describeOnServers } from "../support/services.js";
import { EVEN, Scene, until, type SceneOptions } from "./support/scene.js";

const TIMEOUT_MS = 30_000;
const NS = {
  admin: "http://jabber.org/protocol/muc#admin",
  form: "jabber:x:data",
  owner: "http://jabber.org/protocol/muc#owner",
};

const field = (name: string, value: string) => xml("field", { var: name }, xml("value", {}, value));

describeOnServers("a bot in its room, and", (server) => {
  let scene: Scene;

  async function open(options: SceneOptions = {}): Promise<void> {
    scene = await Scene.open(server, options);
  }
  afterEach(() => scene.close());

  async function admin(attrs: Record<string, string>): Promise<void> {
    const answer = await scene.talker.peer.ask(
      "set",
      scene.room,
      xml("query", { xmlns: NS.admin }, xml("item", attrs)),
    );
    expect(answer.attrs["type"]).toBe("result");
  }

  /** What the talker saw of the bot's presence, oldest first: the types. */
  const presences = (): (string | undefined)[] =>
    scene.talker.peer.received
      .filter((stanza) => stanza.is("presence") && stanza.attrs["from"] === `${scene.room}/bot`)
      .map((stanza) => stanza.attrs["type"]);

  it(
    "a kick: it is back where that is allowed, and the second time out",
    async () => {
      await open({ onCause: { kicked: { afterMs: 600 } } });
      await admin({ nick: "bot", role: "none" });
      await scene.hasBeenTold("suspend");
      await scene.hasBeenTold("enter");
      await scene.isBack();
      expect(await scene.balance()).toEqual(EVEN);
      expect([scene.told, scene.gaps]).toEqual([["suspend", "resume", "enter"], []]);
      await admin({ nick: "bot", role: "none" });
      await scene.hasBeenTold("exit");
    },
    TIMEOUT_MS,
  );

  it(
    "an administrator's ban: it is out for good, and is not joined again",
    async () => {
      await open();
      const jid = String(scene.app.session.jid?.bare());
      await server.setAffiliation(scene.room, jid, "outcast");
      await scene.hasBeenTold("exit");
      await until(() => scene.app.muc.rooms.size === 0, "the room to be over");
      await until(() => presences().at(-1) === "unavailable", "the talker to have seen it go");
      expect(scene.app.status().ready).toBe(false);
      await server.setAffiliation(scene.room, jid, "none");
      // it would be let in now, and a rejoin would come several times in this while
      const before = presences();
      await scene.letTalk(6);
      expect([scene.told, presences()]).toEqual([["exit"], before]);
      const { entered } = scene.app.muc.join(scene.room, "bot");
      await entered;
      await until(() => scene.app.status().ready, "the bot to be in, as it is allowed to");
    },
    TIMEOUT_MS,
  );

  it(
    "the room's destruction, with another place to go to: it goes there, where that is allowed",
    async () => {
      await open({ onCause: { alternative: "follow" } });
      const venue = server.room("venue");
      const old = scene.talker.peer;
      await scene.talker.moveTo(venue);
      const destroy = xml("destroy", { jid: venue }, xml("reason", {}, "moved"));
      await old.ask("set", scene.room, xml("query", { xmlns: NS.owner }, destroy));
      await scene.hasBeenTold("exit");
      await until(() => scene.app.muc.getRoom(venue)?.active === true, "the bot to be in the other room");
      await scene.isBack();
      expect([scene.told, [...new Set(scene.heard)]]).toEqual([["exit"], scene.heard]);
    },
    TIMEOUT_MS,
  );

  it(
    "another password meanwhile: it is out, and does not go on asking",
    async () => {
      await open();
      await scene.loseSession();
      const config = xml(
        "x",
        { xmlns: NS.form, type: "submit" },
        field("FORM_TYPE", "http://jabber.org/protocol/muc#roomconfig"),
        field("muc#roomconfig_passwordprotectedroom", "1"),
        field("muc#roomconfig_roomsecret", "cauldron"),
      );
      const answer = await scene.talker.peer.ask(
        "set",
        scene.room,
        xml("query", { xmlns: NS.owner }, config),
      );
      expect(answer.attrs["type"]).toBe("result");
      await scene.comeBack();
      await scene.hasBeenTold("exit");
      await until(() => scene.app.muc.rooms.size === 0, "the room to be over");
      expect([scene.told, scene.app.status().ready]).toEqual([["suspend", "resume", "exit"], false]);
      const { entered } = scene.app.muc.join(scene.room, "bot", { password: "cauldron" });
      await entered;
    },
    TIMEOUT_MS,
  );

  it(
    "somebody who takes its nick meanwhile: it is back with another one, and nothing is lost",
    async () => {
      await open();
      await scene.loseSession();
      await using thief = await RawPeer.connect(await server.createAccount("thief"));
      await thief.join(scene.room, "bot");
      await scene.comeBack();
      await scene.hasBeenTold("enter");
      await scene.isBack();
      expect(await scene.balance()).toEqual(EVEN);
      const nick = scene.app.muc.getRoom(scene.room)?.nick;
      expect([nick, scene.gaps]).toEqual(["bot-2", []]);
    },
    TIMEOUT_MS,
  );

  it(
    "the end of its account: the application ends, and says why",
    async () => {
      await open();
      await server.deleteAccount(scene.account);
      const why = await scene.app.closed;
      expect(why).toMatchObject({ code: "credentials" });
      expect(scene.app.status().ready).toBe(false);
    },
    TIMEOUT_MS,
  );

  it(
    "an error stanza for which it is expelled: it is back in its room",
    async () => {
      await open();
      const condition = element("undefined-condition", { xmlns: "urn:ietf:params:xml:ns:xmpp-stanzas" });
      const attrs = { to: `${scene.room}/bot`, type: "error", id: "x" };
      await scene.app.session.send(
        element("presence", attrs, element("error", { type: "cancel" }, condition)),
      );
      await scene.hasBeenTold("enter");
      await scene.isBack();
      expect(await scene.balance()).toEqual(EVEN);
      expect([scene.told, scene.gaps]).toEqual([["suspend", "resume", "enter"], []]);
    },
    TIMEOUT_MS,
  );
});
