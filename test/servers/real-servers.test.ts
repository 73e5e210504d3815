import { existsSync, readFileSync } from "node:fs";
import { request } from "node:http";

import { expect, it, onTestFinished } from "vitest";

import { RawPeer } from "../support/raw-peer.js";
import { openServer } from "../support/servers/open-server.js";
import type { ServerPlace } from "../support/servers/real-server.js";
import { describeOnOwnServers, describeOnServers, type Account } from "../support/services.js";
import { eventually } from "../support/wait.js";

const DEADLINE_MS = 45_000;

async function connect(account: Account): Promise<RawPeer> {
  const peer = await RawPeer.connect(account);
  onTestFinished(() => peer.stop());
  return peer;
}

async function reflected(peer: RawPeer, room: string, text: string): Promise<void> {
  await eventually(() => peer.messagesIn(room).some(({ body }) => body === text), {
    timeoutMs: DEADLINE_MS,
    what: `the reflection of "${text}"`,
  });
}

function ended(peer: RawPeer): Promise<true> {
  return eventually(() => !peer.online, { timeoutMs: DEADLINE_MS, what: "the end of the stream" });
}

describeOnServers("a real server", (server) => {
  it("makes accounts that log in, each of its own", async () => {
    const [one, two] = [await server.createAccount("twin"), await server.createAccount("twin")];
    expect(one.jid).toMatch(/^twin-\w+@localhost$/);
    expect(two.jid).not.toBe(one.jid);
    const peers = [await connect(one), await connect(two)];
    expect(peers.map(({ jid }) => jid.split("/")[0])).toEqual([one.jid, two.jid]);
    expect(await server.sessions()).toEqual(expect.arrayContaining(peers.map(({ jid }) => jid)));
    expect((await connect(server.admin)).jid).toMatch(/^admin@localhost\//);
  });

  it("deletes accounts", async () => {
    const account = await server.createAccount();
    await server.deleteAccount(account);
    await expect(RawPeer.connect(account)).rejects.toThrow("not-authorized");
  });

  it("reflects what is said in a room, and shows it to newcomers as history", async () => {
    const room = server.room("lobby");
    const alice = await connect(await server.createAccount("alice"));
    await alice.join(room, "alice");
    await alice.openRoom(room);
    await alice.say(room, "hello");
    await reflected(alice, room, "hello");
    expect(await server.rooms()).toContain(room);

    const bob = await connect(await server.createAccount("bob"));
    await bob.join(room, "bob");
    await bob.say(room, "late");
    await reflected(bob, room, "late");
    expect(bob.messagesIn(room)).toEqual([
      { nick: "alice", body: "hello", delayed: true },
      { nick: "bob", body: "late", delayed: false },
    ]);
  });

  it("ends a session, be its client there or not", async () => {
    const account = await server.createAccount();
    const there = await connect(account);
    await server.kickSession(there.jid);
    await ended(there);
    expect(await server.sessions()).not.toContain(there.jid);
    expect(String(there.errors)).toMatch(server.name === "ejabberd" ? /conflict/ : /^/);

    const away = await connect(account);
    away.cut();
    expect(await server.sessions()).toContain(away.jid);
    await server.kickSession(away.jid);
    expect(await server.sessions()).not.toContain(away.jid);
  });

  it("changes and destroys a room", async () => {
    const room = server.room();
    const owner = await connect(await server.createAccount());
    await owner.join(room, "owner");
    await owner.openRoom(room);
    const account = await server.createAccount();
    const guest = await connect(account);

    await server.setRoomOption(room, "members_only", true);
    await expect(guest.join(room, "guest")).rejects.toThrow("registration-required");
    await server.setAffiliation(room, account.jid, "member");
    await guest.join(room, "guest");
    await server.destroyRoom(room, "it is late");
    await guest.waitFor(
      (stanza) => stanza.getChild("x")?.getChild("destroy") !== undefined,
      "the end of the room",
    );
    expect(await server.rooms()).not.toContain(room);
  });

  it("speaks WebSocket at its address", async () => {
    const headers = {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "c29tZXRoaW5nIHJhbmRvbQ==",
      "sec-websocket-protocol": "xmpp",
    };
    const protocol = await new Promise((resolve, reject) => {
      const call = request(server.wsUrl.replace("ws:", "http:"), { headers });
      call.on("upgrade", (response, socket) => {
        socket.destroy();
        resolve(response.headers["sec-websocket-protocol"]);
      });
      call.on("response", ({ statusCode }) => reject(new Error(`no upgrade, but ${String(statusCode)}`)));
      call.on("error", reject);
      call.end();
    });
    expect(protocol).toBe("xmpp");
  });
});

function stateOf(pid: number | null): string | undefined {
  return /\) (\w)/.exec(readFileSync(`/proc/${String(pid)}/stat`, "utf8"))?.[1];
}

describeOnOwnServers("a real server of one's own", (server) => {
  async function inRoom(): Promise<{ account: Account; peer: RawPeer; room: string }> {
    const account = await server.createAccount();
    const [peer, room] = [await connect(account), server.room()];
    await peer.join(room, "me");
    await peer.openRoom(room);
    return { account, peer, room };
  }

  it("is silent while frozen, and then goes on", async () => {
    const { peer, room } = await inRoom();
    server.freeze();
    await eventually(() => stateOf(server.pid) === "T", { timeoutMs: DEADLINE_MS, what: "the freeze" });
    await peer.say(room, "anybody?");
    expect(peer.messagesIn(room)).toEqual([]);
    server.thaw();
    await reflected(peer, room, "anybody?");
    expect(peer.online).toBe(true);
  });

  it("comes back after a crash, on the same port and with its accounts", async () => {
    const { account, peer } = await inRoom();
    const { pid } = server;
    await server.kill();
    expect(server.pid).toBeNull();
    await ended(peer);
    await expect(RawPeer.connect(account)).rejects.toThrow("ECONNREFUSED");
    await server.start();
    expect(server.pid).not.toBe(pid);
    await connect(account);
    await connect(server.admin);
  });

  it("can be stopped while it is frozen, and started again", async () => {
    const account = await server.createAccount();
    server.freeze();
    await server.stop();
    expect(server.pid).toBeNull();
    await server.start();
    await connect(account);
  });

  it("takes its rooms away and brings them back", async () => {
    const { peer, room } = await inRoom();
    await server.mucDown();
    await expect(peer.join(server.room(), "me")).rejects.toThrow("refused");
    const farewells = peer.received.filter((stanza) => stanza.toString().includes('<status code="332"/>'));
    expect(farewells).toHaveLength(server.name === "ejabberd" ? 1 : 0);
    await server.mucUp();
    await peer.join(room, "me");
    await peer.say(room, "back");
    await reflected(peer, room, "back");
  });

  it("is put right again, whatever a test has left behind", async () => {
    await server.mucDown();
    server.freeze();
    await server.heal();
    await inRoom();
    await server.kill();
    await server.heal();
    await inRoom();
    expect(server.pid).not.toBeNull();
  });

  it("can be used from any process that is told its place", async () => {
    const told = JSON.parse(JSON.stringify(server.place)) as ServerPlace;
    const other = openServer(told);
    expect(other.pid).toBe(server.pid);
    const { peer } = await inRoom();
    await other.kickSession(peer.jid);
    await ended(peer);
    await other.stop();
    expect(server.pid).toBeNull();
    await other.start();
    expect(server.pid).toBe(other.pid);
    await connect(await server.createAccount());
  });

  it("leaves nothing behind when it is removed", async () => {
    const { pid } = server;
    await server.remove();
    expect(existsSync(`/proc/${String(pid)}/cmdline`) ? stateOf(pid) : "gone").toMatch(/gone|Z/);
    expect(existsSync(server.place.dir)).toBe(false);
  });
});

describeOnOwnServers(
  "a real server with a short patience",
  (server) => {
    it("forgets sessions whose client does not come back in time", async () => {
      const peer = await connect(await server.createAccount());
      peer.cut();
      expect(await server.sessions()).toEqual([peer.jid]);
      await eventually(async () => (await server.sessions()).length === 0, {
        timeoutMs: DEADLINE_MS,
        what: "the end of the session",
      });
    });
  },
  { resumptionSeconds: 1 },
);
