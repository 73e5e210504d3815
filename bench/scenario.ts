// What is measured of whom. The names of scenarios and clients are the arguments of the processes, too.

/** Who is measured: the first is what the others are compared with. */
export const CLIENTS = {
  bare: "bare @xmpp/client",
  session: "mucwright, a session",
  room: "mucwright, a room",
  handler: "mucwright, a decorated handler",
} as const;
export type ClientName = keyof typeof CLIENTS;

/** What a client is made to do. */
export type Work = "message" | "presence" | "outbound" | "echo" | "login";

/** One line of work, measured of some clients. */
export interface Scenario {
  readonly what: string;
  readonly work: Work;
  /** Whether the server offers stream management (XEP-0198). All clients use it where it does. */
  readonly managed: boolean;
  /** Messages, presences or log-ins of one run. */
  readonly count: number;
  readonly clients: readonly ClientName[];
}

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  message: {
    what: "a message received",
    work: "message",
    managed: true,
    count: 25_000,
    clients: ["bare", "session", "handler"],
  },
  "message-unmanaged": {
    what: "a message received, without stream management",
    work: "message",
    managed: false,
    count: 12_000,
    clients: ["bare", "session"],
  },
  presence: {
    what: "a presence received",
    work: "presence",
    managed: true,
    count: 25_000,
    clients: ["bare", "session", "room"],
  },
  "presence-unmanaged": {
    what: "a presence received, without stream management",
    work: "presence",
    managed: false,
    count: 12_000,
    clients: ["bare", "session"],
  },
  outbound: {
    what: "a message sent",
    work: "outbound",
    managed: true,
    count: 8_000,
    clients: ["bare", "session", "room"],
  },
  echo: {
    what: "an answer, at 200 messages a second",
    work: "echo",
    managed: true,
    count: 400,
    clients: ["bare", "session", "handler"],
  },
  login: {
    what: "a log-in, SCRAM-SHA-1 with 10,000 iterations",
    work: "login",
    managed: true,
    count: 2,
    clients: ["bare", "session"],
  },
};
