/** Disables the session that the login app named at its identity provider, by the admin API of Ory Kratos. */
import { withoutTrailingSlashes } from '../../protocol/trailing-slashes.js';
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { Outbound } from '../../http/outbound/outbound.js';
import {
  delivered,
  type DeliveryOutcome,
  failed,
  type LogoutReceiver,
  MAX_ANSWER_BYTES,
  outcomeOfStatus,
  retry,
} from './delivery-outcome.js';
import type { Delivery } from './logout-delivery.statements.js';

@Injectable()
export class IdentityProviderReceiver implements LogoutReceiver {
  constructor(
    private readonly outbound: Outbound,
    private readonly config: ConfigHolder,
  ) {}

  /** 404: the session has ended already. 401 and 403 are tried again, because the operator can correct the headers. */
  async notify({ identityProviderSessionId: id }: Delivery): Promise<DeliveryOutcome> {
    const { urls, oidc } = this.config.current;
    const { url, headers } = urls.identity_provider;
    if (!url) return failed('urls.identity_provider.url is not configured any more.');
    if (!id || /^\.{1,2}$/.test(id)) return failed('The id of the session is malformed.'); // dots would lead to another path
    const { status } = await this.outbound.fetch({
      url: `${withoutTrailingSlashes(url)}/admin/sessions/${encodeURIComponent(id)}`,
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
