import { Injectable } from '@nestjs/common';
import { Events } from '../../events/events.js';
import { badRequest } from '../../protocol/admin-error.js';
import type { OAuth2ClientDto } from '../client.dto.js';
import { clientDocument } from '../client.mapper.js';
import type { ClientEntity } from '../client.entity.js';
import { ClientSecrets, generateSecret } from '../client-secrets.js';
import { ClientWriter } from '../client-writer.js';

const MAX_ROTATED = 5;

/** Secret rotation: old secrets stay valid, so that the services of a client can switch to the new one by one. */
@Injectable()
export class SecretRotation {
  constructor(
    private readonly writer: ClientWriter,
    private readonly secrets: ClientSecrets,
    private readonly events: Events,
  ) {}

  /** Generates and shows a new secret; the current one and the four before it stay valid. @throws OAuthError 400, 404 */
  async rotate(clientId: string, now: Date): Promise<OAuth2ClientDto> {
    const secret = generateSecret();
    let secretHash: string | undefined;
    const client = await this.writer.change(clientId, now, async (current) => {
      requireSecretMethod(current);
      secretHash ??= await this.secrets.hash(secret, { dynamic: false });
      const old = [current.secretHash, ...current.rotatedSecretHashes].filter((hash) => hash !== null);
      return { secretHash, rotatedSecretHashes: old.slice(0, MAX_ROTATED) };
    });
    this.events.publish({ type: 'client.secret_rotated', at: now, clientId });
    return Object.assign(clientDocument(client), { client_secret: secret });
  }

  /** Only the current secret stays valid. @throws OAuthError 400, 404 */
  async endOldSecrets(clientId: string, now: Date): Promise<OAuth2ClientDto> {
    const client = await this.writer.change(clientId, now, (current) => {
      requireSecretMethod(current);
      return { rotatedSecretHashes: [] };
    });
    this.events.publish({ type: 'client.old_secrets_ended', at: now, clientId });
    return clientDocument(client);
  }
}

function requireSecretMethod({ metadata }: ClientEntity): void {
  const method = metadata.token_endpoint_auth_method;
  if (method === 'client_secret_basic' || method === 'client_secret_post') return;
  throw badRequest(
    `The client authenticates with '${method}': only clients with client_secret_basic or client_secret_post have secrets to rotate.`,
  );
}
