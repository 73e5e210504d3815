/** Namespaces of rooms and of what is said in them. */
export const NS = {
  muc: "http://jabber.org/protocol/muc",
  user: "http://jabber.org/protocol/muc#user",
  admin: "http://jabber.org/protocol/muc#admin",
  owner: "http://jabber.org/protocol/muc#owner",
  discoInfo: "http://jabber.org/protocol/disco#info",
  delay: "urn:xmpp:delay",
  stanzaId: "urn:xmpp:sid:0",
  occupantId: "urn:xmpp:occupant-id:0",
  replace: "urn:xmpp:message-correct:0",
  reply: "urn:xmpp:reply:0",
  fallback: "urn:xmpp:fallback:0",
} as const;
