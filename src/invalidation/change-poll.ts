/**
 * Polls the table cache_change for new changes while no push channel is open. Transactions do not commit in the order in
 * which they begin, so a counter cannot tell which rows are new: a poll remembers the oldest transaction still running; the
 * next poll reads from that transaction on and skips the rows that were seen before.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Migrated } from '../database/migrated.js';
import { Statements } from '../database/statements.js';
import { POLL } from './cache-change.statements.js';
import { CHANGE_KINDS } from './change.js';
import { InvalidationMetrics } from './invalidation-metrics.js';
import { Invalidation } from './invalidation.js';

const EVERY_MS = 500;
/** More changes than this are not delivered one by one: all caches are cleared instead. */
export const MOST_ROWS = 5_000;

interface Row {
  oldest: string;
  xact: string | null;
  kind: string;
  id: string;
}

@Injectable()
export class ChangePoll {
  private stopped: AbortController | undefined;
  /** The transaction to read from; undefined: changes until now may have been missed. */
  private from: string | undefined;
  private seen = new Set<string>();

  constructor(
    private readonly statements: Statements,
    private readonly migrated: Migrated,
    private readonly invalidation: Invalidation,
    private readonly metrics: InvalidationMetrics,
  ) {}

  start(): void {
    if (this.stopped) return;
    this.stopped = new AbortController();
    this.from = undefined;
    void this.run(this.stopped.signal);
  }

  stop(): void {
    this.stopped?.abort();
    this.stopped = undefined;
  }

  private async run(signal: AbortSignal): Promise<void> {
    await this.migrated.whenReady;
    while (!signal.aborted) {
      await this.poll(signal);
      await sleep(EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  private async poll(signal: AbortSignal): Promise<void> {
    try {
      const rows = await this.statements.run<Row>(POLL, [this.from ?? null, MOST_ROWS + 1]);
      if (!signal.aborted) this.take(rows);
    } catch {
      this.from = undefined; // the next poll that succeeds clears all caches
    }
  }

  private take(rows: readonly Row[]): void {
    const tooMany = rows.length > MOST_ROWS;
    const oldest = rows[0]?.oldest;
    if (this.from === undefined || tooMany || isBefore(oldest, this.from)) this.invalidation.deliverAll();
    this.from = oldest;
    const seen = new Set<string>();
    for (const { xact, kind, id } of tooMany ? [] : rows) {
      const known = CHANGE_KINDS.find((one) => one === kind);
      if (xact === null || !known) continue;
      const mark = `${xact} ${kind} ${id}`;
      seen.add(mark);
      if (this.seen.has(mark)) continue;
      this.invalidation.deliver({ kind: known, id });
      this.metrics.received('poll', known);
    }
    this.seen = seen;
  }
}

/** It never decreases in one database: a smaller one means another database, restored or promoted, with its own count. */
function isBefore(oldest: string | undefined, from: string): boolean {
  return oldest !== undefined && BigInt(oldest) < BigInt(from);
}
