import type { Element } from "../../base/element.js";
import type { ClientSession } from "./client-session.js";
import type { Course, Pass } from "./courses.js";

/** A fault of a network, or of a service, for the stanzas to some clients. */
interface StanzaFault {
  readonly concerns: (session: ClientSession, stanza: Element) => boolean;
  readonly newCourse: () => Course;
  readonly courses: Map<ClientSession, Course>;
}

/**
 * What happens to stanzas between the service and its clients. A stanza goes through all faults that concern it, in the
 * order in which they began; behind them it is counted by stream management, so both sides count the same.
 */
export class StanzaFaults {
  #faults: readonly StanzaFault[] = [];

  /** Whether there are any at present. */
  get any(): boolean {
    return this.#faults.length > 0;
  }

  /** Begins one; what is returned ends it, and lets go what it keeps back. */
  begin(concerns: StanzaFault["concerns"], newCourse: () => Course): () => void {
    const fault: StanzaFault = { concerns, newCourse, courses: new Map() };
    this.#faults = [...this.#faults, fault];
    return () => {
      this.#faults = this.#faults.filter((each) => each !== fault);
      for (const course of fault.courses.values()) course.release();
      fault.courses.clear();
    };
  }

  /** Sends a stanza to a client through what there is. */
  deliver(session: ClientSession, stanza: Element, pass: Pass): void {
    this.#through(this.#faults, session, stanza, pass);
  }

  #through(faults: readonly StanzaFault[], session: ClientSession, stanza: Element, pass: Pass): void {
    const [fault, ...others] = faults;
    if (fault === undefined) return pass(stanza);
    const next: Pass = (each) => this.#through(others, session, each, pass);
    if (!this.#faults.includes(fault) || !fault.concerns(session, stanza)) return next(stanza);
    const course = fault.courses.get(session) ?? fault.newCourse();
    fault.courses.set(session, course);
    course.take(stanza, next);
  }

  /** How many answers to requests of a client were kept back so far. */
  heldAnswers(session: ClientSession): number {
    let held = 0;
    for (const { courses } of this.#faults) held += courses.get(session)?.heldAnswers ?? 0;
    return held;
  }

  /** A session is over: what was on its way to it never arrives. */
  forget(session: ClientSession): void {
    for (const { courses } of this.#faults) {
      courses.get(session)?.drop();
      courses.delete(session);
    }
  }

  /** Ends all; what they keep back never arrives. */
  close(): void {
    for (const { courses } of this.#faults) for (const course of courses.values()) course.drop();
    this.#faults = [];
  }
}
