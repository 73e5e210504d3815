// Plays one participant of a recording through a client: it asks for what they asked, and gets what they got.
import { Element } from "../../../src/base/element.js";
import { ArgumentError } from "../../../src/base/errors.js";
import { JID } from "../../../src/base/jid.js";
import type { Invitation } from "../../../src/muc/invitations/invitation.js";
import type { Room } from "../../../src/muc/room.js";
import { describeEvent, describeOccupant } from "./describe-event.js";
import type { Line, Server } from "./recording.js";
import { EVENTS, Stage, turn } from "./stage.js";
import { DISCO_INFO, features, presence, subject } from "./stanzas.js";

const STREAM_MANAGEMENT = "urn:xmpp:sm:3";
const MUC = "http://jabber.org/protocol/muc";

/** Who was in the room when the recording began: `Nick affiliation role`. */
export type Insiders = readonly string[];

/** What the rooms of these servers say that they can. */
const FEATURES: Readonly<Record<Server, readonly string[]>> = {
  prosody: ["urn:xmpp:occupant-id:0"],
  ejabberd: [],
};

/** How a recording is played. */
export interface Play {
  readonly server: Server;
  readonly lines: readonly Line[];
  readonly who: string;
  readonly insiders: Insiders;
}

/** An invitation as a line. */
function describeInvitation(invitation: Invitation): string {
  const { mode, proof, room, inviter, password, reason, thread, delayed } = invitation;
  const by = inviter === null ? "somebody" : inviter.toString();
  const said = [
    password === null ? "" : ` password ${password}`,
    reason === null ? "" : ` ${JSON.stringify(reason)}`,
    thread === null ? "" : ` thread ${thread}`,
    delayed ? ` since ${invitation.receivedAt.toISOString().slice(0, 19)}` : "",
  ];
  return `invitation ${mode} to ${room.toString()} by ${by} (${proof})${said.join("")}`;
}

/** Plays one participant, and remembers what its client told. */
export class Player {
  readonly told: string[] = [];
  readonly #stage: Stage;
  readonly #play: Play;
  /** Ids of the presences that the participant sent, and those of our own that stand for them. */
  readonly #ids = new Map<string, string>();
  #room: Room | null = null;
  #step: string | null = null;

  constructor(play: Play) {
    this.#play = play;
    const address = play.lines.flatMap((line) =>
      line.kind === "recv" && line.who === play.who ? (line.stanza.attrs["to"] ?? []) : [],
    );
    this.#stage = new Stage({ jid: address.find((to) => to.includes("/")) ?? "someone@localhost/lab" });
    this.#stage.client.on("roomAdded", ({ room }) => this.#watch(room));
    this.#stage.client.on("invitation", (event) => this.#tell(describeInvitation(event)));
    this.#stage.client.on("invitationDeclined", ({ room, from, reason }) =>
      this.#tell(`declined ${room.local ?? ""} by ${from.toString()}: ${reason ?? "-"}`),
    );
    this.#stage.client.on("diagnostic", ({ code }) => this.#tell(`! ${code}`));
  }

  #tell(line: string): void {
    if (this.#step !== null) this.told.push(`- ${this.#step}`);
    this.#step = null;
    this.told.push(`  ${line}`);
  }

  #watch(room: Room): void {
    this.#room = room;
    for (const type of EVENTS) room.on(type, (event) => this.#tell(describeEvent(event)));
  }

  /** Everybody who is in the room at the end, as its client sees it. */
  get nicks(): readonly string[] | null {
    return this.#room?.joined === true && this.#room.state !== "waiting"
      ? this.#room.occupants.map(({ nick }) => nick).toSorted()
      : null;
  }

  /** Plays all of it; resolves with what is to be read. */
  async run(): Promise<string> {
    await this.#begin();
    for (const line of this.#play.lines)
      if (line.kind === "step") this.#step = line.text;
      else if (line.who === this.#play.who)
        if (line.kind === "sent") await this.#sent(line.stanza);
        else await this.#received(line.stanza);
    const room = this.#room;
    if (room === null) return [`== ${this.#play.who}: in no room`, ...this.told].join("\n");
    const there = room.occupants.map((occupant) => `    ${describeOccupant(occupant)}`);
    const end = `  = ${room.state}, subject ${JSON.stringify(room.subject)} by ${room.subjectSetter ?? "-"}`;
    return [`== ${this.#play.who}`, ...this.told, end, ...there].join("\n");
  }

  /** Whoever was in already enters unrecorded. */
  async #begin(): Promise<void> {
    const { insiders, who, lines } = this.#play;
    const known = insiders.map((insider) => insider.split(" "));
    const own = known.find(([nick = ""]) => nick.toLowerCase() === who);
    const room = lines
      .flatMap((line) => (line.kind === "recv" ? [line.stanza.attrs["from"] ?? ""] : []))
      .find((from) => from.includes("@conference."));
    if (own === undefined || room === undefined) return;
    const jid = JID.parse(room).bare().toString();
    await this.#join(jid, own[0] ?? "");
    for (const [nick = "", affiliation = "none", role = "participant"] of known)
      if (nick !== own[0]) this.#stage.receive(presence(nick, { room: jid, item: { affiliation, role } }));
    const [nick = "", affiliation = "none", role = "participant"] = own;
    this.#stage.receive(presence(nick, { room: jid, item: { affiliation, role }, codes: [110] }));
    this.#stage.session.receive(subject().replaceAll(/from="[^"]*"/g, `from="${jid}"`));
    await turn();
    this.told.length = 0;
  }

  async #join(jid: string, nick: string, password?: string): Promise<void> {
    // A room that is out and will come back is not asked for again: its time has come.
    const { clock, client, session } = this.#stage;
    while (client.getRoom(jid)?.state === "waiting") clock.advance(clock.nextInMs ?? 0);
    try {
      client.join(jid, nick, password === undefined ? {} : { password });
    } catch (error) {
      if (!(error instanceof ArgumentError)) throw error;
      // What a bare client could ask for, and ours refuses to.
      return this.#tell(`refused here: ${error.message}`);
    }
    await turn();
    // Those of before that nobody answered, too.
    while (session.sent.some((sent) => sent.getChild("query", DISCO_INFO) !== undefined))
      session.answer(DISCO_INFO, { payload: features(...FEATURES[this.#play.server]) });
  }

  async #sent(stanza: Element): Promise<void> {
    const { to = "", type, id = "" } = stanza.attrs;
    const jid = JID.tryParse(to);
    if (jid === null || jid.local === null || !jid.domain.startsWith("conference.")) return;
    const bare = jid.bare().toString();
    const { client, session } = this.#stage;
    if (stanza.name === "message" && type === "groupchat" && jid.resource === null) {
      const body = stanza.getChildText("body");
      const room = client.getRoom(bare);
      if (stanza.getChild("subject") !== undefined) await room?.setSubject(body ?? "").catch(() => {});
      else await room?.sendMessage({ body: body ?? "", id }).catch(() => {});
    } else if (stanza.name === "message" && type === "chat" && jid.resource !== null)
      await client
        .getRoom(bare)
        ?.sendPrivate(jid.resource, { body: stanza.getChildText("body") ?? "", id })
        .catch(() => {});
    else if (stanza.name === "presence" && type === "unavailable") void client.getRoom(bare)?.leave();
    else if (
      stanza.name === "presence" &&
      type === undefined &&
      stanza.getChild("x", MUC) &&
      jid.resource !== null
    ) {
      await this.#join(bare, jid.resource, stanza.getChild("x", MUC)?.getChildText("password") ?? undefined);
      const ours = session.sentOf("presence").at(-1)?.attrs["id"];
      if (ours !== undefined) this.#ids.set(id, ours);
    }
    await turn();
  }

  /** What became of a connection that was cut (XEP-0198). */
  async #reconnected({ name }: Element): Promise<void> {
    const { session } = this.#stage;
    if (name === "resumed") {
      session.interrupt();
      session.resume();
    } else if (name === "failed") session.lose();
    else if (name === "enabled" && session.state !== "online") session.establish();
    await turn();
  }

  /** What invites us is a room: the recordings are of no other. */
  async #saysWhatItIs(): Promise<void> {
    const { client, session } = this.#stage;
    const isAsked = (iq: Element): boolean =>
      iq.getChild("query", DISCO_INFO) !== undefined && client.getRoom(iq.attrs["to"] ?? "a@b") === undefined;
    const index = session.sent.findIndex(isAsked);
    const [iq] = index < 0 ? [] : session.sent.splice(index, 1);
    if (iq === undefined) return;
    const { to = "", id = "" } = iq.attrs;
    session.receive(`<iq type="result" id="${id}" from="${to}">${features(MUC)}</iq>`);
    await turn();
  }

  async #received(stanza: Element): Promise<void> {
    if (stanza.xmlns === STREAM_MANAGEMENT) return this.#reconnected(stanza);
    if (stanza.name !== "message" && stanza.name !== "presence") return;
    const id = this.#ids.get(stanza.attrs["id"] ?? "");
    const { name, xmlns, attrs, children } = stanza;
    this.#stage.session.receive(
      id === undefined
        ? stanza
        : new Element(name, xmlns, Object.assign(Object.create(null), attrs, { id }), children),
    );
    await turn();
    await this.#saysWhatItIs();
    // A room that was made is opened: the recording shows that the server agreed.
    if (
      this.#stage.session.sent.some((sent) => sent.getChild("query", "http://jabber.org/protocol/muc#owner"))
    )
      this.#stage.session.answer("http://jabber.org/protocol/muc#owner");
  }
}
