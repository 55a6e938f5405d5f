import { Injectable } from '@nestjs/common';
import { invalidClient } from '../../protocol/oauth-error.js';
import { ClientSecrets } from '../client-secrets.js';
import { ClientsService } from '../clients.service.js';
import { RegisteredClient } from '../registered-client.js';
import { notAuthenticated, wrongMethod } from './authentication-method.js';
import type { ClientProof } from './client-proof.js';

interface PresentedSecret {
  clientId: string;
  secret: string;
  /** The address of the caller. */
  address: string;
}

/**
 * The common part of the methods with a secret. A secret that was verified before costs neither a round trip nor a hash. Any
 * other one is compared with the client as it is in the database, because it may just have been rotated in another process. A
 * known and an unknown client then cost the same: one look-up and one hash.
 */
@Injectable()
export class SecretAuthentication {
  constructor(
    private readonly clients: ClientsService,
    private readonly secrets: ClientSecrets,
  ) {}

  /** @throws OAuthError invalid_client, or temporarily_unavailable where too many secrets are being verified */
  async authenticate(method: string, presented: PresentedSecret): Promise<ClientProof> {
    const { clientId, secret } = presented;
    const holdsFor: ClientProof['holdsFor'] = (client) => this.prove(method, client, presented);
    const remembered = this.clients.remembered(clientId);
    const isProven = remembered?.authMethod === method && this.secrets.isRemembered(remembered, secret);
    return { client: isProven ? remembered : await holdsFor(await this.clients.find(clientId)), holdsFor };
  }

  private async prove(
    method: string,
    client: RegisteredClient | undefined,
    { clientId, secret, address }: PresentedSecret,
  ): Promise<RegisteredClient> {
    const proven = await this.secrets.verify(clientId, client, secret, address);
    if (!client || !proven) throw notAuthenticated();
    if (client.authMethod === method) return client;
    throw invalidClient(wrongMethod(client, method)); // only a caller that knows the secret sees this
  }
}
