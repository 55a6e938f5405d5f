/** Counts the operations of the flow store, their duration and their failures. */
import type { OnApplicationShutdown } from '@nestjs/common';
import type { FlowStore, Pace, StoredCount, StoredFlow, StoredRecord } from './flow-store.js';

type FlowOperation = keyof FlowStore;

/** Numbers of one operation since the start of the process. */
export interface FlowTally {
  /** Including the failed ones. */
  total: number;
  failed: number;
  seconds: number;
}

export class CountedFlowStore implements FlowStore, OnApplicationShutdown {
  readonly tallies = new Map<FlowOperation, FlowTally>();

  constructor(private readonly store: FlowStore & Partial<OnApplicationShutdown>) {}

  put(key: Buffer, value: Buffer, keepForMs: number): Promise<void> {
    return this.tallied('put', () => this.store.put(key, value, keepForMs));
  }

  get(key: Buffer): Promise<StoredFlow | undefined> {
    return this.tallied('get', () => this.store.get(key));
  }

  transition(key: Buffer, expectedVersion: number, next: Buffer, alsoPut?: StoredRecord): Promise<boolean> {
    return this.tallied('transition', () => this.store.transition(key, expectedVersion, next, alsoPut));
  }

  poll(key: Buffer, pace: Pace): Promise<(StoredFlow & { inTime: boolean }) | undefined> {
    return this.tallied('poll', () => this.store.poll(key, pace));
  }

  remove(key: Buffer): Promise<void> {
    return this.tallied('remove', () => this.store.remove(key));
  }

  count(key: Buffer, windowMs: number): Promise<StoredCount> {
    return this.tallied('count', () => this.store.count(key, windowMs));
  }

  counted(key: Buffer): Promise<StoredCount | undefined> {
    return this.tallied('counted', () => this.store.counted(key));
  }

  time(key: Buffer): Promise<number> {
    return this.tallied('time', () => this.store.time(key));
  }

  ping(): Promise<void> {
    return this.tallied('ping', () => this.store.ping());
  }

  onApplicationShutdown(): void {
    this.store.onApplicationShutdown?.();
  }

  private async tallied<Result>(operation: FlowOperation, work: () => Promise<Result>): Promise<Result> {
    let tally = this.tallies.get(operation);
    if (!tally) this.tallies.set(operation, (tally = { total: 0, failed: 0, seconds: 0 }));
    const startedAt = performance.now();
    try {
      return await work();
    } catch (error) {
      tally.failed++;
      throw error;
    } finally {
      tally.total++;
      tally.seconds += (performance.now() - startedAt) / 1_000;
    }
  }
}
