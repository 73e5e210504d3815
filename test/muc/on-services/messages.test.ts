// Everything that is a message, on the embedded service and on both real servers.
import { expect, it } from "vitest";

import { xml as element, type Element } from "../../../src/base/element.js";
import { LanguageMap } from "../../../src/base/language-map.js";
import { MucClient } from "../../../src/muc/client.js";
import type { AnyRoomEvent, RoomEvents } from "../../../src/muc/events/event-map.js";
import type { DirectMessageReceived } from "../../../src/muc/events/direct-message.js";
import type { Room } from "../../../src/muc/room.js";
import { Session } from "../../../src/xmpp/session.js";
import { RawPeer, xml, type XmlElement } from "../../support/raw-peer.js";
import type { Service } from "../../support/service.js";
import { describeOnServices } from "../../support/services.js";
import { eventually } from "../../support/wait.js";
import { record } from "../support/stage.js";

const DEADLINE_MS = 45_000;
const USER = "http://jabber.org/protocol/muc#user";

const until = (check: () => boolean, what: string): Promise<true> =>
  eventually(check, { timeoutMs: DEADLINE_MS, what });

/** A bot that made a room, and a peer in it. */
class Scene {
  readonly events: AnyRoomEvent[];
  readonly directs: DirectMessageReceived[] = [];
  readonly diagnostics: string[] = [];

  private constructor(
    readonly service: Service,
    readonly session: Session,
    client: MucClient,
    readonly room: Room,
    readonly peer: RawPeer,
  ) {
    this.events = record(room);
    client.on("directMessage", (event) => this.directs.push(event));
    client.on("diagnostic", ({ code }) => this.diagnostics.push(code));
  }

  static async open(service: Service, name: string): Promise<Scene> {
    const session = new Session({ ...(await service.createAccount("bot")), tls: { required: false } });
    const client = new MucClient(session);
    await session.start();
    const { room, entered } = client.join(service.room(name), "bot");
    await entered;
    const peer = await RawPeer.connect(await service.createAccount("peer"));
    await peer.join(room.jid.toString(), "peer");
    await until(() => room.active && room.getOccupant("peer") !== null, "the peer is there");
    return new Scene(service, session, client, room, peer);
  }

  get jid(): string {
    return this.room.jid.toString();
  }

  /** The peer says something of these children in the room. */
  send(id: string, ...children: XmlElement[]): Promise<void> {
    return this.peer.send(xml("message", { to: this.jid, type: "groupchat", id }, ...children));
  }

  whisper(id: string, text: string): Promise<void> {
    return this.peer.send(
      xml(
        "message",
        { to: `${this.jid}/bot`, type: "chat", id },
        xml("body", {}, text),
        xml("x", { xmlns: USER }),
      ),
    );
  }

  of<K extends keyof RoomEvents>(type: K): RoomEvents[K][] {
    return this.events.filter((event) => event.type === type) as RoomEvents[K][];
  }

  async next<K extends keyof RoomEvents>(type: K, count = 1): Promise<RoomEvents[K]> {
    await until(() => this.of(type).length >= count, `${count} × ${type}`);
    const found = this.of(type)[count - 1];
    if (found === undefined) throw new Error(type);
    return found;
  }

  /** What the peer got of ours in private. */
  async heard(id: string | null, body: string): Promise<XmlElement> {
    return this.peer.waitFor(
      (stanza) =>
        stanza.is("message") &&
        stanza.attrs["type"] === "chat" &&
        stanza.getChildText("body") === body &&
        (id === null || stanza.attrs["id"] === id),
      `the private message ${body}`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.peer.stop();
    await this.session.stop();
  }
}

/** The submission of one setting. */
function configuration(name: string, value: string): Element {
  const fields = [
    element(
      "field",
      { var: "FORM_TYPE", type: "hidden" },
      element("value", null, "http://jabber.org/protocol/muc#roomconfig"),
    ),
    element("field", { var: name }, element("value", null, value)),
  ];
  return element(
    "query",
    { xmlns: "http://jabber.org/protocol/muc#owner" },
    element("x", { xmlns: "jabber:x:data", type: "submit" }, fields),
  );
}

const adminQuery = (jid: string): Element =>
  element(
    "query",
    { xmlns: "http://jabber.org/protocol/muc#admin" },
    element("item", { jid, affiliation: "member" }),
  );

const body = (text: string, language?: string): XmlElement => xml("body", { "xml:lang": language }, text);

describeOnServices("messages", (service) => {
  it("texts in several languages come as sent, both ways (XEP-0045 §7.4, §12)", async () => {
    await using scene = await Scene.open(service, "languages");
    await scene.send("l1", body("hello"), body("hallo", "de"), body("salut", "fr"));
    const heard = await scene.next("message");
    // QUIRK(prosody 0.12, ejabberd 23.01): the server puts the language of the stream on the stanza, and the text without one has it then.
    expect([...heard.bodies.values()]).toEqual(["hello", "hallo", "salut"]);
    expect([heard.bodies.get("de"), heard.bodies.get("fr"), heard.source]).toEqual([
      "hallo",
      "salut",
      "live",
    ]);
    await scene.room.sendMessage({ body: LanguageMap.from({ "": "yes", de: "ja" }) });
    const stanza = await scene.peer.waitFor(
      (each) => each.is("message") && each.getChildText("body") === "yes",
      "the answer",
    );
    expect(stanza.getChildren("body").map((each) => [each.attrs["xml:lang"], each.text()])).toEqual([
      [undefined, "yes"],
      ["de", "ja"],
    ]);
  });

  it("a correction of one's own is proven, of somebody else's it is not", async () => {
    await using scene = await Scene.open(service, "corrections");
    const replace = (id: string): XmlElement => xml("replace", { xmlns: "urn:xmpp:message-correct:0", id });
    await scene.room.sendMessage({ body: "mine", id: "b1" });
    await scene.send("c1", body("helo"));
    await scene.send("c2", body("hello"), replace("c1"));
    await scene.send("c3", body("hacked"), replace("b1"));
    const own = await scene.next("messageUpdate", 1);
    const other = await scene.next("messageUpdate", 2);
    expect([own.kind, own.targetId, own.body, own.proven]).toEqual(["correction", "c1", "hello", true]);
    expect([other.targetId, other.body, other.proven]).toEqual(["b1", "hacked", false]);
    expect(
      scene
        .of("message")
        .map((event) => event.body)
        .toSorted(),
    ).toEqual(["helo", "mine"]);
  });

  it("retractions and reactions are what they are, and refer to the room's id too", async () => {
    await using scene = await Scene.open(service, "reactions");
    await scene.send("r1", body("hello"));
    const { stanzaId } = await scene.next("message");
    const target = stanzaId ?? "r1";
    await scene.send(
      "r2",
      xml("reactions", { xmlns: "urn:xmpp:reactions:0", id: target }, xml("reaction", {}, "👍")),
      xml("store", { xmlns: "urn:xmpp:hints" }),
    );
    await scene.send(
      "r3",
      xml("retract", { xmlns: "urn:xmpp:message-retract:1", id: target }),
      xml("store", { xmlns: "urn:xmpp:hints" }),
    );
    const reaction = await scene.next("messageUpdate", 1);
    const retraction = await scene.next("messageUpdate", 2);
    expect([reaction.kind, reaction.targetId, reaction.reactions, reaction.nick]).toEqual([
      "reaction",
      target,
      ["👍"],
      "peer",
    ]);
    expect([retraction.kind, retraction.targetId, retraction.proven]).toEqual(["retraction", target, true]);
  });

  it("chat states, markers and receipts are signals", async () => {
    await using scene = await Scene.open(service, "signals");
    await scene.send("s1", xml("composing", { xmlns: "http://jabber.org/protocol/chatstates" }));
    await scene.send("s2", xml("displayed", { xmlns: "urn:xmpp:chat-markers:0", id: "m1" }));
    await scene.send("s3", xml("received", { xmlns: "urn:xmpp:receipts", id: "m1" }));
    await scene.next("signal", 3);
    expect(scene.of("signal").map(({ kind, value, occupant }) => [kind, value, occupant.nick])).toEqual([
      ["chatState", "composing", "peer"],
      ["marker", "displayed", "peer"],
      ["receipt", "m1", "peer"],
    ]);
    expect(scene.of("message")).toEqual([]);
  });

  it("a private message is told from a direct one, and answered after a change of nick (XEP-0045 §7.5)", async () => {
    await using scene = await Scene.open(service, "private");
    await scene.whisper("p1", "psst");
    const heard = await scene.next("privateMessage");
    expect([heard.body, heard.id, heard.occupant]).toEqual(["psst", "p1", scene.room.getOccupant("peer")]);
    await scene.peer.send(xml("presence", { to: `${scene.jid}/hag` }));
    await scene.next("nick");
    await heard.reply("aye");
    const answer = await scene.heard(null, "aye");
    expect([answer.attrs["from"], answer.attrs["to"]]).toEqual([`${scene.jid}/bot`, scene.peer.jid]);
    expect(heard.occupant.nick).toBe("hag");
    await scene.room.sendPrivate(heard.occupant, { body: "and again", id: "p9" });
    await scene.heard("p9", "and again");
    const bare = scene.session.jid?.toString();
    await scene.peer.send(xml("message", { to: bare, type: "chat", id: "d1" }, body("hail")));
    await until(() => scene.directs.length === 1, "the direct message");
    const [direct] = scene.directs;
    expect([direct?.from.toString(), direct?.body, scene.of("privateMessage").length]).toEqual([
      scene.peer.jid,
      "hail",
      1,
    ]);
    await direct?.reply("hail to thee");
    const reply = await scene.heard(null, "hail to thee");
    expect(reply.attrs["from"]).toBe(bare);
  });

  it("a private message to nobody is told to have failed (XEP-0045 §7.5)", async () => {
    await using scene = await Scene.open(service, "nobody");
    await scene.room.sendPrivate("nobody", { body: "hello?", id: "p1" });
    const failed = await scene.next("messageError");
    expect([failed.id, failed.error.condition, scene.room.active]).toEqual(["p1", "item-not-found", true]);
  });

  it("tracked messages come back each to its own tracker, equal texts too, and to no listener", async () => {
    await using scene = await Scene.open(service, "tracked");
    const trackers = ["same", "same", "other"].map((text) => scene.room.sendMessageTracked(text));
    const reflections = await Promise.all(trackers.map(({ delivered }) => delivered));
    expect(reflections.map(({ id, source }) => [id, source])).toEqual(
      trackers.map(({ id }) => [id, "reflection"]),
    );
    expect(trackers.map(({ state }) => state)).toEqual(trackers.map(() => "deliveredToRecipient"));
    expect(scene.of("message")).toEqual([]);
    await scene.send("m", xml("displayed", { xmlns: "urn:xmpp:chat-markers:0", id: trackers[0]?.id }));
    await until(() => trackers[0]?.state === "seenByRecipient", "the marker");
  });

  it("a tracked message that may not be said fails, and one that is too late is aborted", async () => {
    await using scene = await Scene.open(service, "refused");
    // The peer makes a moderated room of its own, in which the bot has no voice.
    const jid = service.room("moderated");
    await scene.peer.join(jid, "peer");
    await scene.peer.openRoom(jid);
    const client = new MucClient(scene.session);
    const { room, entered } = client.join(jid, "bot");
    await entered;
    await until(() => room.active, "the room is active");
    const item = xml("item", { nick: "bot", role: "visitor" });
    await scene.peer.ask("set", jid, xml("query", { xmlns: "http://jabber.org/protocol/muc#admin" }, item));
    await until(() => room.me?.role === "visitor", "the bot has no voice");
    const refused = room.sendMessageTracked("may I?");
    await expect(refused.delivered).rejects.toMatchObject({ condition: "forbidden" });
    expect([refused.state, refused.response?.type]).toEqual(["error", "messageError"]);
    const late = room.sendMessageTracked("too late");
    void room.leave();
    await late.delivered.catch(() => {});
    expect(["error", "aborted"]).toContain(late.state);
  });

  it("a change of the configuration is told, with what it is (XEP-0045 §7.2.12, §10.2, §11)", async () => {
    await using scene = await Scene.open(service, "config");
    const submit = (name: string, value: string) =>
      scene.session.iq.set(scene.room.jid, configuration(name, value));
    const before = scene.room.features;
    await submit("muc#roomconfig_roomname", "The heath");
    expect([...(await scene.next("config")).statusCodes]).toEqual([104]);
    await submit("muc#roomconfig_whois", "anyone");
    expect((await scene.next("config", 2)).statusCodes.has(172)).toBe(true);
    await until(() => scene.room.features.has("muc_nonanonymous"), "the features are asked anew");
    expect([before.has("muc_semianonymous"), scene.room.features.has("muc_semianonymous")]).toEqual([
      true,
      false,
    ]);
  });

  it("a subject in several languages: what the server keeps of it (XEP-0045 §7.2.15, §8.1)", async () => {
    await using scene = await Scene.open(service, "subject");
    await scene.room.setSubject(LanguageMap.from({ "": "toil", de: "Mühe" }));
    const told = await scene.next("subject");
    expect([told.nick, told.initial, [...told.subject.values()][0]]).toEqual(["bot", false, "toil"]);
    // QUIRK(prosody 0.12): it keeps the first only, and no language.
    const isEjabberd = service.name.startsWith("ejabberd");
    expect([...told.subject.values()]).toEqual(isEjabberd ? ["toil", "Mühe"] : ["toil"]);
    await scene.room.setSubject("");
    expect((await scene.next("subject", 2)).subject.size).toBe(0);
  });

  it("an affiliation of somebody absent is told with the address (XEP-0045 §9.3)", async () => {
    await using scene = await Scene.open(service, "absent");
    const absent = await service.createAccount("absent");
    const query = adminQuery(absent.jid);
    await scene.session.iq.set(scene.room.jid, query);
    const told = await scene.next("affiliation");
    expect([told.occupant, told.realJid?.toString(), told.newAffiliation]).toEqual([
      null,
      absent.jid,
      "member",
    ]);
  });
});
