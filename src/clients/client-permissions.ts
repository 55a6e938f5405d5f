/**
 * Decides what a client may request by its registration (RFC 7591 §2): each check exists once, with the error and the hint of
 * its refusal. A check runs when the request arrives, and again where the client may have changed meanwhile.
 */
import { firstRefusedAudience } from '../protocol/audience.js';
import {
  invalidRequest,
  invalidScope,
  type OAuthError,
  unauthorizedClient,
  unsupportedResponseType,
} from '../protocol/oauth-error.js';
import { firstRefusedScope, type ScopeStrategy } from '../protocol/scope.js';
import { parseResponseType } from '../protocol/response-type.js';
import type { RegisteredClient } from './registered-client.js';

/** RFC 6749 §3.3. @throws OAuthError invalid_scope */
export function requireScope(client: RegisteredClient, scope: readonly string[], strategy: ScopeStrategy): void {
  const refused = firstRefusedScope(strategy, client.allowedScopes, scope);
  if (refused === undefined) return;
  throw invalidScope(`The OAuth 2.0 Client is not allowed to request scope '${refused}'.`);
}

/** Hydra's `audience`: it must equal a registered one or lie below it. @throws OAuthError invalid_request */
export function requireAudience(client: RegisteredClient, audience: readonly string[]): void {
  const refused = firstRefusedAudience(client.allowedAudiences, audience);
  if (refused === undefined) return;
  throw invalidRequest(`Requested audience '${refused}' is not registered for the OAuth 2.0 Client.`);
}

/**
 * @param refusal the error: unauthorized_client at the token endpoint (RFC 6749 §5.2), but invalid_grant at the endpoints
 * that only begin a grant, as in Hydra
 * @throws OAuthError
 */
export function requireGrantType(
  client: RegisteredClient,
  grantType: string,
  refusal: (hint: string) => OAuthError = unauthorizedClient,
): void {
  if (client.mayUse(grantType)) return;
  throw refusal(`The OAuth 2.0 Client is not allowed to use authorization grant '${grantType}'.`);
}

/**
 * RFC 6749 §3.1.1: the order of the words does not matter.
 * @param words the words of `response_type`, sorted
 * @throws OAuthError unsupported_response_type
 */
export function requireResponseType(client: RegisteredClient, words: readonly string[]): void {
  const asked = words.join(' ');
  if (client.responseTypes.some((registered) => parseResponseType(registered).join(' ') === asked)) return;
  throw unsupportedResponseType(`The OAuth 2.0 Client is not allowed to use response type '${asked}'.`);
}
