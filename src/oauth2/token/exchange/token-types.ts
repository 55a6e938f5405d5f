import { invalidRequest } from '../../../protocol/oauth-error.js';

/** RFC 8693 §3. */
export const TOKEN_TYPES = {
  accessToken: 'urn:ietf:params:oauth:token-type:access_token',
  refreshToken: 'urn:ietf:params:oauth:token-type:refresh_token',
  idToken: 'urn:ietf:params:oauth:token-type:id_token',
  jwt: 'urn:ietf:params:oauth:token-type:jwt',
} as const;

type TokenType = (typeof TOKEN_TYPES)[keyof typeof TOKEN_TYPES];

/** The types of tokens that are taken, and that can be asked for. */
const TAKEN: readonly TokenType[] = [TOKEN_TYPES.accessToken, TOKEN_TYPES.idToken, TOKEN_TYPES.jwt];
const ISSUED: readonly TokenType[] = [TOKEN_TYPES.accessToken, TOKEN_TYPES.jwt, TOKEN_TYPES.refreshToken];

/** No honest token is longer (characters). */
const MAX_TOKEN = 16_384;

/** A token of the request, of which nothing has been proven. */
export interface PresentedToken {
  name: 'subject_token' | 'actor_token';
  token: string;
  type: TokenType;
}

/**
 * @param name of the parameter with the token; that with its type is `<name>_type`
 * @throws OAuthError invalid_request
 */
export function presentedToken(name: PresentedToken['name'], token = '', sentType = ''): PresentedToken {
  if (!token) throw invalidRequest(`Parameter '${name}' is missing.`);
  if (!sentType) throw invalidRequest(`Parameter '${name}_type' is missing.`);
  const type = TAKEN.find((one) => one === sentType);
  if (!type) throw invalidRequest(`'${name}_type' must be one of ${TAKEN.join(', ')}.`);
  if (token.length > MAX_TOKEN) throw invalidRequest(`'${name}' may have ${MAX_TOKEN} characters.`);
  return { name, token, type };
}

/** @throws OAuthError invalid_request */
export function requestedType(sent: string | undefined): TokenType {
  if (sent === undefined) return TOKEN_TYPES.accessToken;
  const type = ISSUED.find((one) => one === sent);
  if (!type) throw invalidRequest(`'requested_token_type' must be one of ${ISSUED.join(', ')}.`);
  return type;
}
