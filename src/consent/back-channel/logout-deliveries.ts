/** The outbox of logouts: who is still to be told that a session has ended, and what came of it. Owner of its table. */
import { Injectable } from '@nestjs/common';
import { Statements } from '../../database/statements.js';
import { isUuid } from '../sessions/ids.js';
import {
  CLAIM_DELIVERIES,
  COUNT_PENDING,
  type DeliveryChannel,
  type DeliveryFilter,
  type DeliveryRow,
  type DeliveryState,
  EXPIRE_DELIVERIES,
  listDeliveries,
  SETTLE_DELIVERY,
} from './logout-delivery.statements.js';

const END = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
/** Stands for the identity provider where receivers are named by the keys of clients. */
export const PROVIDER_KEY = '0';
const MOST_EXPIRED = 500;

export interface DeliveryClaim {
  now: Date;
  /** How many at most. */
  limit: number;
  /** Nobody else takes them before. */
  until: Date;
  /** Keys of receivers that have enough to do. */
  busy: string[];
}

export interface DeliveryResult {
  state: DeliveryState;
  /** Of a pending one: the next attempt. */
  nextAttemptAt: Date;
  now: Date;
  /** Status of the answer. */
  status?: number;
  failure?: string;
}

export interface PendingDeliveries {
  channel: DeliveryChannel;
  pending: number;
  oldest: Date;
}

@Injectable()
export class LogoutDeliveries {
  constructor(private readonly statements: Statements) {}

  claim({ now, limit, until, busy }: DeliveryClaim): Promise<DeliveryRow[]> {
    return this.statements.run<DeliveryRow>(CLAIM_DELIVERIES, [now, limit, until, busy]);
  }

  /** False where the lease of the attempt was lost: somebody else has tried since, and their result counts. */
  async settle({ id, attempts }: DeliveryRow, result: DeliveryResult): Promise<boolean> {
    const { state, nextAttemptAt, now, status, failure } = result;
    const finishedAt = state === 'pending' ? null : now;
    const values = [id, attempts, state, nextAttemptAt, finishedAt, status ?? null, failure ?? null];
    return (await this.statements.run(SETTLE_DELIVERY, values)).length > 0;
  }

  /** Gives up those that were made at this time or before and that nobody has in hand. A portion of them. */
  expire(now: Date, madeBefore: Date): Promise<DeliveryRow[]> {
    return this.statements.run<DeliveryRow>(EXPIRE_DELIVERIES, [now, madeBefore, MOST_EXPIRED]);
  }

  pending(): Promise<PendingDeliveries[]> {
    return this.statements.run<PendingDeliveries & Record<string, unknown>>(COUNT_PENDING, []);
  }

  /** A page, newest first; `next` where there are more. */
  async list(
    filter: DeliveryFilter,
    { after = END, size }: { after?: string; size: number },
  ): Promise<{ rows: DeliveryRow[]; next?: string }> {
    if (filter.sessionId !== undefined && !isUuid(filter.sessionId)) return { rows: [] };
    const { statement, filters } = listDeliveries(filter);
    const found = await this.statements.run<DeliveryRow>(statement, [after, size + 1, ...filters]);
    const rows = found.slice(0, size);
    return { rows, next: found.length > size ? rows.at(-1)?.id : undefined };
  }
}
