import type { EventEmitter } from "node:events";

/** An element of @xmpp/xml, as far as it is used here. The library has no types that compile under NodeNext. */
export interface XmlElement {
  readonly name: string;
  readonly attrs: Readonly<Record<string, string | undefined>>;
  getChild(name: string, xmlns?: string): XmlElement | undefined;
}

/** A client of @xmpp/client, as far as it is used here. */
export interface Entity extends EventEmitter {
  readonly jid: { toString(): string } | null;
  readonly reconnect: { stop(): void };
  readonly streamManagement: { readonly enabled: boolean };
  start(): Promise<unknown>;
  stop(): Promise<unknown>;
  send(element: XmlElement): Promise<void>;
}

interface Library {
  readonly client: (options: {
    service: string;
    domain: string;
    resource: string;
    credentials: (
      authenticate: (credentials: { username: string; password: string }, mechanism: string) => Promise<void>,
    ) => Promise<void>;
  }) => Entity;
  readonly xml: (
    name: string,
    attrs?: Record<string, string>,
    ...children: readonly (XmlElement | string)[]
  ) => XmlElement;
}

const name: string = "@xmpp/client";
const library = (await import(name)) as Library;

export const { client, xml } = library;
