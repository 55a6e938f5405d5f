/** The rules of a client, in the order in which they are checked: the first that does not hold is the answer. */
import { checkAccessTokenStrategy } from './access-token-strategy.js';
import { checkAuthMethod } from './auth-method.js';
import { checkCorsOrigins } from './cors-origins.js';
import { checkKeys, checkKeySource } from './jwks.js';
import { checkReachableAddresses, checkWebAddresses } from './reachable-addresses.js';
import { checkPostLogoutRedirectUris, checkRedirectUris } from './redirect-uris.js';
import type { RegistrationRule } from './registration-rule.js';
import { checkSecret } from './secret.js';
import { checkSectorIdentifier } from './sector-identifier.js';
import { checkStorableValues } from './storable-values.js';
import { checkSubjectType } from './subject-type.js';
import { checkUserinfoAlgorithm } from './userinfo-algorithm.js';
import { checkWebPages } from './web-pages.js';

export const REGISTRATION_RULES: readonly RegistrationRule[] = [
  checkStorableValues,
  checkAuthMethod,
  checkKeySource,
  checkKeys,
  checkWebAddresses,
  checkReachableAddresses,
  checkWebPages,
  checkSecret,
  checkCorsOrigins,
  checkSectorIdentifier,
  checkUserinfoAlgorithm,
  checkRedirectUris,
  checkSubjectType,
  checkPostLogoutRedirectUris,
  checkAccessTokenStrategy,
];
