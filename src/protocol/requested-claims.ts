/** The parameter `claims` (OpenID Connect Core §5.5): which claims the client asks for, where, and with which values. */
import { hasDuplicateMembers } from './duplicate-members.js';
import { isJsonObject, isNestedWithin, type JsonValue, parseJson } from './json.js';
import { invalidRequest, type OAuthError } from './oauth-error.js';

/** How a claim is asked for (§5.5.1). Unknown members are kept: the apps may understand them. */
export interface ClaimRequest {
  essential?: boolean;
  value?: JsonValue;
  values?: JsonValue[];
}

/** By the name of the claim; `null`: voluntary, with any value. */
type ClaimRequests = Record<string, ClaimRequest | null>;

export interface RequestedClaims {
  userinfo?: ClaimRequests;
  id_token?: ClaimRequests;
}

const MAX_BYTES = 16 * 1024;
const MAX_LEVELS = 16;
/** In one object or list. */
const MAX_ELEMENTS = 64;

/** @throws OAuthError invalid_request: no JSON, too large, a member twice, or of another form than §5.5 defines */
export function parseRequestedClaims(text: string): RequestedClaims {
  if (Buffer.byteLength(text) > MAX_BYTES) throw malformed(`may have ${MAX_BYTES} bytes`);
  const value = jsonOf(text);
  if (!isJsonObject(value)) throw malformed('must be a JSON object');
  if (hasDuplicateMembers(text)) throw malformed('must not name a member twice in one object');
  if (!isNestedWithin(MAX_LEVELS, value)) throw malformed(`may be nested ${MAX_LEVELS} levels deep`);
  if (!hasFewElements(value)) throw malformed(`may have ${MAX_ELEMENTS} elements in one object or list`);
  const { userinfo, id_token: idToken } = value;
  return {
    ...(userinfo === undefined ? {} : { userinfo: claimRequests('userinfo', userinfo) }),
    ...(idToken === undefined ? {} : { id_token: claimRequests('id_token', idToken) }),
  };
}

function jsonOf(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    throw malformed('must be JSON');
  }
}

function claimRequests(member: string, value: JsonValue): ClaimRequests {
  if (!isJsonObject(value)) throw malformed(`must hold an object in '${member}'`);
  const fault = Object.values(value).map(faultOf).find(Boolean);
  if (fault) throw malformed(`must hold null or an object for each claim in '${member}'${fault}`);
  return value as Record<string, unknown> as ClaimRequests;
}

/** What is wrong with the request for one claim, to be appended to a hint; empty if it is well-formed. */
function faultOf(claim: JsonValue): string {
  if (claim === null) return '';
  if (!isJsonObject(claim)) return '.';
  const { essential, values } = claim;
  if (essential !== undefined && typeof essential !== 'boolean') return ", in which 'essential' is true or false";
  return values === undefined || Array.isArray(values) ? '' : ", in which 'values' is a list";
}

function hasFewElements(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return true;
  const elements = Object.values(value);
  return elements.length <= MAX_ELEMENTS && elements.every(hasFewElements);
}

function malformed(rule: string): OAuthError {
  return invalidRequest(`Parameter 'claims' ${rule.replace(/\.$/, '')}.`);
}

/** Every request for the claim, wherever it is to be delivered. */
export function requestsFor(name: string, { userinfo, id_token: idToken }: RequestedClaims): ClaimRequest[] {
  const all = [idToken, userinfo].map((claims) => (claims && Object.hasOwn(claims, name) ? claims[name] : undefined));
  return all.filter((request): request is ClaimRequest => request !== null && request !== undefined);
}

/** Whether the claim is asked for, with or without further wishes. */
export function asksFor(name: string, claims: ClaimRequests | undefined): boolean {
  return claims !== undefined && Object.hasOwn(claims, name);
}

/** The values that `value` and `values` allow; undefined if any is allowed. */
export function allowedValues({ value, values }: ClaimRequest): JsonValue[] | undefined {
  if (value === undefined) return values;
  return values === undefined || values.includes(value) ? [value] : [];
}
