/**
 * The pipeline of the token endpoint (RFC 6749 §3.2). It owns what every grant has in common: client authentication,
 * the grant types of the client, the hook, the signing, the response. A grant fills in only what is its own.
 */
import { Inject, Injectable } from '@nestjs/common';
import { ClientAuthentication } from '../../clients/authentication/client-authentication.js';
import { ClientsService } from '../../clients/clients.service.js';
import { RegisteredClient } from '../../clients/registered-client.js';
import type { Exchange } from '../../http/exchange.js';
import type { FormParams } from '../../http/form-params.js';
import { Events } from '../../events/events.js';
import { REFRESH_TOKEN } from '../../protocol/constants.js';
import { invalidRequest, unauthorizedClient, unsupportedGrantType } from '../../protocol/oauth-error.js';
import { StaleClient } from '../issuance/right.js';
import { TokenHooks } from '../issuance/token-hooks.js';
import { type Authorization, type Grant, GRANTS } from './grants/grant.js';
import { type TokenResponse, TokenResponses } from './token-responses.js';

@Injectable()
export class TokenService {
  constructor(
    @Inject(GRANTS) private readonly grants: ReadonlyMap<string, Grant>,
    private readonly authentication: ClientAuthentication,
    private readonly clients: ClientsService,
    private readonly hooks: TokenHooks,
    private readonly responses: TokenResponses,
    private readonly events: Events,
  ) {}

  /** @throws OAuthError */
  async exchange(exchange: Exchange): Promise<TokenResponse> {
    const form = await exchange.form();
    try {
      return await this.attempt(exchange, form);
    } catch (error) {
      if (!(error instanceof StaleClient)) throw error;
      this.clients.forget(error.clientId); // it changed on another replica: judge the request once more, by the new one
      return this.attempt(exchange, form);
    }
  }

  /** The grant type where it is one of ours. */
  knownGrantType(grantType: string | undefined): string | undefined {
    return this.grants.get(grantType ?? '')?.grantType;
  }

  private async attempt(exchange: Exchange, form: FormParams): Promise<TokenResponse> {
    const grant = this.grantFor(form.first('grant_type'));
    const client = await this.authentication.authenticate(exchange, form);
    if (!client.mayUse(grant.grantType)) {
      throw unauthorizedClient(`The OAuth 2.0 Client is not allowed to use authorization grant '${grant.grantType}'.`);
    }
    const now = new Date();
    const authorization = await grant.authorize({ form, arrivedAt: exchange.arrivedAt, now }, client);
    await this.responses.prepare(client, authorization);
    const session = await this.hooked(grant, authorization, { client, form });
    const issued = await authorization.issue(session);
    const response = await this.responses.of(issued, authorization, client);
    const { subject, grantId } = issued.right;
    const { grantType } = grant;
    const type = grantType === REFRESH_TOKEN ? 'token.refreshed' : 'token.issued';
    this.events.publish({ type, at: now, clientId: client.clientId, subject, grantType, grantId });
    return response;
  }

  private grantFor(grantType: string | undefined): Grant {
    if (!grantType) throw invalidRequest("Parameter 'grant_type' is missing from the body of the request.");
    const grant = this.grants.get(grantType);
    if (grant) return grant;
    throw unsupportedGrantType(`This server knows the grant types ${[...this.grants.keys()].join(', ')}.`);
  }

  /** What the operator's hook makes of the session; a denial spends nothing. */
  private async hooked(grant: Grant, authorization: Authorization, by: { client: RegisteredClient; form: FormParams }) {
    if (!this.hooks.configuredFor(grant.grantType)) return undefined;
    return this.hooks.call(grant.grantType, await authorization.describe(), by);
  }
}
