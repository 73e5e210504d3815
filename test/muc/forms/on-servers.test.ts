// An owner's configuration, read and changed on both real servers.
import { expect, it } from "vitest";

import { xml } from "../../../src/base/element.js";
import { JID } from "../../../src/base/jid.js";
import { DataForm } from "../../../src/forms/data-form.js";
import { MucClient } from "../../../src/muc/client.js";
import { ConfigurationForm } from "../../../src/muc/forms/configuration-form.js";
import { InfoForm } from "../../../src/muc/forms/info-form.js";
import { Session } from "../../../src/xmpp/session.js";
import { describeOnServers, type Service } from "../../support/services.js";

const NS_OWNER = "http://jabber.org/protocol/muc#owner";
const NS_INFO = "http://jabber.org/protocol/disco#info";

/** A room of our own, and what its owner can ask of it. */
async function ownRoom(service: Service): Promise<{
  read(): Promise<ConfigurationForm>;
  submit(form: DataForm): Promise<void>;
  info(): Promise<InfoForm>;
  [Symbol.asyncDispose](): Promise<void>;
}> {
  const session = new Session({ ...(await service.createAccount("owner")), tls: { required: false } });
  await session.start();
  const room = JID.parse(service.room("configured"));
  await new MucClient(session).join(room.toString(), "owner").entered;
  return {
    async read() {
      const query = await session.iq.get(room, xml("query", { xmlns: NS_OWNER }));
      return ConfigurationForm.parse(query?.getChild("x") ?? xml("none"));
    },
    async submit(form) {
      await session.iq.set(room, xml("query", { xmlns: NS_OWNER }, form.toElement()));
    },
    async info() {
      const query = await session.iq.get(room, xml("query", { xmlns: NS_INFO }));
      return InfoForm.parse(query?.getChild("x") ?? xml("none"));
    },
    [Symbol.asyncDispose]: () => session.stop(),
  };
}

/** What the form holds, without what the service says about it. */
const held = (form: ConfigurationForm): unknown[] =>
  form.data.fields.filter((field) => field.type !== "fixed").map((field) => [field.var, field.values]);

describeOnServers("the configuration of a room", (service) => {
  it("stays as it is when it is submitted as it came", async () => {
    await using room = await ownRoom(service);
    const before = await room.read();
    await room.submit(before.render());
    expect(held(await room.read())).toEqual(held(before));
  });

  it("is changed in what was set, and in nothing else", async () => {
    await using room = await ownRoom(service);
    const form = await room.read();
    const before = held(form);
    form.roomName = `<"Löve" & 'co'>`;
    form.membersOnly = true;
    form.whois = "anyone";
    form.presenceBroadcast = ["moderator", "participant"];
    form.roomSecret = "s3cret";
    if (form.passwordProtectedRoom !== null) form.passwordProtectedRoom = true;
    await room.submit(form.render());
    const after = await room.read();
    expect([after.roomName, after.membersOnly, after.whois, after.roomSecret]).toEqual([
      `<"Löve" & 'co'>`,
      true,
      "anyone",
      "s3cret",
    ]);
    expect(after.presenceBroadcast.toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      "moderator",
      "participant",
    ]);
    const changed = /roomname|membersonly|whois|presencebroadcast|roomsecret|passwordprotected/;
    const others = (fields: unknown[]): unknown[] => fields.filter((field) => !changed.test(String(field)));
    expect(others(held(after))).toEqual(others(before));
  });

  it("loses a text that is taken away, and a switch that is turned off", async () => {
    await using room = await ownRoom(service);
    const form = await room.read();
    form.roomDesc = "for now";
    form.persistentRoom = true;
    await room.submit(form.render());
    const again = await room.read();
    expect([again.roomDesc, again.persistentRoom]).toEqual(["for now", true]);
    again.roomDesc = null;
    again.persistentRoom = false;
    await room.submit(again.render());
    const after = await room.read();
    expect([after.roomDesc ?? "", after.persistentRoom]).toEqual(["", false]);
  });

  it("is changed by a blank form that names one thing", async () => {
    await using room = await ownRoom(service);
    const before = await room.read();
    const form = new ConfigurationForm();
    form.roomDesc = "told to all";
    await room.submit(form.render());
    const wanted = new Map(held(before) as [string, string[]][]).set("muc#roomconfig_roomdesc", [
      "told to all",
    ]);
    expect(held(await room.read())).toEqual([...wanted]);
    expect((await room.info()).description).toBe("told to all");
  });
});
