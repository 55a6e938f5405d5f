import { Injectable } from '@nestjs/common';
import { readBasicCredentials } from '../clients/authentication/basic-credentials.js';
import { ClientsService } from '../clients/clients.service.js';
import { bearerToken } from '../http/bearer-token.js';
import type { Exchange } from '../http/exchange.js';
import { AccessTokens } from './issuance/access-tokens.js';

/**
 * The origins that the client of a request registered for itself (`allowed_cors_origins`). The client is the one that the
 * form or the Basic header names, else the one that the bearer token was issued to. Nothing is proven here: CORS guards
 * the reader of an answer, not the server.
 */
@Injectable()
export class ClientOriginsOfRequest {
  constructor(
    private readonly clients: ClientsService,
    private readonly accessTokens: AccessTokens,
  ) {}

  async find(exchange: Exchange): Promise<readonly string[]> {
    const clientId = (await namedClient(exchange)) ?? (await this.byToken(exchange));
    const client = clientId ? await this.clients.cached(clientId) : undefined;
    return client?.metadata.allowed_cors_origins ?? [];
  }

  private async byToken(exchange: Exchange): Promise<string | undefined> {
    const token = await bearerToken(exchange);
    const active = token && (await this.accessTokens.find(token, new Date()));
    return active ? active.clientId : undefined;
  }
}

/** By the form, else by the Basic header. */
async function namedClient(exchange: Exchange): Promise<string | undefined> {
  const form = exchange.method === 'POST' ? await exchange.form().catch(() => undefined) : undefined;
  return form?.first('client_id') ?? readBasicCredentials(exchange.headers.authorization)?.clientId;
}
