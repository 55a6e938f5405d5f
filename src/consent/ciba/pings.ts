/** The outbox of pings to clients (CIBA Core §10.2). Owner of the table ciba_ping. */
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { ConfigHolder } from '../../config/config-holder.js';
import { seal } from '../../crypto/aead.js';
import { uuidText, uuidV7 } from '../../crypto/random.js';
import { openColumn, placeOf, type SealedColumn } from '../../database/sealed-column.js';
import { Statements } from '../../database/statements.js';
import type { OutboxClaim } from '../back-channel/outbox-worker.js';
import { CibaPingEntity } from './ciba-ping.entity.js';
import { CLAIM_PINGS, type PingRow } from './ciba-ping.statements.js';

export const SEALED_NOTICES: SealedColumn = {
  what: 'pings of backchannel authentication',
  table: 'ciba_ping',
  column: 'notice',
  purpose: 'ciba ping',
  key: [['id', 'uuid']],
};

/** What the client is sent. */
export interface Notice {
  authReqId: string;
  /** The `client_notification_token` of the request. */
  token: string;
}

/** A row that is not inserted yet. */
export interface PingDraft {
  id: string;
  /** Encrypted. */
  notice: Buffer;
  until: Date;
}

@Injectable()
export class Pings {
  constructor(
    @InjectRepository(CibaPingEntity) private readonly pings: Repository<CibaPingEntity>,
    private readonly statements: Statements,
    private readonly config: ConfigHolder,
  ) {}

  draft(notice: Notice, { now, until }: { now: Date; until: Date }): PingDraft {
    const id = uuidText(uuidV7(now));
    const { system } = this.config.current.secrets;
    return { id, notice: seal(system, placeOf(SEALED_NOTICES, id), JSON.stringify(notice)), until };
  }

  /** For an answer that comes with no grant. */
  async enqueue(draft: PingDraft, clientKey: string, now: Date): Promise<void> {
    await this.pings.insert({ ...draft, clientKey, attempts: 0, createdAt: now, nextAttemptAt: now });
  }

  claim({ now, limit, until, busy }: OutboxClaim): Promise<PingRow[]> {
    return this.statements.run<PingRow>(CLAIM_PINGS, [now, limit, until, busy]);
  }

  /** Undefined if no configured secret decrypts it. */
  open({ id, notice }: PingRow): Notice | undefined {
    const plain = openColumn(this.config.current.secrets, placeOf(SEALED_NOTICES, id), notice);
    return plain && (JSON.parse(plain.toString()) as Notice);
  }

  /** Stores when to try again, unless another process has made an attempt since. */
  async postpone({ id, attempts }: PingRow, nextAttemptAt: Date): Promise<void> {
    await this.pings.update({ id, attempts }, { nextAttemptAt });
  }

  async remove({ id }: PingRow): Promise<void> {
    await this.pings.delete({ id });
  }
}
