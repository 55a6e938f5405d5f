import { Injectable } from '@nestjs/common';
import { readBasicCredentials } from '../clients/authentication/basic-credentials.js';
import { ClientsService } from '../clients/clients.service.js';
import type { RegisteredClient } from '../clients/registered-client.js';
import { RegisteredOrigins } from '../clients/registered-origins.js';
import { ConfigHolder } from '../config/config-holder.js';
import type { ClientOrigins } from '../http/listener/cors/cors.js';
import { CorsOfClients } from '../http/listener/cors/cors-of-clients.js';
import type { Exchange } from '../http/exchange/exchange.js';
import { RouteTable } from '../http/listener/routes/route-table.js';
import { AccessTokens } from './issuance/access-tokens.js';
import { presentedToken } from './issuance/presented-tokens.js';

/**
 * The origins that clients registered for themselves (`allowed_cors_origins`). The client of a request is the one named
 * by the form or the Basic header, else the one that the bearer token was issued to, active or not. The client is not
 * authenticated here: CORS protects the reader of a response, not the server.
 */
@Injectable()
export class ClientOriginsOfRequest implements ClientOrigins {
  constructor(
    private readonly clients: ClientsService,
    private readonly accessTokens: AccessTokens,
    private readonly registered: RegisteredOrigins,
    private readonly config: ConfigHolder,
    private readonly routes: RouteTable,
  ) {}

  /** An unknown client id counts as a client without origins, so that the response does not reveal which clients exist. */
  async of(exchange: Exchange): Promise<readonly string[] | undefined> {
    const named = await namedClient(exchange);
    const client = named === undefined ? await this.byToken(exchange) : await this.clients.cached(named);
    if (client) return client.metadata.allowed_cors_origins;
    const toldBy = this.routes.find(CorsOfClients, exchange.listener, exchange.path);
    return named === undefined && toldBy === 'bearer token' ? undefined : [];
  }

  some(origin: string): Promise<boolean> {
    return this.registered.has(origin);
  }

  private async byToken(exchange: Exchange): Promise<RegisteredClient | undefined> {
    const presented = await presentedToken(exchange, this.config.current);
    const clientId = presented && (await this.accessTokens.clientOf(presented.token));
    return clientId ? this.clients.cached(clientId) : undefined;
  }
}

/** The client id in the form, else the one in the Basic header. */
async function namedClient(exchange: Exchange): Promise<string | undefined> {
  const form = exchange.method === 'POST' ? await exchange.form().catch(() => undefined) : undefined;
  return form?.first('client_id') ?? readBasicCredentials(exchange.headers.authorization)?.clientId;
}
