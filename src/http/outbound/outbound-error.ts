/**
 * - `address`: not an http(s) URL;
 * - `refused`: the address is in a private range;
 * - `timeout`, `unreachable`: the other server did not answer;
 * - `too_large`: its answer is longer than allowed;
 * - `busy`: too many requests of this kind are waiting here.
 */
export type OutboundReason = 'address' | 'refused' | 'timeout' | 'unreachable' | 'too_large' | 'busy';

export class OutboundError extends Error {
  constructor(
    readonly reason: OutboundReason,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'OutboundError';
  }

  /** Whether a retry can succeed. */
  get isTransient(): boolean {
    return this.reason === 'timeout' || this.reason === 'unreachable' || this.reason === 'busy';
  }
}
