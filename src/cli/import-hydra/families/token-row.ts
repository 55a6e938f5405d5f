/** A row of `hydra_oauth2_access` or `hydra_oauth2_refresh`, and how the token is known that it stands for. */
import { hydraTokenHash } from '../../../crypto/hydra-token.js';

export const ACCESS = 'hydra_oauth2_access';
export const REFRESH = 'hydra_oauth2_refresh';
export type TokenTable = typeof ACCESS | typeof REFRESH;

export interface TokenRow {
  table: TokenTable;
  /** The name of the family: the same for all tokens of one authorization. */
  request_id: string;
  signature: string;
  requested_at: string;
  client_id: string;
  subject: string;
  granted_scope: string;
  granted_audience: string | null;
  /** The consent; null for client credentials and assertions. */
  challenge_id: string | null;
  /** Whether the consent is imported. */
  consented: boolean;
  active: boolean;
  /** Set under graceful rotation only. */
  first_used_at: string | null;
  used_times: string | null;
  /** Of a refresh token: the access token that was issued with it. */
  access_token_signature: string | null;
  /** Null where it is not needed: of a used token it is enough to know that there was one. */
  session_data: string | null;
}

const HASH_IN_HEX = /^[0-9a-f]{96}$/;

/**
 * The SHA-384 of the token's MAC. Hydra stores just that, in hex, of access tokens; of refresh tokens, and of access tokens
 * before 2.1, it stores the MAC.
 */
export function hashOf({ table, signature }: Pick<TokenRow, 'table' | 'signature'>): Buffer {
  const isHash = table === ACCESS && HASH_IN_HEX.test(signature);
  return isHash ? Buffer.from(signature, 'hex') : hydraTokenHash(signature);
}
