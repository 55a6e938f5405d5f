/**
 * The pipeline of the token endpoint (RFC 6749 §3.2). It owns the steps that all grants have in common: client
 * authentication, proofs of possession, the client's grant types, the hook, the signing, the response. A grant adds only its own rules.
 */
import { Inject, Injectable } from '@nestjs/common';
import { requireGrantType } from '../../clients/client-permissions.js';
import { RegisteredClient } from '../../clients/registered-client.js';
import { Events } from '../../events/events.js';
import { parseParameters } from '../../http/exchange/declared-parameters.js';
import { eachOnce } from '../../http/exchange/each-once.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import type { FormParams } from '../../http/exchange/form-params.js';
import { REFRESH_TOKEN } from '../../protocol/constants.js';
import { invalidRequest, unsupportedGrantType } from '../../protocol/oauth-error.js';
import { FreshClients } from '../issuance/fresh-clients.js';
import type { SenderProofs } from '../sender-constraint/sender-proofs.js';
import { type EnabledGrants, type Grant, GRANTS, type TokenRequest } from './grants/grant.js';
import { TokenChanges } from './token-changes.js';
import { type TokenResponse, TokenResponses } from './token-responses.js';
import { TokenSenders } from './token-senders.js';

interface TokenAnswer {
  response: TokenResponse;
  /** In lower case. */
  headers?: Record<string, string>;
}

@Injectable()
export class TokenService {
  constructor(
    @Inject(GRANTS) private readonly grants: EnabledGrants,
    private readonly senders: TokenSenders,
    private readonly freshClients: FreshClients,
    private readonly changes: TokenChanges,
    private readonly responses: TokenResponses,
    private readonly events: Events,
  ) {}

  /** @throws OAuthError */
  async exchange(exchange: Exchange): Promise<TokenAnswer> {
    const form = eachOnce(await exchange.form());
    const grant = this.grantFor(form.first('grant_type'));
    const { client: proof, proofs } = await this.senders.of(grant, exchange, form);
    const request = { form, parameters: parseParameters(grant.parameters, form), timing: exchange.timing, proofs };
    return this.freshClients.withFreshClient(proof, (client) => this.attempt(grant, request, client));
  }

  /** The grant type, if this server supports it. */
  knownGrantType(grantType: string | undefined): string | undefined {
    return this.grants.get(grantType ?? '')?.grantType;
  }

  private async attempt(
    grant: Grant,
    { form, proofs, ...request }: Omit<TokenRequest, 'now' | 'proof'> & { form: FormParams; proofs: SenderProofs },
    client: RegisteredClient,
  ): Promise<TokenAnswer> {
    const proof = this.senders.bindingOf(client, proofs);
    requireGrantType(client, grant.grantType);
    const now = new Date();
    const authorization = await grant.authorize({ ...request, now, proof }, client);
    const prepared = await this.responses.prepare(client, authorization);
    const issued = await authorization.issue(await this.changes.of(grant, authorization, { client, form }));
    const response = await this.responses.of(issued, prepared);
    const { subject, grantId } = issued.access;
    const { grantType } = grant;
    const type = grantType === REFRESH_TOKEN ? 'token.refreshed' : 'token.issued';
    this.events.publish({ type, at: now, clientId: client.clientId, subject, grantType, grantId });
    return { response, headers: proof?.headers };
  }

  private grantFor(grantType: string | undefined): Grant {
    if (!grantType) throw invalidRequest("Parameter 'grant_type' is missing from the body of the request.");
    const grant = this.grants.get(grantType);
    if (grant) return grant;
    throw unsupportedGrantType(`This server knows the grant types ${this.grants.types().join(', ')}.`);
  }
}
