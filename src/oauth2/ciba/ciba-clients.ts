/** The client of a backchannel authentication request when the person answers: it may have changed since. */
import { Injectable } from '@nestjs/common';
import { requireGrantType } from '../../clients/client-permissions.js';
import { ClientsService } from '../../clients/clients.service.js';
import type { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import type { CibaRecord } from '../../consent/ciba/ciba-requests.js';
import { notFound } from '../../protocol/admin-error.js';
import { CIBA } from '../../protocol/constants.js';
import { FreshClients } from '../issuance/fresh-clients.js';
import { sameClient } from '../issuance/same-client.js';
import { checkAsked } from './check-asked.js';

@Injectable()
export class CibaClients {
  constructor(
    private readonly clients: ClientsService,
    private readonly freshClients: FreshClients,
    private readonly config: ConfigHolder,
  ) {}

  /** @throws OAuthError 404 if it was deleted */
  async of({ data: { request, clientKey } }: CibaRecord): Promise<RegisteredClient> {
    const client = await this.clients.cached(request.clientId);
    if (client?.key === clientKey) return client;
    throw notFound('The client of this request was deleted.');
  }

  /**
   * Issues with the client as it is now: see FreshClients.
   * @throws OAuthError if it may not have what the request asks for any more
   */
  async fresh<T>(
    { data: { request, clientKey } }: CibaRecord,
    attempt: (client: RegisteredClient) => Promise<T>,
  ): Promise<T> {
    const { clientId } = request;
    const proof = await sameClient(this.clients, { clientId, clientKey }, 'of the request');
    return this.freshClients.withFreshClient(proof, (client) => {
      requireGrantType(client, CIBA);
      checkAsked(request, client, this.config.current);
      return attempt(client);
    });
  }
}
