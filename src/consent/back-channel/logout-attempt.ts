/** One attempt at one delivery: tells the receiver, writes what came of it, and reports it. */
import { Injectable, Logger } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { Events } from '../../events/events.js';
import { OutboundError } from '../../http/outbound-error.js';
import { ClientReceiver } from './client-receiver.js';
import { DeliveryMetrics } from './delivery-metrics.js';
import { type DeliveryOutcome, outcomeOfError } from './delivery-outcome.js';
import { IdentityProviderReceiver } from './identity-provider-receiver.js';
import { type DeliveryResult, LogoutDeliveries } from './logout-deliveries.js';
import type { DeliveryChannel, DeliveryRow } from './logout-delivery.statements.js';
import type { LogoutReceiver } from './logout-receiver.js';
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

  /** @throws where the result cannot be written: the delivery is then tried again after its lease */
  async make(delivery: DeliveryRow, clock: () => Date): Promise<void> {
    const outcome = await this.receivers[delivery.channel].tell(delivery, clock()).catch((error: unknown) => {
      if (!(error instanceof OutboundError)) this.log.error({ message: 'A logout could not be passed on.', error });
      return outcomeOfError(error);
    });
    this.metrics.attempted(delivery.channel, outcome.kind);
    const result = this.resultOf(delivery, outcome, clock());
    if (await this.deliveries.settle(delivery, result)) this.report(delivery, result);
  }

  /** Gives up what is too old. */
  async expire(now: Date): Promise<void> {
    const madeBefore = new Date(now.getTime() - this.maxAgeMs);
    for (const delivery of await this.deliveries.expire(now, madeBefore)) {
      this.report(delivery, { state: 'expired', now, nextAttemptAt: now, failure: delivery.failure ?? undefined });
    }
  }

  private resultOf(delivery: DeliveryRow, { kind, status, failure }: DeliveryOutcome, now: Date): DeliveryResult {
    const seen = { now, status, failure };
    if (kind !== 'retry') return { ...seen, state: kind, nextAttemptAt: now };
    const nextAttemptAt = nextAttempt(now, delivery.attempts, Math.random());
    const isOver = nextAttemptAt.getTime() > delivery.created_at.getTime() + this.maxAgeMs;
    return { ...seen, state: isOver ? 'expired' : 'pending', nextAttemptAt };
  }

  private report(delivery: DeliveryRow, { state, now, status, failure }: DeliveryResult): void {
    if (state === 'pending') return;
    const receiver = delivery.client_id === null ? 'the identity provider' : `client ${delivery.client_id}`;
    if (state !== 'delivered') {
      this.log.warn(`A logout did not reach ${receiver} (${state}, attempt ${delivery.attempts}): ${failure ?? ''}`);
    }
    this.events.publish({
      ...{ type: `logout_delivery.${state}` as const, at: now, channel: delivery.channel },
      ...{ clientId: delivery.client_id ?? undefined, subject: delivery.subject, sid: delivery.login_session_id },
      ...{ attempts: delivery.attempts, status, failure },
    });
  }

  private get maxAgeMs(): number {
    return this.config.current.oidc.back_channel_logout.max_age * 1000;
  }
}
