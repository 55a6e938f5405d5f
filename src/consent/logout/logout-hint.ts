/** `id_token_hint` of a logout (OpenID Connect RP-Initiated Logout §2): an ID token of this server, expired or not. */
import { Injectable } from '@nestjs/common';
import { ClientsService } from '../../clients/clients.service.js';
import { RegisteredClient } from '../../clients/registered-client.js';
import { IdTokenHints } from '../../jwt/id-token-hints.js';
import { invalidRequest } from '../../protocol/oauth-error.js';

interface LogoutHint {
  /** The client that the ID token was issued to. */
  client: RegisteredClient;
  subject: string;
  sid: string;
}

@Injectable()
export class LogoutHints {
  constructor(
    private readonly hints: IdTokenHints,
    private readonly clients: ClientsService,
  ) {}

  /** @throws OAuthError invalid_request */
  async read(idTokenHint: string, now: Date): Promise<LogoutHint> {
    const { sub, sid, aud } = await this.hints.read(idTokenHint, now);
    if (typeof sid !== 'string') throw invalidRequest("Parameter 'id_token_hint' has no 'sid'.");
    const client = await this.clientOf([aud].flat());
    if (!client) throw invalidRequest("Parameter 'id_token_hint' belongs to a client that is not registered.");
    return { client, subject: sub, sid };
  }

  private async clientOf(audience: unknown[]): Promise<RegisteredClient | undefined> {
    for (const id of audience) {
      const client = typeof id === 'string' ? await this.clients.cached(id) : undefined;
      if (client) return client;
    }
    return undefined;
  }
}
