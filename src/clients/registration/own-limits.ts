/**
 * The permissions that a client may give itself (RFC 7591 §5): those that the operator allows everybody, and those it has.
 * Where an administrator set its permissions, it can get no others (RFC 7592 §2.2: the server may refuse requested values).
 */
import type { Configuration } from '../../config/configuration.js';
import { firstRefusedAudience } from '../../protocol/audience.js';
import { ADMINISTRATORS_GRANT_TYPES, AUTHORIZATION_CODE } from '../../protocol/constants.js';
import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import { AllowedScopes, firstRefusedScope, splitWords } from '../../protocol/scope.js';
import type { OAuth2ClientDto } from '../client.dto.js';
import { isAdministered } from '../client-metadata.js';
import type { RegisteredClient } from '../registered-client.js';

interface Limits {
  scope: readonly string[];
  audience: readonly string[];
  grantTypes: readonly string[];
  /** Undefined: not limited here. A response type is useless without its grant type, and grant types are limited. */
  responseTypes?: readonly string[];
  /** Of authorization details. Undefined: every type. */
  detailTypes?: readonly string[];
}

/** The values for members that a document omits. */
interface Defaults {
  scope: readonly string[];
  audience: readonly string[];
  grantTypes: readonly string[];
  responseTypes: readonly string[];
}

/** The defaults of RFC 7591 §2 for a new client and one that registered itself; else the current values. */
export function defaultsFor(current: RegisteredClient | undefined, configuration: Configuration): Defaults {
  if (current && isAdministered(current.metadata)) return current;
  const { default_scope: scope, allowed_scopes } = configuration.oidc.dynamic_client_registration;
  const allowed = new AllowedScopes(allowed_scopes);
  return {
    scope: scope.filter((one) => allowed.admits(configuration.strategies.scope, one)),
    audience: [],
    grantTypes: [AUTHORIZATION_CODE],
    responseTypes: ['code'],
  };
}

/** @throws OAuthError 400 that names the value which the client may not give itself */
export function checkOwnLimits(
  document: OAuth2ClientDto,
  current: RegisteredClient | undefined,
  configuration: Configuration,
): void {
  const limits = limitsFor(current, configuration);
  const scope = firstRefusedScope(configuration.strategies.scope, limits.scope, splitWords(document.scope));
  if (scope !== undefined) throw beyond('scope', scope);
  const audience = firstRefusedAudience(limits.audience, document.audience ?? []);
  if (audience !== undefined) throw beyond('audience', audience);
  const grantType = firstMissing(limits.grantTypes, document.grant_types);
  if (grantType !== undefined) throw beyond('grant_types', grantType);
  const responseType = limits.responseTypes && firstMissing(limits.responseTypes, document.response_types);
  if (responseType !== undefined) throw beyond('response_types', responseType);
  const detailType = limits.detailTypes && firstMissing(limits.detailTypes, document.authorization_details_types);
  if (detailType !== undefined) throw beyond('authorization_details_types', detailType);
}

function firstMissing(allowed: readonly string[], wanted: readonly string[] = []): string | undefined {
  const known = new Set(allowed);
  return wanted.find((one) => !known.has(one));
}

function limitsFor(current: RegisteredClient | undefined, { oidc }: Configuration): Limits {
  if (current && isAdministered(current.metadata)) return current;
  const { allowed_scopes, allowed_audience, allowed_grant_types } = oidc.dynamic_client_registration;
  return {
    scope: [...allowed_scopes, ...(current?.scope ?? [])],
    audience: [...allowed_audience, ...(current?.audience ?? [])],
    grantTypes: [
      ...allowed_grant_types.filter((type) => !ADMINISTRATORS_GRANT_TYPES.includes(type)),
      ...(current?.grantTypes ?? []),
    ],
  };
}

function beyond(name: string, value: string): Error {
  return invalidClientMetadata(`'${name}' may not hold '${value}' unless the administrator gives it: leave it out.`);
}
