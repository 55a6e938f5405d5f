/**
 * The column `session_data` of tokens, as of Hydra 2 and, with the names of Go's fields, as of 1.x: every version of Hydra
 * still reads both.
 */
import type { GrantSession } from '../../../oauth2/issuance/grant-session.js';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../../protocol/json.js';
import { isWritable } from './lists.js';
import { jsonMoment, wholeSeconds } from './moments.js';

/** What a token of Hydra knows of login and consent. Moments are microseconds since 1970. */
export interface HydraSession {
  session: GrantSession;
  /** Undefined: by the lifespan of the configuration. */
  accessTokenExpiry?: bigint;
  /** Undefined: never. */
  refreshTokenExpiry?: bigint;
  /** `iss` at the time of issue. */
  issuer?: string;
  /** The id of the key that signed the access token. Undefined: it is opaque. */
  signedWith?: string;
}

/** The parts of the document, by whichever names they have. */
interface Parts {
  claims: JsonObject;
  expiry: JsonObject;
  accessTokenClaims: JsonObject;
}

/** Undefined where the text is no JSON object, or one that could not be written again. */
export function readSession(text: string): HydraSession | undefined {
  const document = documentOf(text);
  if (!document) return undefined;
  const { claims, expiry, accessTokenClaims } = partsOf(document);
  return {
    session: sessionOf(claims, accessTokenClaims),
    accessTokenExpiry: jsonMoment(expiry.access_token),
    refreshTokenExpiry: jsonMoment(expiry.refresh_token),
    issuer: textOf(claims.iss ?? claims.Issuer),
    signedWith: textOf(document.kid ?? document.KID),
  };
}

function documentOf(text: string): JsonObject | undefined {
  try {
    const document = parseJson(text);
    return isJsonObject(document) && isWritable(document, text.length) ? document : undefined;
  } catch {
    return undefined;
  }
}

function partsOf(document: JsonObject): Parts {
  const login = objectOf(document.id_token ?? document.idToken);
  return {
    claims: objectOf(login.id_token_claims ?? login.Claims),
    expiry: objectOf(login.expires_at ?? login.ExpiresAt),
    accessTokenClaims: objectOf(document.extra ?? document.Extra),
  };
}

function sessionOf(claims: JsonObject, accessTokenClaims: JsonObject): GrantSession {
  const { sid, ...idTokenClaims } = objectOf(claims.ext ?? claims.Extra);
  return {
    idTokenClaims,
    accessTokenClaims,
    userinfoClaims: {},
    subjectIdentifier: textOf(claims.sub ?? claims.Subject),
    nonce: textOf(claims.nonce ?? claims.Nonce),
    authTime: secondsOf(claims.auth_time ?? claims.AuthTime),
    requestedAt: secondsOf(claims.rat ?? claims.RequestedAt),
    acr: textOf(claims.acr ?? claims.AuthenticationContextClassReference),
    amr: textsOf(claims.amr ?? claims.AuthenticationMethodsReferences),
    sid: textOf(sid),
  };
}

const NOTHING: JsonObject = Object.freeze({});

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : NOTHING;
}

/** Hydra writes an empty text where there is none. */
function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function textsOf(value: JsonValue | undefined): string[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.filter((one) => typeof one === 'string');
}

function secondsOf(value: JsonValue | undefined): number | undefined {
  const moment = jsonMoment(value);
  return moment === undefined ? undefined : wholeSeconds(moment);
}
