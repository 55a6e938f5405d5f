/** `id_token_hint` of a logout (OpenID Connect RP-Initiated Logout §2): an ID token of ours, expired or not. */
import { Injectable } from '@nestjs/common';
import { ClientsService } from '../../clients/clients.service.js';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { JwtVerifier } from '../../keys/jwt-verifier.js';
import { ID_TOKEN_KEY_SET } from '../../protocol/constants.js';
import { invalidRequest } from '../../protocol/oauth-error.js';
import { secondsOf } from '../seconds.js';

/** Clocks of replicas may differ by this much. */
const LEEWAY_SECONDS = 5;

export interface LogoutHint {
  /** The client that the ID token was issued to. */
  client: RegisteredClient;
  subject: string;
  sid: string;
}

@Injectable()
export class LogoutHints {
  constructor(
    private readonly verifier: JwtVerifier,
    private readonly clients: ClientsService,
    private readonly config: ConfigHolder,
  ) {}

  /** @throws OAuthError invalid_request */
  async read(idTokenHint: string, now: Date): Promise<LogoutHint> {
    const jwt = await this.verifier.verify(ID_TOKEN_KEY_SET, idTokenHint);
    if (!jwt) throw bad('was not issued by this server');
    const { iss, iat, sid, sub, aud, events } = jwt.payload as Record<string, unknown>;
    if (events !== undefined) throw bad('is a logout token: send an ID token');
    if (iss !== this.config.current.urls.self.issuer) throw bad('has another issuer');
    if (typeof iat !== 'number' || iat > secondsOf(now) + LEEWAY_SECONDS)
      throw bad("has no 'iat', or one in the future");
    if (typeof sid !== 'string' || typeof sub !== 'string' || !sub) throw bad("has no 'sid' or no 'sub'");
    const client = await this.clientOf([aud].flat());
    if (!client) throw bad('belongs to a client that is not registered');
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

function bad(what: string) {
  return invalidRequest(`Parameter 'id_token_hint' ${what}.`);
}
