/** Sends logout notifications: see OutboxWorker. The person who logs out does not wait for a receiver. */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { Migrated } from '../../database/migrated.js';
import { LogoutAttempt } from './logout-attempt.js';
import { LogoutDeliveries, PROVIDER_KEY } from './logout-deliveries.js';
import type { Delivery } from './logout-delivery.statements.js';
import { type Clock, type OutboxClaim, OutboxWorker } from './outbox-worker.js';

@Injectable()
export class LogoutDeliveryWorker extends OutboxWorker<Delivery> {
  protected readonly isOn = true;

  constructor(
    private readonly deliveries: LogoutDeliveries,
    private readonly attempt: LogoutAttempt,
    private readonly config: ConfigHolder,
    migrated: Migrated,
  ) {
    super('LogoutDelivery', 'logouts', migrated);
  }

  protected get timeoutMs(): number {
    return this.config.current.oidc.back_channel_logout.timeout * 1000;
  }

  protected claim(claim: OutboxClaim): Promise<Delivery[]> {
    return this.deliveries.claim(claim);
  }

  protected receiverOf({ clientKey }: Delivery): string {
    return clientKey ?? PROVIDER_KEY;
  }

  protected make(delivery: Delivery, clock: Clock): Promise<void> {
    return this.attempt.make(delivery, clock);
  }

  protected expire(now: Date): Promise<void> {
    return this.attempt.expire(now);
  }
}
