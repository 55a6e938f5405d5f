import { Injectable } from '@nestjs/common';
import { ClientAuthentication } from '../../../clients/authentication/client-authentication.js';
import type { RegisteredClient } from '../../../clients/registered-client.js';
import { ConfigHolder } from '../../../config/config-holder.js';
import { Events } from '../../../events/events.js';
import { eachOnce } from '../../../http/exchange/each-once.js';
import type { Exchange } from '../../../http/exchange/exchange.js';
import { FormParams } from '../../../http/exchange/form-params.js';
import { invalidRequest, payloadTooLarge } from '../../../protocol/oauth-error.js';
import { AuthorizationRequests } from '../authorization-requests.js';
import { authorizationAddress } from '../read-parameters.js';
import type { PushedAuthorizationResponseDto } from './pushed-authorization.dto.js';
import { PushedProofs } from './pushed-proofs.js';
import { PushedRequests } from './pushed-requests.js';
import { newHandle, requestUriOf } from './request-uris.js';

const URLENCODED = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;

/** Every visit with a short address stores the request in a flow. The limit is many times the size of honest requests. */
const MAX_CHARACTERS = 16 * 1024;
const CREDENTIALS: ReadonlySet<string> = new Set(['client_secret', 'client_assertion', 'client_assertion_type']);

interface PushedAnswer {
  pushed: PushedAuthorizationResponseDto;
  /** In lower case. */
  headers?: Record<string, string>;
}

/** Takes an authorization request from the client itself, and runs the checks of the authorization endpoint early (RFC 9126 §2). */
@Injectable()
export class PushedAuthorizationService {
  constructor(
    private readonly authentication: ClientAuthentication,
    private readonly requests: AuthorizationRequests,
    private readonly pushed: PushedRequests,
    private readonly proofs: PushedProofs,
    private readonly events: Events,
    private readonly config: ConfigHolder,
  ) {}

  /** @throws OAuthError */
  async push(exchange: Exchange): Promise<PushedAnswer> {
    const form = await this.read(exchange);
    const { client } = await this.authentication.authenticate(exchange, form, { begins: true });
    const now = new Date();
    const proof = await this.proofs.read(exchange, client, now);
    requireParametersOf(client, form);
    const handle = newHandle();
    const asked = await this.requests.provePushed(client, form, now);
    const validated = await this.requests.validate(asked, this.addressOf(client, handle), now);
    const request = await this.proofs.bind(validated, proof);
    const expiresIn = await this.pushed.keep(handle, request, client, now);
    this.events.publish({ type: 'par.pushed', at: now, clientId: client.clientId });
    return { pushed: { request_uri: requestUriOf(handle), expires_in: expiresIn }, headers: proof?.headers };
  }

  private async read(exchange: Exchange): Promise<FormParams> {
    if (!URLENCODED.test(exchange.headers['content-type'] ?? '')) {
      throw invalidRequest('Send the parameters as application/x-www-form-urlencoded.');
    }
    const form = eachOnce(await exchange.form());
    const request = new FormParams(form.entries().filter(([name]) => !CREDENTIALS.has(name)));
    const limit = Math.min(MAX_CHARACTERS, this.config.current.limits.authorize_query);
    if (request.toString().length > limit) throw payloadTooLarge(`Push at most ${limit} characters of parameters.`);
    return form;
  }

  /** The address that the browser will visit. Apps and browsers see no other parameter of the request. */
  private addressOf({ clientId }: RegisteredClient, handle: string): string {
    const query = new URLSearchParams({ client_id: clientId, request_uri: requestUriOf(handle) });
    return `${authorizationAddress(this.config.current)}?${query.toString()}`;
  }
}

/** RFC 9126 §2.1. @throws OAuthError invalid_request */
function requireParametersOf({ clientId }: RegisteredClient, form: FormParams): void {
  if (form.first('request_uri') !== undefined) {
    throw invalidRequest("Parameter 'request_uri' must not be pushed: push the parameters, or a request object.");
  }
  const named = form.first('client_id');
  if (named === undefined && form.first('request') === undefined) {
    throw invalidRequest("Parameter 'client_id' is missing from the body of the request.");
  }
  if (named !== undefined && named !== clientId) {
    throw invalidRequest("Parameter 'client_id' must name the client that authenticates.");
  }
}
