/**
 * Use marks: a value that may be used once (the `jti` of an assertion) leaves a mark until it expires. PostgreSQL's
 * primary key decides, so that of many simultaneous uses, on any replica, one is the first.
 */
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { sha256 } from '../crypto/digest.js';
import { Buckets } from './bucket-partitions.js';
import { bucketOf, possibleBuckets } from './buckets.js';
import { decided, repeated } from './decided.js';
import { isMissingPartition } from './sql-state.js';
import { type Statement, Statements } from './statements.js';
import { CLAIM, READ_CLAIM, SPEND } from './use-mark.statements.js';

/** Clocks of replicas may differ by this much. */
const CLOCK_MARGIN_MS = 3_600_000;
/** A mark lasts at most this long, whatever expiry the value claims. */
const LONGEST_MS = 100 * 365 * 86_400_000;

/** A value that may be used once. Neither it nor its purpose is stored: only their digest is. */
interface UsedValue {
  /** Separates values of different kinds. */
  purpose: string;
  value: string;
  expiresAt: Date;
  /** Digests of marks with another form, which count as marks of this value. */
  otherMarks?: readonly Buffer[];
}

/** The mark of a value whose bucket does not depend on the moment: another statement may insert it along with its own work. */
export interface UseMark {
  bucket: number;
  digest: Buffer;
  /** Of one request, which may send the statement several times. */
  claimant: string;
}

/**
 * The mark of a value that expires within 45 days: the bucket is the day of its expiry.
 * @param expiresAt the same for every use of the value
 */
export function useMarkOf({ purpose, value, expiresAt }: Omit<UsedValue, 'otherMarks'>, now: Date): UseMark {
  return { bucket: bucketOf(expiresAt, now), digest: digestOf(purpose, value), claimant: randomUUID() };
}

@Injectable()
export class UseMarks {
  constructor(
    private readonly statements: Statements,
    private readonly buckets: Buckets,
  ) {}

  /** True for the first caller with this value, false for every later one until it expires. */
  async claim({ purpose, value, expiresAt, otherMarks = [] }: UsedValue, now: Date): Promise<boolean> {
    const expiry = new Date(Math.min(expiresAt.getTime(), now.getTime() + LONGEST_MS));
    const marked = bucketsToMark(expiry, now);
    const digest = digestOf(purpose, value);
    const claimant = randomUUID();
    const isWhole = (marks: number): boolean => marks === marked.length;
    const marks = await decided({
      send: () => this.insert(marked, [marked, digest, possibleBuckets(expiry), claimant, [digest, ...otherMarks]]),
      isDone: isWhole,
      readBack: async () => {
        const found = await this.count(READ_CLAIM, [marked, digest, claimant]);
        return isWhole(found) ? found : undefined;
      },
    });
    return isWhole(marks);
  }

  /** Spends a mark for which no other statement is due. True for the first request with its value. */
  async spend({ bucket, digest, claimant }: UseMark): Promise<boolean> {
    const insert = (): Promise<number> => this.inBuckets([bucket], () => this.count(SPEND, [bucket, digest, claimant]));
    return (await repeated(insert)) === 1;
  }

  private insert(marked: number[], values: unknown[]): Promise<number> {
    return this.inBuckets(marked, () => this.count(CLAIM, values));
  }

  private async inBuckets<T>(marked: number[], insert: () => Promise<T>): Promise<T> {
    try {
      return await insert();
    } catch (error) {
      if (!isMissingPartition(error)) throw error;
      for (const bucket of marked) await this.buckets.ensure('use_mark', bucket);
      return insert();
    }
  }

  private async count(statement: Statement, values: unknown[]): Promise<number> {
    return (await this.statements.run(statement, values)).length;
  }
}

function digestOf(purpose: string, value: string): Buffer {
  return sha256(`${purpose}\u0000${value}`);
}

/**
 * The bucket of an expiry changes once it is within 45 days. Two uses around that moment, on clocks that differ, still
 * meet: both mark the bucket before and the one after it.
 */
export function bucketsToMark(expiry: Date, now: Date): number[] {
  const at = (offset: number): number => bucketOf(expiry, new Date(now.getTime() + offset));
  return [...new Set([at(-CLOCK_MARGIN_MS), at(CLOCK_MARGIN_MS)])].sort((a, b) => a - b);
}
