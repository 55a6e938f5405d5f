/** Names that several modules share: grant types, token prefixes, key sets, scopes, each with its RFC. */

export const AUTHORIZATION_CODE = 'authorization_code'; // RFC 6749 §4.1
export const CLIENT_CREDENTIALS = 'client_credentials'; // RFC 6749 §4.4
export const REFRESH_TOKEN = 'refresh_token'; // RFC 6749 §6
export const IMPLICIT = 'implicit'; // OpenID Connect Registration §2
export const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'; // RFC 8628 §3.4
export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'; // RFC 7523 §2.1
export const CIBA = 'urn:openid:params:grant-type:ciba'; // CIBA Core 1.0 §4
export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'; // RFC 8693 §2.1
/** No client gives them to itself, whatever else the operator lets clients register. */
export const ADMINISTRATORS_GRANT_TYPES: readonly string[] = [TOKEN_EXCHANGE, CIBA];
export const CLIENT_ASSERTION_JWT = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'; // RFC 7523 §2.2

export const OPENID = 'openid'; // OpenID Connect Core §3.1.2.1
/** Each of them requests a refresh token (OpenID Connect Core §11, and Hydra's older name). */
export const OFFLINE_SCOPES: readonly string[] = ['offline', 'offline_access'];

/** The set whose newest active key signs ID tokens, logout tokens and signed userinfo. */
export const ID_TOKEN_KEY_SET = 'hydra.openid.id-token';
/** The set whose newest active key signs JWT access tokens. */
export const ACCESS_TOKEN_KEY_SET = 'hydra.jwt.access-token';
/** The set whose keys decrypt what others encrypt to this server (RFC 9101 §6.1). Hydra has no such set. */
export const ENCRYPTION_KEY_SET = 'ostiary.request-object-encryption';

/** State and nonce shorter than this are refused as too weak. */
export const MIN_ENTROPY_CHARACTERS = 8;
