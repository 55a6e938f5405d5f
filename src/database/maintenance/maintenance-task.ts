import type { DataSource } from 'typeorm';

/** Work that one replica does for all, in limited batches. */
export interface MaintenanceTask {
  /** The name in the log. */
  readonly name: string;
  /** Does one batch of the work that is due now, and ends early when the signal says so. May be repeated at any time. */
  run(now: Date, signal: AbortSignal): Promise<void>;
}

/** How a room wants its tables cleaned up: the maintenance makes the task from it. */
export type CleanUp = (dataSource: DataSource) => MaintenanceTask;

/** The injection token for the rooms' list of CleanUp, in its order. */
export const CLEAN_UP_LIST = Symbol('CleanUp[]');
