import { Injectable } from '@nestjs/common';
import { ClientSecrets } from '../client-secrets.js';
import { ClientsService } from '../clients.service.js';
import { RegisteredClient } from '../registered-client.js';
import { notAuthenticated, requireMethod } from './authentication-method.js';

/**
 * What the methods with a secret have in common. A secret that was verified before costs neither a round trip nor a
 * hash. Any other one is compared with the client as it is now, for it may have been rotated a moment ago elsewhere; a
 * known and an unknown client then cost the same: one look-up and one hash.
 */
@Injectable()
export class SecretAuthentication {
  constructor(
    private readonly clients: ClientsService,
    private readonly secrets: ClientSecrets,
  ) {}

  /** @throws OAuthError invalid_client, or temporarily_unavailable where too many secrets are being verified */
  async authenticate(method: string, clientId: string, secret: string): Promise<RegisteredClient> {
    const remembered = this.clients.remembered(clientId);
    if (remembered?.authMethod === method && this.secrets.isRemembered(remembered, secret)) return remembered;
    const client = await this.clients.find(clientId);
    const proven = await this.secrets.verify(clientId, client, secret);
    if (!client || !proven) throw notAuthenticated();
    requireMethod(client, method); // told to who knows the secret: nobody else learns which clients there are
    return client;
  }
}
