/**
 * - `unreachable`: its server did not answer, or has an address that this server does not call;
 * - `bad_answer`: the answer is no 200 with JSON;
 * - `too_large`: it is longer than allowed;
 * - `invalid`: it breaks a rule for documents.
 */
export type RefusedOutcome = 'unreachable' | 'bad_answer' | 'too_large' | 'invalid';

/** The document at a client id cannot be used. The message is for whoever publishes it. */
export class DocumentRefused extends Error {
  constructor(
    readonly outcome: RefusedOutcome,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'DocumentRefused';
  }
}
