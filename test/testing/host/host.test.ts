import { describe, expect, test } from "vitest";

import { xml } from "../../../src/base/element.js";
import { StructuredLogger } from "../../../src/base/logger.js";
import { Inbox } from "../../../src/testing/host/inbox.js";
import { MAX_UNACKNOWLEDGED, ServerManagement } from "../../../src/testing/host/server-management.js";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("the inbox", () => {
  test("does one thing after the other, never at once, and goes on after a failure", async () => {
    const failures: string[] = [];
    const inbox = new Inbox(
      new StructuredLogger({ level: "error", write: ({ text }) => failures.push(text) }),
    );
    const done: string[] = [];
    inbox.post(() => {
      inbox.post(() => done.push("posted meanwhile"));
      done.push("first");
    });
    inbox.post(() => {
      throw new Error("oh");
    });
    inbox.post(() => done.push("last"));
    expect(done).toEqual([]);
    await turn();
    await turn();
    expect(done).toEqual(["first", "last", "posted meanwhile"]);
    expect(failures).toHaveLength(1);
  });

  test("stands still in the middle of its tasks when one of them freezes it", async () => {
    const inbox = new Inbox(new StructuredLogger({ level: "silent", write: () => {} }));
    const done: string[] = [];
    inbox.post(() => inbox.freeze());
    inbox.post(() => done.push("held"));
    await turn();
    inbox.post(() => done.push("behind"));
    await turn();
    expect(done).toEqual([]);
    inbox.thaw();
    await turn();
    expect(done).toEqual(["held", "behind"]);
  });
});

describe("the books of a managed session (XEP-0198 §4)", () => {
  test("ask once until they are answered, and again when too much piles up", () => {
    const books = new ServerManagement("id", () => 0);
    let asked = 0;
    books.onPending = () => asked++;
    const stanza = xml("message");
    for (let count = 0; count <= MAX_UNACKNOWLEDGED; count++) books.sent(stanza);
    expect(asked).toBe(2);
    expect(books.acknowledge(10)).toBeNull();
    expect(asked).toBe(3);
    expect(books.queue).toHaveLength(MAX_UNACKNOWLEDGED - 9);
    expect(books.acknowledge(9)).toBe("tooLow");
    expect(books.acknowledge(MAX_UNACKNOWLEDGED + 2)).toBe("tooHigh");
  });
});
