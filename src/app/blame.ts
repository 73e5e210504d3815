/** Who threw what: nobody reads it off an error that a program hands on. */
const culprits = new WeakMap<object, string>();

/** Remembers what an error came out of. */
export function blame(error: unknown, handler: string): void {
  if (typeof error === "object" && error !== null) culprits.set(error, handler);
}

/** What an error came out of, as it was remembered; null where nothing was. */
export function culpritOf(error: unknown): string | null {
  return typeof error === "object" && error !== null ? (culprits.get(error) ?? null) : null;
}
