/**
 * A request object: authorization parameters as a JWT, by value or by reference (RFC 9101, OpenID Connect Core §6). This
 * file reads it and checks its claims; `request-objects.ts` fetches it and verifies its signature.
 */
import { FormParams } from '../../http/exchange/form-params.js';
import { hasTooManyClaims, type JsonObject, type JsonValue, MAX_CLAIMS, stringifyJson } from '../../protocol/json.js';
import { readPart } from '../../jwt/compact-jwt.js';
import { judgeTimes } from '../../jwt/judge-times.js';
import { isOfAnotherKind, JWT_KINDS } from '../../jwt/jwt-kind.js';
import { hasDuplicateMembers } from '../../protocol/duplicate-members.js';
import { invalidRequestObject } from '../../protocol/oauth-error.js';
import { hasExactNumbers } from '../../protocol/strict-json.js';
import { splitWords } from '../../protocol/scope.js';

/** Claims of the JWT itself (RFC 7519 §4.1), which are not authorization parameters. */
const JWT_CLAIMS = new Set(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti']);

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

/** RFC 7515 §4, RFC 8259 §4: two readers of one object must see the same. @throws OAuthError invalid_request_object */
export function judgeMembers(jwt: string): void {
  for (const part of jwt.split('.', 2)) {
    if (readPart(part) === undefined) continue; // what is no JSON is refused later
    const json = Buffer.from(part, 'base64url').toString();
    if (hasDuplicateMembers(json)) throw invalidRequestObject('It must not name a member twice in one object.');
    if (hasExactNumbers(json)) continue;
    throw invalidRequestObject('A number in it has more digits than can be kept: send it as a text.');
  }
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
  const claimed = new Map<string, string[]>();
  for (const [name, value] of Object.entries(claims)) {
    if (!JWT_CLAIMS.has(name) && value !== null) claimed.set(name, textsOf(name, value));
  }
  const scope = [...(claimed.get('scope') ?? []), parameters.first('scope')].join(' ');
  claimed.set('scope', [splitWords(scope).join(' ')]);
  const kept = parameters.entries().filter(([name]) => !claimed.has(name));
  const added = [...claimed].flatMap(([name, texts]) => texts.map((text): [string, string] => [name, text]));
  return new FormParams([...kept, ...added].filter(([name]) => name !== 'request' && name !== 'request_uri'));
}

/** Claims that are JSON also as a parameter (RFC 9396 §3). */
const JSON_CLAIMS = new Set(['authorization_details']);

/** Claims that may be a list of values that are repeated as a parameter: Hydra's, and RFC 8707 §2. */
const REPEATED_CLAIMS = new Set(['audience', 'resource']);

/** Some may be repeated; other lists of words become one parameter; other values are written as JSON. */
function textsOf(name: string, value: JsonValue): string[] {
  if (!Array.isArray(value) || JSON_CLAIMS.has(name)) return [textOf(name, value)];
  const texts = value.map((item) => textOf(name, item));
  return REPEATED_CLAIMS.has(name) ? texts : [texts.join(' ')];
}

function textOf(name: string, value: JsonValue): string {
  const text = typeof value === 'string' ? value : stringifyJson(value);
  if (text.includes('\u0000')) throw invalidRequestObject(`Its claim '${name}' holds a NUL character.`);
  return text;
}

function jsonPart(jwt: string, index: number): JsonObject {
  const value = readPart(jwt.split('.')[index] ?? '');
  if (!value) throw invalidRequestObject('It is no JSON Web Token in compact form.');
  return value;
}
