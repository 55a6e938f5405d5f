/** The outbox of logout notifications with their results. Owner of the table logout_delivery. */
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, Repository } from 'typeorm';
import { Statements } from '../../database/statements.js';
import { isUuid, MAX_UUID } from '../../protocol/uuid.js';
import { type DeliveryChannel, type DeliveryState, LogoutDeliveryEntity } from './logout-delivery.entity.js';
import { CLAIM_DELIVERIES, type Delivery, EXPIRE_DELIVERIES } from './logout-delivery.statements.js';
import type { OutboxClaim } from './outbox-worker.js';

export interface DeliveryFilter {
  clientId?: string;
  subject?: string;
  sessionId?: string;
  state?: DeliveryState;
}

/** The key of the identity provider in lists of client keys. */
export const PROVIDER_KEY = '0';
const MOST_EXPIRED = 500;

export interface DeliveryResult {
  state: DeliveryState;
  /** The time of the next attempt, if the state is `pending`. */
  nextAttemptAt: Date;
  now: Date;
  /** HTTP status of the response. */
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
  constructor(
    @InjectRepository(LogoutDeliveryEntity) private readonly deliveries: Repository<LogoutDeliveryEntity>,
    private readonly statements: Statements,
  ) {}

  claim({ now, limit, until, busy }: OutboxClaim): Promise<Delivery[]> {
    return this.statements.run<Delivery>(CLAIM_DELIVERIES, [now, limit, until, busy]);
  }

  /** False if the lease has expired and another process has made an attempt since: its result counts. */
  async settle({ id, attempts }: Delivery, result: DeliveryResult): Promise<boolean> {
    const { state, nextAttemptAt, now, status, failure } = result;
    const { affected } = await this.deliveries.update(
      { id, attempts, state: 'pending' },
      {
        ...{ state, nextAttemptAt, finishedAt: state === 'pending' ? null : now },
        ...{ responseStatus: status ?? null, failure: failure ?? null },
      },
    );
    return affected === 1;
  }

  /** Gives up a batch of deliveries that were created at `madeBefore` or earlier and are not under way. */
  expire(now: Date, madeBefore: Date): Promise<Delivery[]> {
    return this.statements.run<Delivery>(EXPIRE_DELIVERIES, [now, madeBefore, MOST_EXPIRED]);
  }

  /** The pending deliveries by channel. */
  pending(): Promise<PendingDeliveries[]> {
    return this.deliveries
      .createQueryBuilder('it')
      .select('it.channel', 'channel')
      .addSelect('count(*)::integer', 'pending')
      .addSelect('min(it.createdAt)', 'oldest')
      .where({ state: 'pending' })
      .groupBy('it.channel')
      .getRawMany<PendingDeliveries>();
  }

  /** A page, newest first; `next` if there are more. */
  async list(
    filter: DeliveryFilter,
    { after = MAX_UUID, size }: { after?: string; size: number },
  ): Promise<{ rows: Delivery[]; next?: string }> {
    const { clientId, subject, sessionId, state } = filter;
    if (sessionId !== undefined && !isUuid(sessionId)) return { rows: [] };
    const query = this.deliveries
      .createQueryBuilder('it')
      .leftJoin('it.client', 'client')
      .addSelect(['client.key', 'client.clientId'])
      .where({ id: LessThan(after) });
    if (clientId !== undefined) query.andWhere('client.clientId = :clientId', { clientId });
    if (subject !== undefined) query.andWhere({ subject });
    if (sessionId !== undefined) query.andWhere({ loginSessionId: sessionId });
    if (state !== undefined) query.andWhere({ state });
    const found = await query
      .orderBy('it.id', 'DESC')
      .limit(size + 1)
      .getMany();
    const rows = found.slice(0, size).map(({ client, ...row }) => ({ ...row, clientId: client?.clientId ?? null }));
    return { rows, next: found.length > size ? rows.at(-1)?.id : undefined };
  }
}
