/**
 * Retries an attempt with the current client. The client may change between its reading and the issuing statement, which
 * then throws StaleClient. This is the only place that reads the client again and repeats the checks with it.
 */
import { Injectable } from '@nestjs/common';
import type { ClientProof } from '../../clients/authentication/client-proof.js';
import { ClientsService } from '../../clients/clients.service.js';
import { RegisteredClient } from '../../clients/registered-client.js';
import { beingChanged, UnchangedClient } from '../../clients/unchanged-client.js';
import { StaleClient } from './authorized-access.js';

@Injectable()
export class FreshClients {
  constructor(
    private readonly clients: ClientsService,
    private readonly unchanged: UnchangedClient,
  ) {}

  /**
   * Returns the result of the attempt, which may run three times and must spend nothing if it throws StaleClient. It runs
   * first with the authenticated client, then with the current client if the proof still holds for it, and at last with a
   * client that is locked against changes.
   * @throws OAuthError if the proof no longer holds, 503 if the client keeps changing; and any other error of the attempt
   */
  async withFreshClient<T>(proof: ClientProof, attempt: (client: RegisteredClient) => Promise<T>): Promise<T> {
    const { clientId } = proof.client;
    const afresh = async (): Promise<T> => {
      this.clients.forget(clientId);
      return attempt(await proof.holdsFor(await this.clients.find(clientId)));
    };
    const tries = [() => attempt(proof.client), afresh, () => this.unchanged.during(clientId, afresh)];
    for (const oneTry of tries) {
      try {
        return await oneTry();
      } catch (error) {
        if (!(error instanceof StaleClient)) throw error;
      }
    }
    throw beingChanged();
  }
}
