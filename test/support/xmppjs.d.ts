// The parts of @xmpp/client 0.14.0 that the raw peer uses. It has no types of its own.
declare module "@xmpp/client/index.js" {
  import type { EventEmitter } from "node:events";

  export interface XmlElement {
    readonly name: string;
    readonly attrs: Record<string, string | undefined>;
    readonly children: readonly (XmlElement | string)[];
    is(name: string, xmlns?: string): boolean;
    getNS(): string | undefined;
    getChild(name: string, xmlns?: string): XmlElement | undefined;
    getChildren(name: string, xmlns?: string): XmlElement[];
    getChildText(name: string, xmlns?: string): string | null;
    text(): string;
    toString(): string;
  }

  export interface Entity extends EventEmitter {
    readonly jid: { toString(): string } | null;
    readonly status: string;
    readonly socket: { destroy(): void } | null;
    readonly reconnect: { stop(): void };
    readonly streamManagement: { readonly enabled: boolean };
    readonly parser: object | null;
    _onData(data: Buffer): void;
    connect(service: string): Promise<unknown>;
    open(options: { domain: string }): Promise<unknown>;
    stop(): Promise<unknown>;
    send(element: XmlElement): Promise<void>;
  }

  export function client(options: {
    service: string;
    domain: string;
    resource?: string | undefined;
    timeout?: number;
    credentials: (
      authenticate: (credentials: { username: string; password: string }, mechanism: string) => Promise<void>,
    ) => Promise<void>;
  }): Entity;

  export function xml(
    name: string,
    attrs?: Record<string, string | undefined>,
    ...children: (XmlElement | string | undefined)[]
  ): XmlElement;
}
