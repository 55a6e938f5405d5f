/** One attempt to tell a client that the person has answered (CIBA Core §10.2). */
import { Injectable, Logger } from '@nestjs/common';
import { ClientsService } from '../../clients/clients.service.js';
import { mayReachPrivate } from '../../clients/private-reach.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { Outbound } from '../../http/outbound/outbound.js';
import { OutboundError } from '../../http/outbound/outbound-error.js';
import { DeliveryMetrics } from '../back-channel/delivery-metrics.js';
import { type DeliveryOutcome, failed, MAX_ANSWER_BYTES, outcomeOfError } from '../back-channel/delivery-outcome.js';
import { nextAttempt } from '../back-channel/retry-schedule.js';
import type { PingRow } from './ciba-ping.statements.js';
import { outcomeOfPing } from './ping-outcome.js';
import { Pings } from './pings.js';

@Injectable()
export class PingAttempt {
  private readonly log = new Logger('CibaPing');

  constructor(
    private readonly pings: Pings,
    private readonly clients: ClientsService,
    private readonly outbound: Outbound,
    private readonly metrics: DeliveryMetrics,
    private readonly config: ConfigHolder,
  ) {}

  /** @throws if the result cannot be stored: the ping is then tried again after the end of its lease */
  async make(row: PingRow, clock: () => Date): Promise<void> {
    if (row.until <= clock()) return this.giveUp(row, 'The request has expired.');
    const outcome = await this.notify(row).catch((error: unknown) => {
      if (!(error instanceof OutboundError)) this.log.error({ message: 'The ping of a client failed.', error });
      return outcomeOfError(error);
    });
    this.metrics.attempted('ciba_ping', outcome.kind);
    if (outcome.kind === 'delivered') return this.pings.remove(row);
    const failure = outcome.failure ?? '';
    const next = nextAttempt(clock(), row.attempts, Math.random());
    if (outcome.kind === 'failed' || next >= row.until) return this.giveUp(row, failure);
    await this.pings.postpone(row, next);
  }

  /** Calls the present address of the client, even if it was a different one when the request came. */
  private async notify(row: PingRow): Promise<DeliveryOutcome> {
    const client = row.clientId === null ? undefined : await this.clients.cached(row.clientId);
    if (!client || client.key !== row.clientKey) return failed('The client has been deleted.');
    const url = client.metadata.backchannel_client_notification_endpoint;
    if (!url) return failed('The client has no backchannel_client_notification_endpoint any more.');
    const notice = this.pings.open(row);
    if (!notice) return failed('No configured system secret decrypts what is to be sent.');
    const { status } = await this.outbound.fetch({
      url,
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${notice.token}` },
      body: JSON.stringify({ auth_req_id: notice.authReqId }),
      timeoutMs: this.config.current.oidc.back_channel_logout.timeout * 1000,
      maxBytes: MAX_ANSWER_BYTES,
      allowPrivate: mayReachPrivate(client.metadata, this.config.current),
    });
    return outcomeOfPing(status);
  }

  private async giveUp(row: PingRow, failure: string): Promise<void> {
    await this.pings.remove(row);
    const attempts = `attempt ${row.attempts}`;
    this.log.warn(`The ping did not reach client ${row.clientId ?? ''} (${attempts}): ${failure} It can still poll.`);
  }
}
