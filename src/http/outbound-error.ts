/**
 * - `address`: no http(s) URL;
 * - `refused`: the guard against private ranges;
 * - `timeout`, `unreachable`: the other side;
 * - `too_large`: its answer is longer than allowed.
 */
export type OutboundReason = 'address' | 'refused' | 'timeout' | 'unreachable' | 'too_large';

export class OutboundError extends Error {
  constructor(
    readonly reason: OutboundReason,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'OutboundError';
  }

  /** Whether another try can end otherwise. */
  get isTransient(): boolean {
    return this.reason === 'timeout' || this.reason === 'unreachable';
  }
}
