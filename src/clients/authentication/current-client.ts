import { Injectable } from '@nestjs/common';
import { OAuthError } from '../../protocol/oauth-error.js';
import { ClientsService } from '../clients.service.js';
import type { RegisteredClient } from '../registered-client.js';
import type { PresentedCredentials } from './presented-credentials.js';

/** Decides by the cached client, and before a refusal once more by the client as it is in the database. */
@Injectable()
export class CurrentClient {
  constructor(private readonly clients: ClientsService) {}

  /**
   * `attempt` gets undefined where no client has the id. It may run twice, the second time only after an OAuthError.
   * @param introduce finds a client that has no row
   * @param begin finds a client that begins something; only a registered one is taken from the cache before
   */
  async judge<T>(
    clientId: string,
    attempt: (client: RegisteredClient | undefined) => Promise<T>,
    { introduce, begin }: Pick<PresentedCredentials, 'introduce' | 'begin'> = {},
  ): Promise<T> {
    const remembered = this.clients.remembered(clientId);
    if (begin && remembered?.isByDocument !== false) return attempt(await begin(clientId));
    if (!remembered) return attempt(await this.found(clientId, introduce));
    try {
      return await attempt(remembered);
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      const current = await this.clients.find(clientId);
      if (current?.key === remembered.key && current.version === remembered.version) throw error;
      return attempt(current);
    }
  }

  private async found(
    clientId: string,
    introduce: PresentedCredentials['introduce'],
  ): Promise<RegisteredClient | undefined> {
    return (await this.clients.find(clientId)) ?? introduce?.(clientId);
  }
}
