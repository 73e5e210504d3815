// The parts of @xmpp/client that the benchmark uses.
declare module "@xmpp/client" {
  interface XmlElement {
    readonly name: string;
    readonly attrs: Record<string, string | undefined>;
    getChildText(name: string): string | null;
  }
  type Authenticate = (
    credentials: { username: string; password: string },
    mechanism: string,
  ) => Promise<void>;
  interface Entity {
    on(event: "error", listener: (error: unknown) => void): void;
    on(event: "stanza", listener: (stanza: XmlElement) => void): void;
    start(): Promise<unknown>;
    stop(): Promise<unknown>;
    send(element: unknown): Promise<void>;
  }
  export function client(options: {
    service: string;
    domain: string;
    credentials: (authenticate: Authenticate) => Promise<void>;
  }): Entity;
  export function xml(name: string, attrs: Record<string, string>, ...children: unknown[]): unknown;
}
