/** The identity provider behind the login app: an Ory Kratos, whose admin API disables the session that the app named. */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { Outbound } from '../../http/outbound.js';
import { delivered, type DeliveryOutcome, failed, outcomeOfStatus, retry } from './delivery-outcome.js';
import type { DeliveryRow } from './logout-delivery.statements.js';
import { type LogoutReceiver, MAX_ANSWER_BYTES } from './logout-receiver.js';

@Injectable()
export class IdentityProviderReceiver implements LogoutReceiver {
  constructor(
    private readonly outbound: Outbound,
    private readonly config: ConfigHolder,
  ) {}

  /** A session that is unknown there (404) has ended already. What the operator's headers may mend is tried again. */
  async tell({ identity_provider_session_id: id }: DeliveryRow): Promise<DeliveryOutcome> {
    const { urls, oidc } = this.config.current;
    const { url, headers } = urls.identity_provider;
    if (!url) return failed('urls.identity_provider.url is not configured any more.');
    if (!id || /^\.{1,2}$/.test(id)) return failed('The id of the session is none.'); // dots would be another address
    const { status } = await this.outbound.fetch({
      url: `${url.replace(/\/+$/, '')}/admin/sessions/${encodeURIComponent(id)}`,
      method: 'DELETE',
      headers,
      timeoutMs: oidc.back_channel_logout.timeout * 1000,
      maxBytes: MAX_ANSWER_BYTES,
    });
    if (status === 404) return delivered(status);
    if (status === 401 || status === 403) return retry(`It answered ${status}: see its headers.`, status);
    return outcomeOfStatus(status);
  }
}
