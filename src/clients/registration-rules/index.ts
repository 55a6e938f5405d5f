/** The rules for a client, in the order in which they are checked: the first one that fails is the answer. */
import { checkAccessTokenStrategy } from './access-token-strategy.js';
import { checkApplicationType } from './application-type.js';
import { checkAuthorizationDetailsTypes } from './authorization-details-types.js';
import { checkAuthMethod } from './auth-method.js';
import { checkBackchannelDelivery, checkBackchannelSigning } from './backchannel-authentication.js';
import { checkCorsOrigins } from './cors-origins.js';
import { checkEncryptionAlgorithms, checkRecipientKeys } from './encryption.js';
import { checkDefaultAcrValues } from './default-acr-values.js';
import { checkGrantTypes } from './grant-types.js';
import { checkKeys, checkKeySource } from './jwks.js';
import { checkReachableAddresses, checkWebAddresses } from './reachable-addresses.js';
import { checkPostLogoutRedirectUris, checkRedirectUris } from './redirect-uris.js';
import type { RegistrationRule } from './registration-rule.js';
import { checkRequestObjects } from './request-objects.js';
import { checkSecret } from './secret.js';
import { checkSecurityProfile } from './security-profile.js';
import { checkSectorIdentifier } from './sector-identifier.js';
import { checkSignedResponseAlgorithms } from './signed-response-algorithms.js';
import { checkStorableValues } from './storable-values.js';
import { checkPairwiseSector, checkSubjectType } from './subject-type.js';
import { checkSelfSignedTlsClientAuth, checkTlsClientAuth } from './tls-client-auth.js';
import { checkInitiateLoginUri, checkWebPages } from './web-pages.js';

export const REGISTRATION_RULES: readonly RegistrationRule[] = [
  checkStorableValues,
  checkAuthMethod,
  checkGrantTypes,
  checkTlsClientAuth,
  checkSelfSignedTlsClientAuth,
  checkRequestObjects,
  checkBackchannelDelivery,
  checkBackchannelSigning,
  checkAuthorizationDetailsTypes,
  checkKeySource,
  checkKeys,
  checkWebAddresses,
  checkReachableAddresses,
  checkEncryptionAlgorithms,
  checkRecipientKeys,
  checkWebPages,
  checkInitiateLoginUri,
  checkSecret,
  checkCorsOrigins,
  checkSectorIdentifier,
  checkSignedResponseAlgorithms,
  checkRedirectUris,
  checkApplicationType,
  checkSubjectType,
  checkPairwiseSector,
  checkPostLogoutRedirectUris,
  checkAccessTokenStrategy,
  checkDefaultAcrValues,
  checkSecurityProfile,
];
