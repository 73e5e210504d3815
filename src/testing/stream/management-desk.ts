import { xml, type Element } from "../../base/element.js";
import type { ClientSession } from "../host/client-session.js";
import type { Host } from "../host/host.js";
import { readCount, smFailed, type ServerManagement } from "../host/server-management.js";
import { NS } from "../wire/namespaces.js";
import type { ClientStream } from "./client-stream.js";

/** Takes what a bound client says about stream management (XEP-0198 §3, §4). */
export class ManagementDesk {
  readonly #stream: ClientStream;
  readonly #host: Host;

  constructor(stream: ClientStream, host: Host) {
    this.#stream = stream;
    this.#host = host;
  }

  /** Handles an element of that namespace. */
  element(session: ClientSession, element: Element): void {
    const { management } = session;
    if (element.name === "enable" && management === null) return this.#enable(session, element);
    if (management === null || element.name === "enable" || element.name === "resume")
      return this.#stream.send(smFailed("unexpected-request"));
    if (element.name === "r") return this.#stream.send(management.answer());
    if (element.name === "a") this.#acknowledge(management, element);
  }

  #enable(session: ClientSession, element: Element): void {
    const resume = /^(?:true|1)$/.test(element.attrs["resume"] ?? "");
    const { id } = this.#host.manage(session, resume);
    const how = id === null ? {} : { id, resume: "true", max: this.#host.resumeTimeoutSeconds };
    this.#stream.send(xml("enabled", { xmlns: NS.sm, ...how }));
  }

  /** Both servers end the stream for a count that is too high; for one that goes back only Prosody does. */
  #acknowledge(management: ServerManagement, element: Element): void {
    const h = readCount(element);
    const fault = h === null ? null : management.acknowledge(h);
    if (fault === null) return;
    const text =
      fault === "tooHigh"
        ? "Client acknowledged more stanzas than sent by server"
        : "Client acknowledged less stanzas than already acknowledged";
    this.#stream.fail("undefined-condition", text);
  }
}
