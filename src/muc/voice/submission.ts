import { ArgumentError, DecidedError } from "../../base/errors.js";
import { VoiceRequestForm } from "../forms/voice-request-form.js";
import { Deferred } from "../room/deferred.js";

let end: (submission: Submission, why: string) => void;

/**
 * The one answer to a request for voice. The first form that is submitted is sent, and no other: several handlers may
 * have the same request.
 */
export class Submission {
  readonly #send: (form: VoiceRequestForm) => Promise<void>;
  readonly #answered = new Deferred<VoiceRequestForm>();
  #over: string | null = null;

  static {
    end = (submission, why) => {
      if (submission.#over !== null) return;
      submission.#over = why;
      submission.#answered.reject(new DecidedError(`Nobody answered this request: ${why}`));
    };
  }

  /** Made by the room. */
  constructor(send: (form: VoiceRequestForm) => Promise<void>) {
    this.#send = send;
  }

  /** Whether it was answered, or nothing can come of an answer any more. */
  get done(): boolean {
    return this.#over !== null;
  }

  /**
   * The form that was submitted. Rejects with `DecidedError` where the request was over before anybody did. Need not be
   * awaited.
   */
  get promise(): Promise<VoiceRequestForm> {
    return this.#answered.promise;
  }

  /**
   * Sends an answer: the form of the request, with `requestAllow` set. Resolves when it is handed to the stream. Rejects
   * with `ArgumentError` for what says neither yes nor no, with `DecidedError` where it was answered before or is over,
   * and with what the session says where it could not be sent. Need not be awaited.
   */
  submit(form: VoiceRequestForm): Promise<void> {
    const submitted = this.#submit(form);
    submitted.catch(() => {});
    return submitted;
  }

  async #submit(form: VoiceRequestForm): Promise<void> {
    if (!(form instanceof VoiceRequestForm) || form.requestAllow === null)
      throw new ArgumentError("Submit the form of the request, with requestAllow set to true or false");
    if (this.#over !== null)
      throw new DecidedError(
        `This request is over (${this.#over}): look at \`decided\`, or \`submission.done\`, first`,
      );
    this.#over = form.requestAllow ? "it was approved" : "it was denied";
    this.#answered.resolve(form);
    await this.#send(form);
  }
}

/** Nobody answers any more. Not part of the package's surface. */
export function endSubmission(submission: Submission, why: string): void {
  end(submission, why);
}
