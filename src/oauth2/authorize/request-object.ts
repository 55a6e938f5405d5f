/**
 * A request object: authorization parameters as a JWT, by value or by reference (RFC 9101, OpenID Connect Core §6). This
 * file reads it and checks its claims; `request-objects.ts` fetches it and verifies its signature.
 */
import { FormParams } from '../../http/exchange/form-params.js';
import { hasTooManyClaims, type JsonObject, type JsonValue, MAX_CLAIMS } from '../../protocol/json.js';
import { readPart } from '../../jwt/compact-jwt.js';
import { judgeTimes } from '../../jwt/judge-times.js';
import { isOfAnotherKind, JWT_KINDS } from '../../jwt/jwt-kind.js';
import { invalidRequestObject } from '../../protocol/oauth-error.js';
import { splitWords } from '../../protocol/scope.js';
import { textsOfClaims } from '../issuance/request-claims.js';

interface JudgeContext {
  clientId: string;
  /** Values of `aud` that mean this server. */
  audiences: readonly string[];
  now: Date;
}

/** The `alg` of the header. @throws OAuthError invalid_request_object if it is no JWT or of another kind (RFC 9101 §10.8) */
export function algorithmOf(jwt: string): string {
  const { alg, typ } = jsonPart(jwt, 0);
  if (typeof alg !== 'string') throw invalidRequestObject('Its header names no algorithm.');
  if (isOfAnotherKind(typ, JWT_KINDS.requestObject)) {
    throw invalidRequestObject(`Its 'typ' must be '${JWT_KINDS.requestObject}' or absent.`);
  }
  return alg;
}

/** The claims of an unsigned object, whose third part is empty (RFC 7515 §A.5). @throws OAuthError invalid_request_object */
export function unsignedClaims(jwt: string): JsonObject {
  const parts = jwt.split('.');
  if (parts.length !== 3 || parts[2] !== '') throw invalidRequestObject('An unsigned one must have no signature.');
  return jsonPart(jwt, 1);
}

/** Claims as an unsigned object (RFC 7515 §A.5). @param claims JSON */
export function unsignedObject(claims: string): string {
  return `${[JSON.stringify({ alg: 'none' }), claims].map((part) => Buffer.from(part).toString('base64url')).join('.')}.`;
}

/**
 * @throws OAuthError invalid_request_object if the object is expired, not yet valid (RFC 7519 §4.1), of another client,
 * for another server, an assertion of the client, or has forbidden claims (RFC 9101 §4, §10.8)
 */
export function judgeClaims(claims: JsonObject, { clientId, audiences, now }: JudgeContext): void {
  if (hasTooManyClaims(claims)) throw invalidRequestObject(`It may hold ${MAX_CLAIMS} claims.`);
  judgeTimes(claims, { now, what: 'request object', error: invalidRequestObject });
  judgeParties(claims, clientId, audiences);
  if (claims.client_id !== undefined && claims.client_id !== clientId) {
    throw invalidRequestObject("Its claim 'client_id' differs from parameter 'client_id'.");
  }
  if (claims.request !== undefined || claims.request_uri !== undefined) {
    throw invalidRequestObject("It must not hold 'request' or 'request_uri' itself.");
  }
}

/** `iss` and `aud` are optional. The client id as `sub` would make it an assertion (RFC 7523 §3, RFC 9101 §10.8). */
function judgeParties({ iss, sub, aud }: JsonObject, clientId: string, audiences: readonly string[]): void {
  if (isThere(iss) && iss !== clientId) {
    throw invalidRequestObject("Its claim 'iss' must be the client id, or be left out.");
  }
  if (sub === clientId) throw invalidRequestObject("Its claim 'sub' must not be the client id: it is no assertion.");
  const named: readonly JsonValue[] = Array.isArray(aud) ? aud : [aud ?? null];
  if (isThere(aud) && !named.some((one) => typeof one === 'string' && audiences.includes(one))) {
    throw invalidRequestObject("Its claim 'aud' must contain the issuer of this server, or be left out.");
  }
}

function isThere(claim: JsonValue | undefined): boolean {
  return claim !== undefined && claim !== null;
}

/** Each claim replaces the parameter of the same name; the scopes of both are merged (OpenID Connect Core §6.1). */
export function overlay(parameters: FormParams, claims: JsonObject): FormParams {
  const claimed = textsOfClaims(claims, invalidRequestObject);
  const scope = [...(claimed.get('scope') ?? []), parameters.first('scope')].join(' ');
  claimed.set('scope', [splitWords(scope).join(' ')]);
  const kept = parameters.entries().filter(([name]) => !claimed.has(name));
  const added = [...claimed].flatMap(([name, texts]) => texts.map((text): [string, string] => [name, text]));
  return new FormParams([...kept, ...added].filter(([name]) => name !== 'request' && name !== 'request_uri'));
}

function jsonPart(jwt: string, index: number): JsonObject {
  const value = readPart(jwt.split('.')[index] ?? '');
  if (!value) throw invalidRequestObject('It is no JSON Web Token in compact form.');
  return value;
}
