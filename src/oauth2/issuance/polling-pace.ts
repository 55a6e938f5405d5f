/** Limits how often a device may poll (RFC 8628 §3.5). */

/** RFC 8628 §3.5: each slow_down adds five seconds. */
const SLOWER_BY = 5;
/** Tolerates fast device clocks and network delays, by at most this time or a quarter of the interval. */
const TOLERANCE_MS = 500;

export interface PollingPace {
  /** The seconds between polls. */
  interval: number;
  /** The last poll in time, in milliseconds since 1970 by the clock of the flow store, which all processes share. */
  polledAt?: number;
}

/**
 * A poll that is too early gets slow_down. It does not restart the interval, so that a device that obeys is served.
 * @param at the time of the poll by the same clock
 */
export function judgePoll({ interval, polledAt }: PollingPace, at: number): { inTime: boolean; pace: PollingPace } {
  const needed = interval * 1000 - Math.min(TOLERANCE_MS, interval * 250);
  const since = at - (polledAt ?? -Infinity);
  const inTime = since >= needed || since < 0; // no poll is refused because the clock was set back
  return { inTime, pace: inTime ? { interval, polledAt: at } : { interval: interval + SLOWER_BY, polledAt } };
}
