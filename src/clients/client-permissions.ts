/**
 * Decides what a client may request by its registration (RFC 7591 §2): each check exists once, with the error and the hint of
 * its refusal. A check runs when the request arrives, and again where the client may have changed meanwhile.
 */
import { firstRefusedAudience } from '../protocol/audience.js';
import {
  invalidAuthorizationDetails,
  invalidRequest,
  invalidScope,
  type OAuthError,
  unauthorizedClient,
  unsupportedResponseType,
} from '../protocol/oauth-error.js';
import { firstRefusedScope, type ScopeStrategy } from '../protocol/scope.js';
import type { Configuration, DetailType } from '../config/configuration.js';
import { detailCheck } from '../config/detail-schemas.js';
import type { AuthorizationDetail } from '../protocol/authorization-details.js';
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

/**
 * RFC 9396 §5: each element must be of a type that is configured and that the client may ask for, and satisfy its schema. A
 * client without `authorization_details_types` may ask for all types, but for none if it registered itself.
 * @throws OAuthError invalid_authorization_details
 */
export function requireAuthorizationDetails(
  client: RegisteredClient,
  details: readonly AuthorizationDetail[],
  { oauth2 }: Configuration,
): void {
  if (details.length === 0) return;
  const registered = client.detailTypes;
  const types = oauth2.authorization_details.types.filter(({ type }) => registered?.includes(type) ?? true);
  const fault = faultOfDetails(details, types);
  if (fault !== undefined) throw invalidAuthorizationDetails(`In 'authorization_details' ${fault}`);
}

/**
 * What is wrong with the first element that is of none of these types, or does not satisfy the schema of its type; undefined
 * if nothing is.
 */
export function faultOfDetails(
  details: readonly AuthorizationDetail[],
  allowed: readonly DetailType[],
): string | undefined {
  const types = new Map(allowed.map((one) => [one.type, one]));
  for (const [index, detail] of details.entries()) {
    const type = types.get(detail.type);
    const lack = type ? lackOf(detail, type) : 'is of a type that is unknown or not allowed here.';
    if (lack !== undefined) return `element ${index + 1} ${lack}`;
  }
  return undefined;
}

function lackOf(detail: AuthorizationDetail, { definition }: DetailType): string | undefined {
  return definition && detailCheck(definition)(detail);
}
