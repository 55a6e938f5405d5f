/** Notifies a client by POST of a logout token (OpenID Connect Back-Channel Logout §2.5). */
import { Injectable } from '@nestjs/common';
import { ClientsService } from '../../clients/clients.service.js';
import { mayReachPrivate } from '../../clients/private-reach.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { Outbound } from '../../http/outbound/outbound.js';
import {
  type DeliveryOutcome,
  failed,
  type LogoutReceiver,
  MAX_ANSWER_BYTES,
  outcomeOfStatus,
} from './delivery-outcome.js';
import type { Delivery } from './logout-delivery.statements.js';
import { LogoutTokens } from './logout-tokens.js';

@Injectable()
export class ClientReceiver implements LogoutReceiver {
  constructor(
    private readonly clients: ClientsService,
    private readonly tokens: LogoutTokens,
    private readonly outbound: Outbound,
    private readonly config: ConfigHolder,
  ) {}

  /** Sends to the present address of the client, even if the address was a different one at the logout. */
  async notify(delivery: Delivery, now: Date): Promise<DeliveryOutcome> {
    const client = delivery.clientId === null ? undefined : await this.clients.cached(delivery.clientId);
    if (!client || client.key !== delivery.clientKey) return failed('The client has been deleted.');
    const url = client.metadata.backchannel_logout_uri;
    if (!url) return failed('The client has no backchannel_logout_uri any more.');
    const token = await this.tokens.mint({
      ...{ client, subject: delivery.subject, sid: delivery.loginSessionId },
      ...{ jti: `${delivery.id}.${String(delivery.attempts)}`, now },
    });
    const { status } = await this.outbound.fetch({
      url,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ logout_token: token }).toString(),
      timeoutMs: this.config.current.oidc.back_channel_logout.timeout * 1000,
      maxBytes: MAX_ANSWER_BYTES,
      allowPrivate: mayReachPrivate(client.metadata, this.config.current),
    });
    return outcomeOfStatus(status);
  }
}
