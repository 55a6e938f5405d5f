import { Injectable } from '@nestjs/common';
import { ClientAuthentication } from '../../clients/authentication/client-authentication.js';
import type { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { parseParameters } from '../../http/exchange/declared-parameters.js';
import { eachOnce } from '../../http/exchange/each-once.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { FormParams } from '../../http/exchange/form-params.js';
import { IdTokenHints } from '../../jwt/id-token-hints.js';
import type { BackchannelRequest } from '../../protocol/backchannel-request.js';
import { invalidRequest, payloadTooLarge } from '../../protocol/oauth-error.js';
import { withoutTrailingSlashes } from '../../protocol/trailing-slashes.js';
import { checkAsked, deliveryMode, requireCibaClient } from './check-asked.js';
import type { BackchannelAuthenticationResponseDto } from './ciba.dto.js';
import { NewCibaRequests } from './new-ciba-requests.js';
import { type CibaParameters, lifetimeOf, notificationTokenOf, PARAMETERS, readAsked } from './request-parameters.js';
import { SignedRequests } from './signed-requests.js';

/** Each request is kept, with its parameters, until it has expired. The limit is many times the size of honest requests. */
const MAX_CHARACTERS = 16 * 1024;
const CREDENTIALS: ReadonlySet<string> = new Set(['client_secret', 'client_assertion', 'client_assertion_type']);

/** Takes backchannel authentication requests (CIBA Core §7). */
@Injectable()
export class BackchannelAuthenticationService {
  constructor(
    private readonly authentication: ClientAuthentication,
    private readonly signed: SignedRequests,
    private readonly hints: IdTokenHints,
    private readonly requests: NewCibaRequests,
    private readonly config: ConfigHolder,
  ) {}

  /** @throws OAuthError */
  async begin(exchange: Exchange): Promise<BackchannelAuthenticationResponseDto> {
    const form = eachOnce(await exchange.form());
    const { client } = await this.authentication.authenticate(exchange, form);
    const { current } = this.config;
    requireCibaClient(client, current);
    refuseLongRequest(form);
    const now = new Date();
    const { parameters: sent, mark } = await this.signed.read(form, client, now);
    const parameters = parseParameters(PARAMETERS, sent);
    const request = await this.validate(parameters, client, now);
    const notificationToken = deliveryMode(client) === 'ping' ? notificationTokenOf(parameters) : undefined;
    const lifetime = lifetimeOf(parameters, current);
    return this.requests.start({ request, client, lifetime, notificationToken, mark, now });
  }

  private async validate(parameters: CibaParameters, client: RegisteredClient, now: Date): Promise<BackchannelRequest> {
    const { clientId } = client;
    if ((parameters.client_id ?? clientId) !== clientId) {
      throw invalidRequest("Parameter 'client_id' must name the client that authenticates.");
    }
    const { current } = this.config;
    const asked = readAsked(parameters, current);
    checkAsked(asked, client, current);
    const { id_token_hint: hint } = parameters;
    const idTokenHintClaims = hint === undefined ? undefined : await this.claimsOfHint(hint, client, now);
    const requestUrl = `${withoutTrailingSlashes(current.urls.self.public)}/oauth2/ciba/auth`;
    return { ...asked, clientId, idTokenHintClaims, requestUrl };
  }

  /** CIBA Core §7.1: an ID token that this server issued to the client, expired or not. */
  private async claimsOfHint(
    hint: string,
    { clientId }: RegisteredClient,
    now: Date,
  ): Promise<Record<string, unknown>> {
    const claims = await this.hints.read(hint, now);
    if ([claims.aud].flat().includes(clientId)) return claims;
    throw invalidRequest("Parameter 'id_token_hint' was issued to another client.");
  }
}

function refuseLongRequest(form: FormParams): void {
  const request = new FormParams(form.entries().filter(([name]) => !CREDENTIALS.has(name)));
  if (request.toString().length <= MAX_CHARACTERS) return;
  throw payloadTooLarge(`Send at most ${MAX_CHARACTERS} characters of parameters.`);
}
