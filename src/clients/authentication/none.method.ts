import type { RegisteredMethod } from './registered-method.js';

/** RFC 6749 §2.1: a public client only sends its id, in the body or in a Basic header without secret. */
export class None implements RegisteredMethod {
  readonly name = 'none';

  prove(): void {
    // There is nothing to prove.
  }
}
