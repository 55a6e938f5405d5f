/** One attempt at one delivery: notifies the receiver, stores the result, and publishes it as an event. */
import { Injectable, Logger } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { Events } from '../../events/events.js';
import { OutboundError } from '../../http/outbound/outbound-error.js';
import { ClientReceiver } from './client-receiver.js';
import { DeliveryMetrics } from './delivery-metrics.js';
import { type DeliveryOutcome, type LogoutReceiver, outcomeOfError } from './delivery-outcome.js';
import { IdentityProviderReceiver } from './identity-provider-receiver.js';
import { type DeliveryResult, LogoutDeliveries } from './logout-deliveries.js';
import type { DeliveryChannel } from './logout-delivery.entity.js';
import type { Delivery } from './logout-delivery.statements.js';
import { nextAttempt } from './retry-schedule.js';

@Injectable()
export class LogoutAttempt {
  private readonly log = new Logger('LogoutDelivery');
  private readonly receivers: Record<DeliveryChannel, LogoutReceiver>;

  constructor(
    private readonly deliveries: LogoutDeliveries,
    private readonly metrics: DeliveryMetrics,
    private readonly events: Events,
    private readonly config: ConfigHolder,
    clients: ClientReceiver,
    identityProvider: IdentityProviderReceiver,
  ) {
    this.receivers = { back_channel: clients, identity_provider: identityProvider };
  }

  /** @throws if the result cannot be stored: the delivery is then tried again after the end of its lease */
  async make(delivery: Delivery, clock: () => Date): Promise<void> {
    const outcome = await this.receivers[delivery.channel].notify(delivery, clock()).catch((error: unknown) => {
      if (!(error instanceof OutboundError)) this.log.error({ message: 'The notification of a logout failed.', error });
      return outcomeOfError(error);
    });
    this.metrics.attempted(delivery.channel, outcome.kind);
    const result = this.resultOf(delivery, outcome, clock());
    if (await this.deliveries.settle(delivery, result)) this.report(delivery, result);
  }

  /** Gives up deliveries that are too old. */
  async expire(now: Date): Promise<void> {
    const madeBefore = new Date(now.getTime() - this.maxAgeMs);
    for (const delivery of await this.deliveries.expire(now, madeBefore)) {
      this.report(delivery, { state: 'expired', now, nextAttemptAt: now, failure: delivery.failure ?? undefined });
    }
  }

  private resultOf(delivery: Delivery, { kind, status, failure }: DeliveryOutcome, now: Date): DeliveryResult {
    const seen = { now, status, failure };
    if (kind !== 'retry') return { ...seen, state: kind, nextAttemptAt: now };
    const nextAttemptAt = nextAttempt(now, delivery.attempts, Math.random());
    const isOver = nextAttemptAt.getTime() > delivery.createdAt.getTime() + this.maxAgeMs;
    return { ...seen, state: isOver ? 'expired' : 'pending', nextAttemptAt };
  }

  private report(delivery: Delivery, { state, now, status, failure }: DeliveryResult): void {
    if (state === 'pending') return;
    const receiver = delivery.clientId === null ? 'the identity provider' : `client ${delivery.clientId}`;
    if (state !== 'delivered') {
      this.log.warn(
        `The notification of a logout did not reach ${receiver} (${state}, attempt ${delivery.attempts}): ${failure ?? ''}`,
      );
    }
    this.events.publish({
      ...{ type: `logout_delivery.${state}` as const, at: now, channel: delivery.channel },
      ...{ clientId: delivery.clientId ?? undefined, subject: delivery.subject, sid: delivery.loginSessionId },
      ...{ attempts: delivery.attempts, status, failure },
    });
  }

  private get maxAgeMs(): number {
    return this.config.current.oidc.back_channel_logout.max_age * 1000;
  }
}
