/** A client with a back channel (OpenID Connect Back-Channel Logout §2.5): it gets a logout token by POST. */
import { Injectable } from '@nestjs/common';
import { ClientsService } from '../../clients/clients.service.js';
import { mayReachPrivate } from '../../clients/private-reach.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { Outbound } from '../../http/outbound.js';
import { type DeliveryOutcome, failed, outcomeOfStatus } from './delivery-outcome.js';
import type { DeliveryRow } from './logout-delivery.statements.js';
import { type LogoutReceiver, MAX_ANSWER_BYTES } from './logout-receiver.js';
import { LogoutTokens } from './logout-tokens.js';

@Injectable()
export class ClientReceiver implements LogoutReceiver {
  constructor(
    private readonly clients: ClientsService,
    private readonly tokens: LogoutTokens,
    private readonly outbound: Outbound,
    private readonly config: ConfigHolder,
  ) {}

  /** To the address that the client has now, whatever it was at the logout. */
  async tell(delivery: DeliveryRow, now: Date): Promise<DeliveryOutcome> {
    const client = delivery.client_id === null ? undefined : await this.clients.cached(delivery.client_id);
    if (!client || client.key !== delivery.client_key) return failed('The client has been deleted.');
    const url = client.metadata.backchannel_logout_uri;
    if (!url) return failed('The client has no backchannel_logout_uri any more.');
    const token = await this.tokens.mint({
      ...{ client, subject: delivery.subject, sid: delivery.login_session_id },
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
