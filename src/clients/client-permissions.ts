/**
 * Decides what a client may request by its registration (RFC 7591 §2): each check exists once, with the error and the hint of
 * its refusal. A check runs when the request arrives, and again where the client may have changed meanwhile.
 */
import {
  invalidAuthorizationDetails,
  invalidRequest,
  invalidScope,
  invalidTarget,
  type OAuthError,
  unauthorizedClient,
  unsupportedResponseType,
} from '../protocol/oauth-error.js';
import { firstRefusedScope, type ScopeStrategy } from '../protocol/scope.js';
import type { Configuration, DetailType, ProtectedResource } from '../config/configuration.js';
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

/**
 * Hydra's `audience`, and `resource` (RFC 8707 §2): each must equal a registered audience of the client, lie below one, or be a
 * resource for any client.
 * @param wanted audiences; `resources` are those of them that came as `resource`
 * @throws OAuthError invalid_target for a resource, else invalid_request
 */
export function requireAudience(
  client: RegisteredClient,
  { audience, resources = [] }: { audience: readonly string[]; resources?: readonly string[] },
  configuration: Configuration,
): void {
  const refused = audience.find((wanted) => !permitsAudience(client, wanted, configuration));
  if (refused === undefined) return;
  if (!resources.includes(refused)) {
    throw invalidRequest(`Requested audience '${refused}' is not registered for the OAuth 2.0 Client.`);
  }
  throw invalidTarget(
    `The OAuth 2.0 Client may not ask for resource '${refused}': register it as an audience of the client.`,
  );
}

export function permitsAudience(client: RegisteredClient, wanted: string, configuration: Configuration): boolean {
  return client.allowedAudiences.permits(wanted) || anyClientResources(client, configuration).has(wanted);
}

/** The audiences of which a client may have the whole text, without those below them. */
export function audiencesOf(client: RegisteredClient, configuration: Configuration): readonly string[] {
  const resources = anyClientResources(client, configuration);
  return resources.size === 0 ? client.audience : [...client.audience, ...resources];
}

const NONE: ReadonlySet<string> = new Set();
const ANY_CLIENT = new WeakMap<readonly ProtectedResource[], ReadonlySet<string>>();

/** The resources that every client may ask for, but not who is none. They are put in a set once for each configuration. */
function anyClientResources({ clientId }: RegisteredClient, { oauth2 }: Configuration): ReadonlySet<string> {
  const { protected_resources: listed, resource_indicators: indicators } = oauth2;
  if (!indicators.enabled || listed.length === 0 || clientId === '') return NONE;
  let resources = ANY_CLIENT.get(listed);
  if (!resources) {
    resources = new Set(listed.filter((one) => one.any_client !== false).map(({ resource }) => resource));
    ANY_CLIENT.set(listed, resources);
  }
  return resources;
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
