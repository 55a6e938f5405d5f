/**
 * Asks the table cache_change what was written since the last time, while no channel brings it. Transactions commit in
 * another order than they begin, so that no counter tells what is new: a poll notes the oldest transaction still under
 * way, and the next one asks from there on and passes over what it has seen.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Migrated } from '../database/migrated.js';
import { type Statement, Statements } from '../database/statements.js';
import { CHANGE_KINDS } from './change.js';
import { InvalidationMetrics } from './invalidation-metrics.js';
import { Invalidation } from './invalidation.js';

const EVERY_MS = 500;

/** 1 the transaction to begin at; null: only the present one is asked for. */
const POLL: Statement = {
  name: 'invalidation_poll',
  text: `
select pg_snapshot_xmin(pg_current_snapshot())::text as oldest, change.xact::text as xact, change.kind, change.id
from (select) one left join cache_change change on change.xact >= $1::xid8`,
};

interface Row {
  oldest: string;
  xact: string | null;
  kind: string;
  id: string;
}

@Injectable()
export class ChangePoll {
  private stopped: AbortController | undefined;
  /** Undefined: what happened until now is not known. */
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
      const rows = await this.statements.run<Row>(POLL, [this.from ?? null]);
      if (!signal.aborted) this.take(rows);
    } catch {
      this.from = undefined; // not now: once it works again, everything is forgotten
    }
  }

  private take(rows: readonly Row[]): void {
    if (this.from === undefined) this.invalidation.deliverAll();
    this.from = rows[0]?.oldest;
    const seen = new Set<string>();
    for (const { xact, kind, id } of rows) {
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
