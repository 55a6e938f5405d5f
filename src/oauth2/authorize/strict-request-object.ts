/**
 * The strict treatment of request objects (RFC 9101), for clients that must sign them and for pushed requests: the object is
 * the whole request, and it is signed. Other clients have the treatment of OpenID Connect Core §6, as in Hydra.
 */
import type { RegisteredClient } from '../../clients/registered-client.js';
import { isFapiAlgorithm } from '../../clients/security-profile/fapi-algorithms.js';
import { isUnderFapi, signsMessages } from '../../clients/security-profile/security-profile.js';
import type { Configuration } from '../../config/configuration.js';
import { FormParams } from '../../http/exchange/form-params.js';
import { readPart } from '../../jwt/compact-jwt.js';
import { judgeTimes } from '../../jwt/judge-times.js';
import { isOfAnotherKind, isPlain, JWT_KINDS } from '../../jwt/jwt-kind.js';
import { SIGNING_ALGORITHMS } from '../../keys/algorithms.js';
import type { JsonObject, JsonValue } from '../../protocol/json.js';
import { invalidRequestObject } from '../../protocol/oauth-error.js';
import { parseResponseType } from '../../protocol/response-type.js';
import { OPENID } from '../../protocol/constants.js';
import { splitWords } from '../../protocol/scope.js';
import { overlay } from './request-object.js';

const MAX_CHARACTERS = 16 * 1024;
const MAX_JTI_CHARACTERS = 256;
const HOUR_SECONDS = 3_600;

/** RFC 9101 §10.5: whether each authorization request of the client must be a signed request object. */
export function mustSign(client: RegisteredClient, configuration: Configuration): boolean {
  if (client.metadata.require_signed_request_object === true) return true;
  return configuration.oauth2.request_objects.require_signed || signsMessages(client, configuration);
}

/**
 * RFC 8725 §3.1: the algorithm is that of the client's registration, else one that the operator chose. It is never `none`.
 * @throws OAuthError invalid_request_object
 */
export function judgeAlgorithm(alg: string, client: RegisteredClient, configuration: Configuration): void {
  const { request_object_signing_alg: registered } = client.metadata;
  const named: readonly string[] = registered
    ? [registered]
    : (configuration.oauth2.request_objects.signing_algs ?? SIGNING_ALGORITHMS);
  const allowed = isUnderFapi(client, configuration) ? named.filter(isFapiAlgorithm) : named;
  if (alg !== 'none' && allowed.includes(alg)) return;
  throw invalidRequestObject(`It must be signed with one of ${allowed.join(', ')}.`);
}

/** Before any work is done with it. @throws OAuthError invalid_request_object */
export function judgeForm(jwt: string): void {
  if (jwt.length > MAX_CHARACTERS) throw invalidRequestObject(`It may have ${MAX_CHARACTERS} characters.`);
  const typ = readPart(jwt.split('.', 1)[0] ?? '')?.typ;
  if (isPlain(typ) || isOwnKind(typ)) return;
  throw invalidRequestObject(`Its 'typ' must be '${JWT_KINDS.requestObject}', 'JWT' or absent.`);
}

/** RFC 9101 §10.8. */
function isOwnKind(typ: unknown): boolean {
  return typeof typ === 'string' && /\+jwt$/i.test(typ) && !isOfAnotherKind(typ, JWT_KINDS.requestObject);
}

interface StrictContext {
  clientId: string;
  issuer: string;
  now: Date;
  /** FAPI 2.0 Message Signing holds for the client. */
  signsMessages: boolean;
}

/**
 * What the usual rules leave open (`judgeClaims`).
 * @throws OAuthError invalid_request_object
 */
export function judgeStrictly(claims: JsonObject, { clientId, issuer, now, signsMessages }: StrictContext): void {
  if (signsMessages) judgeAsMessage(claims, now);
  if (claims.client_id !== clientId) {
    throw invalidRequestObject("Its claim 'client_id' must be the id of the client (RFC 9101 §5).");
  }
  if (isThere(claims.aud) && ![claims.aud].flat().includes(issuer)) {
    throw invalidRequestObject("Its claim 'aud' must be the issuer of this server, or a list that contains it.");
  }
  if (isThere(claims.jti) && (typeof claims.jti !== 'string' || claims.jti.length > MAX_JTI_CHARACTERS)) {
    throw invalidRequestObject(`Its claim 'jti' must be a text of at most ${MAX_JTI_CHARACTERS} characters.`);
  }
}

/**
 * FAPI 2.0 Message Signing §5.3.1: a signed request names its server, and is good for an hour at most, so that it is no lasting
 * proof of a wish that the client has had once. Parameters of the request are judged elsewhere.
 */
function judgeAsMessage(claims: JsonObject, now: Date): void {
  const rules = { now, what: 'request object', error: invalidRequestObject, required: ['exp', 'nbf'] as const };
  const { exp, nbf = 0 } = judgeTimes(claims, rules);
  if (!isThere(claims.aud))
    throw invalidRequestObject("Its claim 'aud' is missing: it must be the issuer of this server.");
  if (now.getTime() / 1000 - nbf > HOUR_SECONDS) {
    throw invalidRequestObject("Its claim 'nbf' lies more than 60 minutes in the past: make a new one.");
  }
  if (exp - nbf > HOUR_SECONDS) throw invalidRequestObject("Its claim 'exp' lies more than 60 minutes after 'nbf'.");
}

/** RFC 9101 §6.3: the parameters of the object, and none of those that stand beside it. */
export function parametersOf(claims: JsonObject): FormParams {
  return overlay(new FormParams(), claims);
}

/**
 * OpenID Connect Core §6.1: `response_type` is also a parameter of OAuth 2.0, so a value beside the object must be the same.
 * @throws OAuthError invalid_request_object
 */
export function judgeResponseType(beside: FormParams, parameters: FormParams): void {
  const [outer, inner] = [beside, parameters].map((one) => one.first('response_type'));
  if (outer === undefined || inner === undefined || !splitWords(parameters.first('scope')).includes(OPENID)) return;
  if (parseResponseType(outer).join(' ') === parseResponseType(inner).join(' ')) return;
  throw invalidRequestObject("Its claim 'response_type' differs from parameter 'response_type'.");
}

function isThere(claim: JsonValue | undefined): boolean {
  return claim !== undefined && claim !== null;
}
