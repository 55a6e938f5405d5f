/**
 * Use marks: what may be used once (the `jti` of assertions) leaves a mark until it expires. Decided by PostgreSQL's
 * primary key, so that of many simultaneous uses, on any replica, one is the first.
 */
import { Injectable } from '@nestjs/common';
import { sha256 } from '../crypto/digest.js';
import { Buckets } from './bucket-keeper.js';
import { bucketOf, possibleBuckets } from './buckets.js';
import { isMissingPartition } from './sql-state.js';
import { type Statement, Statements } from './statements.js';

/** Clocks of replicas may differ by this much. */
const CLOCK_MARGIN_MS = 3_600_000;
/** What claims to live longer is remembered this long: beyond it a date has no meaning here. */
const LONGEST_MS = 100 * 365 * 86_400_000;

/** $1 buckets to mark, $2 digest, $3 buckets in which an earlier mark can lie. */
const CLAIM: Statement = {
  name: 'use_mark_claim',
  text: `
insert into use_mark (bucket, digest)
select marked, $2 from unnest($1::integer[]) marked
where not exists (select from use_mark where bucket = any($3::integer[]) and digest = $2)
on conflict do nothing
returning bucket`,
};

@Injectable()
export class UseMarks {
  constructor(
    private readonly statements: Statements,
    private readonly buckets: Buckets,
  ) {}

  /**
   * True for the first caller with this value, false for every later one until `expiresAt`. `purpose` keeps values of
   * different kinds apart. Neither is stored: only their digest is.
   */
  async claim(purpose: string, value: string, expiresAt: Date, now: Date): Promise<boolean> {
    const expiry = new Date(Math.min(expiresAt.getTime(), now.getTime() + LONGEST_MS));
    const marked = bucketsToMark(expiry, now);
    const values = [marked, sha256(`${purpose}\u0000${value}`), possibleBuckets(expiry)];
    const rows = await this.insert(marked, values);
    return rows.length === marked.length;
  }

  private async insert(marked: number[], values: unknown[]): Promise<{ bucket: number }[]> {
    try {
      return await this.statements.run<{ bucket: number }>(CLAIM, values);
    } catch (error) {
      if (!isMissingPartition(error)) throw error;
      for (const bucket of marked) await this.buckets.ensure('use_mark', bucket);
      return this.statements.run<{ bucket: number }>(CLAIM, values);
    }
  }
}

/**
 * The bucket of an expiry changes once it comes within 45 days. Two uses around that moment, on clocks that differ, still
 * meet: both mark the bucket before and the one after it.
 */
function bucketsToMark(expiry: Date, now: Date): number[] {
  const at = (offset: number): number => bucketOf(expiry, new Date(now.getTime() + offset));
  return [...new Set([at(-CLOCK_MARGIN_MS), at(CLOCK_MARGIN_MS)])].sort((a, b) => a - b);
}
