/**
 * What a request asks of the authentication and of the person, by `acr_values` and by the claims `acr` and `sub` of the
 * parameter `claims` (OpenID Connect Core §3.1.2.1, §5.5.1.1; RFC 9470 §4).
 */
import type { Configuration } from '../../config/configuration.js';
import type { AuthorizationRequest } from '../../protocol/authorization-request.js';
import type { JsonValue } from '../../protocol/json.js';
import { allowedValues, type ClaimRequest, requestsFor } from '../../protocol/requested-claims.js';

type Asking = Pick<AuthorizationRequest, 'acrValues' | 'requestedClaims'>;

/** Whether requests can ask for an `acr`, so that sessions must know theirs. */
export function usesAcr({ oauth2, oidc }: Configuration): boolean {
  return oauth2.step_up.enabled || oidc.claims_parameter.enabled;
}

/** OpenID Connect Core §5.5.1.1: whether the login reached every essential `acr`. */
export function reachesEssentialAcr(request: Asking, acr: string | undefined): boolean {
  return essentialAcr(request).every((allowed) => isAmong(allowed, acr));
}

/** The voluntary values: without any of them the request is still answered. */
export function voluntaryAcr(request: Asking): JsonValue[] {
  const asked = requests('acr', request).filter(({ essential }) => essential !== true);
  return [...request.acrValues, ...asked.flatMap((one) => allowedValues(one) ?? [])];
}

/** Whether the request itself says which `acr` it wishes, so that no default of the client counts. */
export function asksForAcr(request: Asking): boolean {
  const { id_token: idToken, userinfo } = request.requestedClaims ?? {};
  return request.acrValues.length > 0 || [idToken, userinfo].some((claims) => claims && Object.hasOwn(claims, 'acr'));
}

/** Whether the request is for one person only, named by the identifier that the client knows (§3.1.2.2). */
export function asksForPerson(request: Asking): boolean {
  return allowedPersons(request).length > 0;
}

/** Whether the request may be answered about the person. @param subjectIdentifier the `sub` that the client would get */
export function isAskedPerson(request: Asking, subjectIdentifier: string | undefined): boolean {
  return allowedPersons(request).every((allowed) => isAmong(allowed, subjectIdentifier));
}

function essentialAcr(request: Asking): JsonValue[][] {
  return listsOf(requests('acr', request).filter(({ essential }) => essential === true));
}

function allowedPersons(request: Asking): JsonValue[][] {
  return listsOf(requests('sub', request));
}

function requests(name: string, { requestedClaims }: Asking): ClaimRequest[] {
  return requestedClaims ? requestsFor(name, requestedClaims) : [];
}

function listsOf(asked: readonly ClaimRequest[]): JsonValue[][] {
  return asked.map(allowedValues).filter((allowed) => allowed !== undefined);
}

function isAmong(allowed: readonly JsonValue[], value: string | undefined): boolean {
  return value !== undefined && allowed.includes(value);
}
