/** The details of a consent, stored encrypted in one column because they contain claims. They contain no handle. */
import { seal } from '../../crypto/aead.js';
import { openColumn, type OpeningSecrets, placeOf, type SealedColumn } from '../../database/sealed-column.js';
import type { AuthorizationDetail } from '../../protocol/authorization-details.js';
import { type JsonObject, type JsonValue, parseJson, stringifyJson, withoutDefaults } from '../../protocol/json.js';
import { type OpenIdContext, openIdContextOf } from '../flow/open-id-context.js';
import { withoutSecrets } from '../flow/request-url.js';
import type { Granted } from './granted.js';

export const SEALED_DETAILS: SealedColumn = {
  what: 'details of consents',
  table: 'consent',
  column: 'details',
  purpose: 'consent details',
  key: [['id', 'uuid']],
};

export interface ConsentDetails {
  idTokenClaims: JsonObject;
  accessTokenClaims: JsonObject;
  userinfoClaims: JsonObject;
  context: JsonValue;
  oidcContext: OpenIdContext;
  acr: string;
  amr: string[];
  requestUrl: string;
  requestedScope: string[];
  requestedAudience: string[];
  /** RFC 9396 §2, §7. Absent: none. */
  requestedAuthorizationDetails?: AuthorizationDetail[];
  grantedAuthorizationDetails?: AuthorizationDetail[];
}

/** The default of each member; a member with its default is not stored. */
export const EMPTY_DETAILS: ConsentDetails = {
  idTokenClaims: {},
  accessTokenClaims: {},
  userinfoClaims: {},
  context: null,
  oidcContext: {},
  acr: '',
  amr: [],
  requestUrl: '',
  requestedScope: [],
  requestedAudience: [],
};

export function sealDetails(granted: Granted, secrets: readonly string[]): Buffer {
  const { request } = granted;
  const details: ConsentDetails = {
    idTokenClaims: granted.idTokenClaims,
    accessTokenClaims: granted.accessTokenClaims,
    userinfoClaims: granted.userinfoClaims,
    context: granted.consent.context,
    oidcContext: openIdContextOf(request),
    acr: granted.acr,
    amr: granted.amr,
    requestUrl: withoutSecrets(request.requestUrl),
    requestedScope: request.scope,
    requestedAudience: request.audience,
    requestedAuthorizationDetails: request.authorizationDetails,
    grantedAuthorizationDetails: granted.grantedAuthorizationDetails,
  };
  return sealDetailsOf(granted.consentId, details, secrets);
}

/** @param id uuid of the consent */
export function sealDetailsOf(id: string, details: ConsentDetails, secrets: readonly string[]): Buffer {
  return seal(secrets, placeOf(SEALED_DETAILS, id), stringifyJson(withoutDefaults(details, EMPTY_DETAILS)));
}

/** Undefined if no configured secret decrypts the details, or they belong to another consent. */
export function openDetails(
  { id, details }: { id: string; details: Buffer },
  secrets: OpeningSecrets,
): ConsentDetails | undefined {
  const plain = openColumn(secrets, placeOf(SEALED_DETAILS, id), details);
  return plain && { ...EMPTY_DETAILS, ...(parseJson(plain.toString()) as Partial<ConsentDetails>) };
}
