/** What a consent row keeps beside its columns: sealed, for it holds claims. No handle is in it. */
import { open, seal } from '../crypto/aead.js';
import type { SealedColumn } from '../database/sealed-column.js';
import type { AuthorizationRequest } from '../protocol/authorization-request.js';
import { type JsonObject, type JsonValue, parseJson, stringifyJson, withoutDefaults } from '../protocol/json.js';
import { type OpenIdContext, openIdContextOf } from './flow/open-id-context.js';
import type { Granted } from './granted.js';

const PURPOSE = 'consent details';

export const SEALED_DETAILS: SealedColumn = {
  what: 'details of consents',
  table: 'consent',
  column: 'details',
  purpose: PURPOSE,
  key: [['id', 'uuid']],
};

export interface ConsentDetails {
  idTokenClaims: JsonObject;
  accessTokenClaims: JsonObject;
  context: JsonValue;
  oidcContext: OpenIdContext;
  acr: string;
  amr: string[];
  requestUrl: string;
  requestedScope: string[];
  requestedAudience: string[];
}

/** Of a consent without any; members like these are left out of what is stored. */
export const EMPTY_DETAILS: ConsentDetails = {
  idTokenClaims: {},
  accessTokenClaims: {},
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
    context: granted.consent.context,
    oidcContext: openIdContextOf(request),
    acr: granted.acr,
    amr: granted.amr,
    requestUrl: withoutVerifiers(request),
    requestedScope: request.scope,
    requestedAudience: request.audience,
  };
  return seal(secrets, PURPOSE, stringifyJson(withoutDefaults(details, EMPTY_DETAILS)));
}

/** Undefined where no listed secret opens it. */
export function openDetails(sealed: Buffer, secrets: readonly string[]): ConsentDetails | undefined {
  const plain = open(secrets, PURPOSE, sealed);
  return plain && { ...EMPTY_DETAILS, ...(parseJson(plain.toString()) as Partial<ConsentDetails>) };
}

function withoutVerifiers({ requestUrl }: AuthorizationRequest): string {
  const url = new URL(requestUrl);
  for (const name of ['login_verifier', 'consent_verifier', 'device_verifier']) url.searchParams.delete(name);
  return url.href;
}
