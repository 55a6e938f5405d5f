/**
 * A request object: authorization parameters as a JWT, by value or by reference (RFC 9101, OpenID Connect Core §6). This
 * file reads and judges it; `request-objects.ts` fetches it and proves its signature.
 */
import { FormParams } from '../../http/form-params.js';
import { isJsonObject, type JsonObject, type JsonValue, parseJson, stringifyJson } from '../../protocol/json.js';
import { invalidRequestObject } from '../../protocol/oauth-error.js';
import { splitWords } from '../../protocol/scope.js';

/** Tolerated difference between the client's clock and ours for what lies in the future. Seconds. */
const CLOCK_SKEW = 5;

/** Claims of the JWT itself (RFC 7519 §4.1), which are no parameters. */
const JWT_CLAIMS = new Set(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti']);

/** The `alg` of the header. @throws OAuthError invalid_request_object: no JWT */
export function algorithmOf(jwt: string): string {
  const { alg } = jsonPart(jwt, 0);
  if (typeof alg !== 'string') throw invalidRequestObject('Its header names no algorithm.');
  return alg;
}

/** The claims of an unsigned object: its third part is empty (RFC 7515 §A.5). @throws OAuthError invalid_request_object */
export function unsignedClaims(jwt: string): JsonObject {
  const parts = jwt.split('.');
  if (parts.length !== 3 || parts[2] !== '') throw invalidRequestObject('An unsigned one must have no signature.');
  return jsonPart(jwt, 1);
}

/**
 * @throws OAuthError invalid_request_object: expired, not yet valid (RFC 7519 §4.1), of another client, or holding what
 * it must not hold (RFC 9101 §4)
 */
export function judgeClaims(claims: JsonObject, clientId: string, now: Date): void {
  const seconds = now.getTime() / 1000;
  const [exp, nbf, iat] = [moment(claims, 'exp'), moment(claims, 'nbf'), moment(claims, 'iat')];
  if (exp !== undefined && exp <= seconds) throw invalidRequestObject("It has expired: see its claim 'exp'.");
  if (nbf !== undefined && nbf > seconds + CLOCK_SKEW) {
    throw invalidRequestObject("It is not valid yet: see its claim 'nbf'.");
  }
  if (iat !== undefined && iat > seconds + CLOCK_SKEW) {
    throw invalidRequestObject("It was issued in the future: see its claim 'iat'.");
  }
  if (claims.client_id !== undefined && claims.client_id !== clientId) {
    throw invalidRequestObject("Its claim 'client_id' differs from parameter 'client_id'.");
  }
  if (claims.request !== undefined || claims.request_uri !== undefined) {
    throw invalidRequestObject("It must not hold 'request' or 'request_uri' itself.");
  }
}

/** Each claim takes the place of the parameter of its name; the scopes of both count (OpenID Connect Core §6.1). */
export function overlay(parameters: FormParams, claims: JsonObject): FormParams {
  const merged = new URLSearchParams(parameters.entries());
  for (const [name, value] of Object.entries(claims)) {
    if (JWT_CLAIMS.has(name) || value === null) continue;
    merged.delete(name);
    for (const text of textsOf(name, value)) merged.append(name, text);
  }
  const scope = [merged.get('scope'), parameters.first('scope')].join(' ');
  merged.set('scope', splitWords(scope).join(' '));
  merged.delete('request');
  merged.delete('request_uri');
  return new FormParams(merged);
}

/** `audience` may be repeated; other lists of words are one parameter; what is no text is written as JSON. */
function textsOf(name: string, value: JsonValue): string[] {
  if (!Array.isArray(value)) return [textOf(name, value)];
  const texts = value.map((item) => textOf(name, item));
  return name === 'audience' ? texts : [texts.join(' ')];
}

function textOf(name: string, value: JsonValue): string {
  const text = typeof value === 'string' ? value : stringifyJson(value);
  if (text.includes('\u0000')) throw invalidRequestObject(`Its claim '${name}' holds a NUL character.`);
  return text;
}

/** A time of RFC 7519 §2: seconds since 1970, fractions allowed. */
function moment(claims: JsonObject, name: string): number | undefined {
  const value = claims[name];
  if (value === undefined || typeof value === 'number') return value;
  throw invalidRequestObject(`Its claim '${name}' must be a number of seconds since 1970.`);
}

function jsonPart(jwt: string, index: number): JsonObject {
  const part = jwt.split('.')[index] ?? '';
  try {
    const value = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(part, 'base64url')));
    if (isJsonObject(value)) return value;
  } catch {
    // told below: it is no JSON
  }
  throw invalidRequestObject('It is no JSON Web Token in compact form.');
}
