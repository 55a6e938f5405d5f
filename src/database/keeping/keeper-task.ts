/** Work that one replica does for all, a limited portion at a time. */
export interface KeeperTask {
  /** For the log. */
  readonly name: string;
  /** Does a portion of the work that is due now, and ends early when the signal says so. May be repeated at any time. */
  run(now: Date, signal: AbortSignal): Promise<void>;
}
