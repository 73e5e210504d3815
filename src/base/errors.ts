/** What every error of this package has in common: a stable `code` to branch on. */
export class MucwrightError extends Error {
  /** Stable, machine-readable; never changes between releases, unlike the message. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** A value was refused before anything was sent: the message names it and says what is wanted. */
export class ArgumentError extends MucwrightError {
  constructor(message: string, options?: ErrorOptions) {
    super("argument", message, options);
  }
}

/** No answer came within the time allowed. The request may still have been carried out. */
export class RequestTimeoutError extends MucwrightError {
  constructor(message: string, options?: ErrorOptions) {
    super("timeout", message, options);
  }
}

/** The room is not joined (any more), so there is nobody to send this to, or to wait for. */
export class NotJoinedError extends MucwrightError {
  constructor(message: string, options?: ErrorOptions) {
    super("notJoined", message, options);
  }
}

/** Too much waits to be said in that room already: nothing of this was sent. */
export class OutboundLimitError extends MucwrightError {
  constructor(message: string, options?: ErrorOptions) {
    super("outboundLimit", message, options);
  }
}

/** It was decided before, by this code or other: nothing more is sent. */
export class DecidedError extends MucwrightError {
  constructor(message: string, options?: ErrorOptions) {
    super("decided", message, options);
  }
}

/** The text of anything thrown, for a log line or another error's message. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
