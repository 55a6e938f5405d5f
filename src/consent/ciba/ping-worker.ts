/** Tells clients that the person has answered: see OutboxWorker. */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { Migrated } from '../../database/migrated.js';
import { type Clock, type OutboxClaim, OutboxWorker } from '../back-channel/outbox-worker.js';
import type { PingRow } from './ciba-ping.statements.js';
import { PingAttempt } from './ping-attempt.js';
import { Pings } from './pings.js';

@Injectable()
export class CibaPingWorker extends OutboxWorker<PingRow> {
  constructor(
    private readonly pings: Pings,
    private readonly attempt: PingAttempt,
    private readonly config: ConfigHolder,
    migrated: Migrated,
  ) {
    super('CibaPing', 'pings', migrated);
  }

  protected get isOn(): boolean {
    return this.config.current.oidc.ciba.enabled;
  }

  protected get timeoutMs(): number {
    return this.config.current.oidc.back_channel_logout.timeout * 1000;
  }

  protected claim(claim: OutboxClaim): Promise<PingRow[]> {
    return this.pings.claim(claim);
  }

  protected receiverOf({ clientKey }: PingRow): string {
    return clientKey;
  }

  protected make(row: PingRow, clock: Clock): Promise<void> {
    return this.attempt.make(row, clock);
  }

  /** A ping that is due is given up when its request has ended: nothing else has to be looked for. */
  protected expire(): Promise<void> {
    return Promise.resolve();
  }
}
