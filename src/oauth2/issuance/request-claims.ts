/** The claims of a JWT that is a request (RFC 9101, CIBA Core §7.1.1), as the parameters that they stand for. */
import { FormParams } from '../../http/exchange/form-params.js';
import { readPart } from '../../jwt/compact-jwt.js';
import { hasDuplicateMembers } from '../../protocol/duplicate-members.js';
import { type JsonObject, type JsonValue, stringifyJson } from '../../protocol/json.js';
import type { OAuthError } from '../../protocol/oauth-error.js';
import { hasExactNumbers } from '../../protocol/strict-json.js';

type ErrorOf = (hint: string) => OAuthError;

/** Claims of the JWT itself (RFC 7519 §4.1), which are not parameters. */
const JWT_CLAIMS = new Set(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti']);
/** Claims that are JSON also as a parameter (RFC 9396 §3). */
const JSON_CLAIMS = new Set(['authorization_details']);

/** RFC 7515 §4, RFC 8259 §4: two readers of one object must see the same. @throws the error that `error` creates */
export function judgeMembers(jwt: string, error: ErrorOf): void {
  for (const part of jwt.split('.', 2)) {
    if (readPart(part) === undefined) continue; // what is no JSON is refused later
    const json = Buffer.from(part, 'base64url').toString();
    if (hasDuplicateMembers(json)) throw error('It must not name a member twice in one object.');
    if (hasExactNumbers(json)) continue;
    throw error('A number in it has more digits than can be kept: send it as a text.');
  }
}

/** The values of each parameter. @throws the error that `error` creates for a NUL character */
export function textsOfClaims(claims: JsonObject, error: ErrorOf): Map<string, string[]> {
  const texts = new Map<string, string[]>();
  for (const [name, value] of Object.entries(claims)) {
    if (!JWT_CLAIMS.has(name) && value !== null) texts.set(name, textsOf(name, value, error));
  }
  return texts;
}

/** All parameters. @throws as textsOfClaims */
export function claimsAsParameters(claims: JsonObject, error: ErrorOf): FormParams {
  const entries = [...textsOfClaims(claims, error)];
  return new FormParams(entries.flatMap(([name, texts]) => texts.map((text): [string, string] => [name, text])));
}

/** Claims that may be a list of values that are repeated as a parameter: Hydra's, and RFC 8707 §2. */
const REPEATED_CLAIMS = new Set(['audience', 'resource']);

/** Some may be repeated; other lists of words become one parameter; other values are written as JSON. */
function textsOf(name: string, value: JsonValue, error: ErrorOf): string[] {
  if (!Array.isArray(value) || JSON_CLAIMS.has(name)) return [textOf(name, value, error)];
  const texts = value.map((item) => textOf(name, item, error));
  return REPEATED_CLAIMS.has(name) ? texts : [texts.join(' ')];
}

function textOf(name: string, value: JsonValue, error: ErrorOf): string {
  const text = typeof value === 'string' ? value : stringifyJson(value);
  if (text.includes('\u0000')) throw error(`Its claim '${name}' holds a NUL character.`);
  return text;
}
