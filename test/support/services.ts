import { afterAll, afterEach, beforeAll, describe, inject } from "vitest";

import { EmbeddedService } from "./embedded-service.js";
import { newPlace, openServer } from "./servers/open-server.js";
import type { RealServer, ServerOptions, SharedServer } from "./servers/real-server.js";
import type { Service } from "./service.js";

export type { Account, Service } from "./service.js";
export type { RealServer, ServerOptions, SharedServer } from "./servers/real-server.js";

const START_TIMEOUT_MS = 180_000;

/** Describes the same for each service: what holds on all of them. Tests make their own accounts and rooms. */
export function describeOnServices(name: string, body: (service: Service) => void): void {
  const embedded = new EmbeddedService();
  describe(`${name} [${embedded.name}]`, () => {
    beforeAll(() => embedded.start());
    afterAll(() => embedded.stop());
    body(embedded);
  });
  describeOnServers(name, body);
}

/**
 * Describes the same for each of the real servers. Other test files use the servers at the same time, so a test makes
 * its own accounts and rooms. Where a server is not there, its tests are skipped.
 */
export function describeOnServers(name: string, body: (server: SharedServer) => void): void {
  for (const { place, missing } of inject("realServers"))
    describe.skipIf(missing !== null)(`${name} [${place.name}]`, () => {
      body(openServer(place));
    });
}

/**
 * Describes the same for each of the real servers, with a process that these tests have alone: it may be frozen,
 * killed, restarted. After each test it is put right again. Its start takes a second or two with ejabberd.
 */
export function describeOnOwnServers(
  name: string,
  body: (server: RealServer) => void,
  options: ServerOptions = {},
): void {
  for (const { place: shared, missing } of inject("realServers"))
    describe.skipIf(missing !== null)(`${name} [own ${shared.name}]`, async () => {
      const place =
        missing === null ? await newPlace(shared.name, inject("runFolder"), shared.version, options) : shared;
      const server = openServer(place);
      beforeAll(() => server.start(), START_TIMEOUT_MS);
      afterEach(() => server.heal(), START_TIMEOUT_MS);
      afterAll(() => server.remove(), START_TIMEOUT_MS);
      body(server);
    });
}
