// What a client on Node has to get right, each shown twice: that a session of ours does, and that the test can fail,
// since a bare @xmpp/client does not.
import { beforeAll, describe, expect, it } from "vitest";

import { BUILD_TIMEOUT_MS, ensureBuilt } from "../../support/build.js";
import { SASL_PLAIN, ScriptedPeer, type Conversation, type Script } from "../../support/scripted-peer.js";
import { Subject, type Which } from "./subject.js";

const SM = "xmlns='urn:xmpp:sm:3'";
const SASL = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'";

/** Online, with stream management. */
const managed = async (peer: Conversation, after = ""): Promise<void> => {
  await peer.login();
  await peer.bind();
  await peer.enable("sm1", after);
};
const next: Script = (peer) => managed(peer);

/** What a test has at hand. */
interface Scene {
  readonly subject: Subject;
  readonly peer: ScriptedPeer;
}

interface Pitfall {
  readonly rule: string;
  /** What the server does, connection by connection; by default the client gets online. */
  readonly scripts?: readonly Script[];
  readonly mode?: string;
  /** Whether the rule is kept. The client has been told to start. */
  readonly kept: (scene: Scene) => Promise<boolean>;
}

const online = ({ subject }: Scene): Promise<boolean> => subject.comes(() => subject.count("online") > 0);
const connections = ({ subject, peer }: Scene, count: number): Promise<boolean> =>
  subject.comes(() => peer.conversations.length >= count);
const got = ({ subject }: Scene, body: string): Promise<boolean> =>
  subject.comes(() => subject.values("message").includes(body));
const received = ({ subject, peer }: Scene, pattern: RegExp, number = 1): Promise<boolean> =>
  subject.comes(() => pattern.test(peer.conversations[number - 1]?.received ?? ""));

/** A message that comes in pieces, most of which end within a character: each is read before the next one is sent. */
async function sendInPieces({ subject, peer }: Scene, body: string): Promise<void> {
  const conversation = await peer.connection(1);
  await conversation.scripted;
  subject.do("tell of reads");
  const bytes = Buffer.from(`<message><body>${body}</body></message>`);
  for (let at = 0; at < bytes.length; at += 40) {
    conversation.send(bytes.subarray(at, at + 40));
    const sent = String(conversation.socket.bytesWritten);
    await subject.comes(() => subject.values("read").at(-1) === sent);
  }
}

/** A room with so many occupants, each of whom comes with 16 KB of other things. */
async function sendRoom(peer: Conversation, occupants: number): Promise<void> {
  const room = "room@rooms.example.org";
  const user = "<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant'/>";
  const say = (body: string): string =>
    `<message from='${room}/bot' type='groupchat'><body>${body}</body></message>`;
  peer.send(`<presence from='${room}/bot'>${user}<status code='110'/></x></presence>`);
  peer.send(`<message from='${room}' type='groupchat'><subject/></message>`, say("begin"));
  for (let at = 0; at < occupants; at++) {
    const from = `${room}/an occupant with a rather long nick, number ${at}`;
    peer.send(`<presence from='${from}'>${user}</x></presence>`, say("x".repeat(16_000)));
    await new Promise((resolve) => setImmediate(resolve));
  }
  peer.send(say("end"));
}

const TEXT = "日本語\u{1F600}".repeat(200);

const PITFALLS: Readonly<Record<string, Pitfall>> = {
  "1a": {
    rule: "a connection that is reset before the stream opens is tried again",
    scripts: [(peer) => peer.expect(/<stream:stream/).then(() => peer.reset()), next],
    kept: online,
  },
  "1b": {
    rule: "bytes behind the end of a stream end nothing else",
    scripts: [(peer) => managed(peer).then(() => peer.send("</stream:stream><message/>")), next],
    kept: async (scene) => (await connections(scene, 2)) && scene.subject.alive,
  },
  "1c": {
    rule: "a stanza with a sender that is none does not stop the next one",
    scripts: [
      async (peer) => {
        await managed(peer);
        peer.send("<message from='@'><body>bad</body></message><message><body>next</body></message>");
      },
    ],
    kept: (scene) => got(scene, "next"),
  },
  "2a": {
    rule: "what came before stream management is not counted, and what comes right behind it is",
    scripts: [
      async (peer) => {
        await peer.login();
        await peer.bind();
        await peer.expect(/<enable [^>]*\/>/);
        peer.send(`<presence/><presence/><enabled ${SM} id='1' resume='true'/><presence/><r ${SM}/>`);
      },
    ],
    kept: (scene) => received(scene, /<a [^>]*h="1"/),
  },
  "2b": {
    rule: "answers to requests are counted",
    scripts: [
      async (peer) => {
        await managed(peer);
        const [, id = ""] = await peer.expect(/<iq [^>]*id="([^"]*)"[^>]*><query/);
        peer.send(`<iq type='result' id='${id}' from='friend@example.org'/><r ${SM}/>`);
      },
    ],
    kept: async (scene) => {
      await online(scene);
      scene.subject.do("ask");
      return received(scene, /<a [^>]*h="1"/);
    },
  },
  "3": {
    rule: "characters survive being cut in two",
    kept: async (scene) => {
      await sendInPieces(scene, TEXT);
      expect(await scene.subject.comes(() => scene.subject.count("message") > 0)).toBe(true);
      return scene.subject.values("message")[0] === TEXT;
    },
  },
  "4": {
    rule: "a log-in that fails for a moment is tried again",
    scripts: [
      async (peer) => {
        await peer.open(SASL_PLAIN);
        await peer.expect(/<auth /);
        peer.send(`<failure ${SASL}><temporary-auth-failure/></failure>`);
      },
      next,
    ],
    kept: (scene) => connections(scene, 2),
  },
  "5": {
    rule: "an attempt that was cut off does nothing on the next connection",
    scripts: [
      (peer) => managed(peer).then(() => peer.reset()),
      ...[1, 2].map<Script>(() => async (peer) => {
        await peer.login();
        await peer.expect(/<resume /);
        peer.reset();
      }),
      async (peer) => {
        await peer.login();
        await peer.expect(/<resume /);
        peer.send(`<failed ${SM}/>`);
        await peer.bind();
        await peer.enable();
        // What is there twice has come by then.
        peer.send(`<r ${SM}/>`);
      },
    ],
    kept: async (scene) => {
      const answered = await received(scene, /<a [^>]*h=/, 4);
      return answered && scene.peer.conversations[3]?.received.match(/<bind /g)?.length === 1;
    },
  },
  "6": {
    rule: "an answer counts only from whom was asked",
    scripts: [
      async (peer) => {
        await managed(peer);
        const [, id = ""] = await peer.expect(/<iq [^>]*id="([^"]*)"[^>]*><query/);
        for (const by of ["stranger", "friend"])
          peer.send(`<iq type='result' id='${id}' from='${by}@example.org'><query by='${by}'/></iq>`);
      },
    ],
    kept: async (scene) => {
      await online(scene);
      scene.subject.do("ask");
      await scene.subject.comes(() => scene.subject.count("answer") > 0);
      return scene.subject.values("answer")[0] === "friend";
    },
  },
  "7": {
    rule: "an acknowledgement is asked for, however much is sent meanwhile",
    kept: async (scene) => {
      await online(scene);
      scene.subject.do("send all the while");
      await received(scene, /message 59\b/);
      return /message 3\b[^]*<r [^]*message 59\b/.test(scene.peer.conversations[0]?.received ?? "");
    },
  },
  "8": {
    rule: "a character that XML forbids is not sent",
    kept: async (scene) => {
      await online(scene);
      scene.subject.do("send", "a\u0001b");
      return received(scene, /<body>ab<\/body>/);
    },
  },
  "9": {
    rule: "what is sent again after a resumption is sent as it was",
    scripts: [
      async (peer) => {
        await managed(peer);
        await peer.expect(/<message [^]*<\/message>/);
        peer.reset();
      },
      (peer) => peer.resume("sm1", 0).then(() => {}),
    ],
    kept: async (scene) => {
      await online(scene);
      scene.subject.do("send", "again");
      const sent = await received(scene, /<message [^]*<\/message>/, 2);
      return sent && !/<delay/.test(scene.peer.conversations[1]?.received ?? "");
    },
  },
  "10": {
    rule: "a server that does not prove that it knows the password is not believed",
    scripts: [
      async (peer) => {
        await peer.open(`<mechanisms ${SASL}><mechanism>SCRAM-SHA-1</mechanism></mechanisms>`);
        const [, first = ""] = await peer.expect(/<auth [^>]*>([^<]*)</);
        const nonce = /r=(.*)/.exec(Buffer.from(first, "base64").toString())?.[1] ?? "";
        const challenge = Buffer.from(`r=${nonce}x,s=c2FsdA==,i=4096`).toString("base64");
        peer.send(`<challenge ${SASL}>${challenge}</challenge>`);
        await peer.expect(/<response /);
        const signature = Buffer.from("v=bm90IGl0").toString("base64");
        peer.send(`<success ${SASL}>${signature}</success>`);
      },
    ],
    kept: async ({ subject, peer }) => {
      const headers = (): number => peer.conversations[0]?.received.match(/<stream:stream/g)?.length ?? 0;
      await subject.comes(() => headers() > 1 || subject.count("failed") > 0);
      return headers() === 1 && subject.values("failed")[0] === "credentials";
    },
  },
  "11": {
    rule: "what is small is sent at once (TCP_NODELAY)",
    kept: async (scene) => {
      await online(scene);
      return scene.subject.values("noDelay").includes("true");
    },
  },
  "12": {
    rule: "what is kept of a stanza does not keep all that came with it",
    scripts: [
      async (peer) => {
        await managed(peer);
        await peer.expect(/<presence [^>]*to="room@rooms.example.org\/bot"/);
        await sendRoom(peer, 500);
      },
    ],
    kept: async (scene) => {
      await online(scene);
      scene.subject.do("keep");
      await scene.subject.comes(() => scene.subject.count("bytes each") > 0);
      const [bytes] = scene.subject.values("bytes each");
      return bytes !== undefined && Number(bytes) < 4_000;
    },
  },
  "13": {
    rule: "an element that is nested very deeply can be met, and does not stop the next one",
    scripts: [
      async (peer) => {
        await managed(peer);
        peer.send(
          `<message>${"<a>".repeat(20_000)}${"</a>".repeat(20_000)}</message><message><body>next</body></message>`,
        );
      },
    ],
    kept: (scene) => got(scene, "next"),
  },
  "14": {
    rule: "an answer is known before what came behind it is handled",
    scripts: [
      async (peer) => {
        await managed(peer);
        const [, id = ""] = await peer.expect(/<iq [^>]*id="([^"]*)"[^>]*><query/);
        peer.send(
          `<iq type='result' id='${id}' from='friend@example.org'/><message><body>behind</body></message>`,
        );
      },
    ],
    kept: async (scene) => {
      await online(scene);
      scene.subject.do("ask");
      await scene.subject.comes(() => scene.subject.count("message") + scene.subject.count("answer") === 2);
      const order = scene.subject.events.map(({ event }) => event);
      return order.indexOf("answer") < order.indexOf("message");
    },
  },
  "15": {
    rule: "what is sent without a connection fails with an error that says so",
    mode: "offline",
    scripts: [(peer) => peer.expect(/never/).then(() => {})],
    kept: async ({ subject }) => {
      subject.do("send", "too early");
      await subject.comes(() => subject.count("failed") > 0);
      return subject.values("failed")[0] === "closed";
    },
  },
  "16a": {
    rule: "addresses are compared after preparation",
    kept: async ({ subject }) => {
      subject.do("addresses");
      await subject.comes(() => subject.count("addresses") > 0);
      return subject.values("addresses")[0] === "true,true,true";
    },
  },
  "16b": {
    rule: "attributes that are handed over stay as they are",
    kept: async ({ subject }) => {
      subject.do("attributes");
      await subject.comes(() => subject.count("attributes") + subject.count("failed") > 0);
      return subject.values("attributes")[0] === "true";
    },
  },
};

const LISTED = Object.entries(PITFALLS).map(
  ([number, pitfall]) => [`${number}. ${pitfall.rule}`, pitfall] as const,
);

async function check(which: Which, { scripts = [next], mode, kept }: Pitfall): Promise<boolean> {
  const peer = await ScriptedPeer.listen(...scripts);
  const subject = await Subject.make(which, peer.port, mode);
  try {
    subject.do("start");
    return await kept({ subject, peer });
  } finally {
    subject.end();
    await peer.close();
  }
}

beforeAll(ensureBuilt, BUILD_TIMEOUT_MS);

describe.concurrent("a session keeps:", () => {
  it.each(LISTED)("%s", { timeout: 120_000 }, async (_name, pitfall) => {
    expect(await check("mucwright", pitfall)).toBe(true);
  });
});

describe.concurrent("a bare @xmpp/client does not keep:", () => {
  it.each(LISTED)("%s", { timeout: 120_000 }, async (_name, pitfall) => {
    expect(await check("bare", pitfall)).toBe(false);
  });
});
