import type { Element } from "../../base/element.js";
import { escapeXml } from "../../base/serialize.js";
import { NS } from "../namespaces.js";

/** How a stream is put onto its transport: what begins and ends it, and what one write may hold. */
export interface Framing {
  /** What begins a stream to this domain. */
  open(domain: string): string;
  /** Whether an element is what the other side begins the stream with. */
  isOpen(element: Element): boolean;
  /** The stream error of this condition (RFC 6120 §4.9). */
  error(condition: string): string;
  /** What ends a stream. */
  readonly close: string;
  /** The writes that carry these pieces of XML, each of them one top-level element or nothing. */
  pack(pieces: readonly string[]): readonly string[];
}

/** One long document (RFC 6120 §4): pieces may be written together. */
export const documentFraming: Framing = {
  open: (domain) =>
    `<?xml version="1.0"?><stream:stream to="${escapeXml(domain)}" version="1.0" xmlns="${NS.client}" xmlns:stream="${NS.streams}">`,
  isOpen: (element) => element.is("stream", NS.streams),
  error: (condition) => `<stream:error><${condition} xmlns="${NS.streamErrors}"/></stream:error>`,
  close: "</stream:stream>",
  pack: (pieces) => [pieces.join("")],
};

/** Each WebSocket message is a document of its own, so that a stanza has to name its namespace (RFC 7395 §3.3.3). */
function frame(piece: string): string {
  const name = /^<(?:message|presence|iq)(?=[\s/>])/.exec(piece)?.[0];
  if (name === undefined || piece.slice(0, piece.indexOf(">")).includes(" xmlns=")) return piece;
  return `${name} xmlns="${NS.client}"${piece.slice(name.length)}`;
}

/** One element a message (RFC 7395 §3.3). */
export const webSocketFraming: Framing = {
  open: (domain) => `<open xmlns="${NS.framing}" to="${escapeXml(domain)}" version="1.0"/>`,
  isOpen: (element) => element.is("open", NS.framing),
  error: (condition) =>
    `<stream:error xmlns:stream="${NS.streams}"><${condition} xmlns="${NS.streamErrors}"/></stream:error>`,
  close: `<close xmlns="${NS.framing}"/>`,
  pack: (pieces) => pieces.filter((piece) => piece !== "").map(frame),
};
