import { isJsonObject } from '../../protocol/json.js';
import { CommandFailed } from '../command-failed.js';
import type { Listing } from '../output/format.js';

/** The response of a token endpoint (RFC 6749 §5.1), with the time at which the token expires. */
export interface Tokens {
  access_token: string;
  token_type: string;
  refresh_token?: string;
  id_token?: string;
  scope?: string;
  /** RFC 3339; left out where the server did not say. */
  expiry?: string;
  /** In seconds. */
  expires_in?: number;
}

/** @throws CommandFailed where the response contains no token */
export function tokensIn(body: unknown, at: Date): Tokens {
  if (!isJsonObject(body) || typeof body.access_token !== 'string') {
    throw new CommandFailed('The answer holds no access token: is this the address of a token endpoint?');
  }
  const seconds = Number(body.expires_in);
  const expiry = seconds > 0 ? new Date(at.getTime() + seconds * 1000).toISOString() : undefined;
  return {
    access_token: body.access_token,
    token_type: textOf(body.token_type) ?? 'bearer',
    refresh_token: textOf(body.refresh_token),
    id_token: textOf(body.id_token),
    scope: textOf(body.scope),
    expiry,
    expires_in: expiry === undefined ? undefined : seconds,
  };
}

export function tokenRow(tokens: Tokens): Listing {
  const cells = [tokens.access_token, tokens.refresh_token, tokens.id_token, tokens.expiry];
  return {
    columns: ['ACCESS TOKEN', 'REFRESH TOKEN', 'ID TOKEN', 'EXPIRY'],
    rows: [cells.map((cell) => cell ?? '<empty>')],
    value: tokens,
    single: true,
  };
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
