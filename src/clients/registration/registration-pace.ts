/**
 * How often each network address registers clients, in this process: with several replicas the limit counts for each.
 * What is kept is bounded: beyond MAX_ADDRESSES the oldest windows are forgotten.
 */
export const WINDOW_SECONDS = 600;
const MAX_ADDRESSES = 10_000;

interface Window {
  endsAt: number;
  count: number;
}

export class RegistrationPace {
  private readonly windows = new Map<string, Window>();

  /** Counts one more. The window begins with the first. @returns 0, or the seconds to wait where the limit is reached */
  take(address: string, limit: number, now: Date): number {
    const window = this.current(address, now.getTime());
    if (window.count >= limit) return Math.ceil((window.endsAt - now.getTime()) / 1000);
    window.count++;
    return 0;
  }

  private current(address: string, now: number): Window {
    const known = this.windows.get(address);
    if (known && known.endsAt > now) return known;
    this.windows.delete(address); // to the end of the order, which is that of the windows' ends
    for (const [oldest, { endsAt }] of this.windows) {
      if (endsAt > now && this.windows.size < MAX_ADDRESSES) break;
      this.windows.delete(oldest);
    }
    const fresh = { endsAt: now + WINDOW_SECONDS * 1000, count: 0 };
    this.windows.set(address, fresh);
    return fresh;
  }
}
