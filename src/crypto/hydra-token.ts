/**
 * Opaque tokens of Hydra, which an import brings along: [prefix +] base64url(32 random bytes) + "." + base64url(MAC), each
 * part 43 characters. The MAC is HMAC-SHA-512/256 over the random bytes; its key is the SHA-256 of a system secret. Tokens
 * of Hydra 1.x have no prefix. The MAC does not depend on the kind of the token, so the row that is found decides.
 *
 * Of a token only the SHA-384 of the text of its MAC is stored, as Hydra stores it for access tokens. A reader of the
 * database can therefore not make a token out of it.
 */
import { createHmac } from 'node:crypto';
import { equalBytes, sha256, sha384 } from './digest.js';
import { uuidText } from './random.js';

export type HydraTokenKind = 'access_token' | 'refresh_token' | 'registration_token';

/** How the row of an imported token is found. */
export interface HydraTokenKey {
  /** The first 16 bytes of the hash as a UUID: the key of the row. */
  id: string;
  /** The other 32 bytes. */
  digest: Buffer;
}

const PREFIX: Record<HydraTokenKind, string> = {
  access_token: 'ory_at_',
  refresh_token: 'ory_rt_',
  registration_token: 'ory_at_',
};
const MAX_CHARACTERS = 94;
const ID_BYTES = 16;
const FORM = /^(ory_[a-z]t_)?([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})$/;

/**
 * The hash of a token whose MAC is valid under one of the secrets; undefined for everything else. Hydra ignores the two
 * unused bits at the end of the random bytes, so four spellings of them are accepted, but only one of the MAC.
 */
export function readHydraToken(kind: HydraTokenKind, secrets: readonly string[], token: string): Buffer | undefined {
  const [, prefix, random = '', tag = ''] = (token.length <= MAX_CHARACTERS && FORM.exec(token)) || [];
  if (!tag || (prefix !== undefined && prefix !== PREFIX[kind])) return undefined;
  const bytes = Buffer.from(random, 'base64url');
  return secrets.some((secret) => isTagOf(tag, secret, bytes)) ? hydraTokenHash(tag) : undefined;
}

/** 48 bytes. @param tag the text after the last dot of the token, which in a JWT is its signature */
export function hydraTokenHash(tag: string): Buffer {
  return sha384(tag);
}

/** @param hash of 48 bytes, which Hydra stores of an access token, and `hydraTokenHash` gives of any token */
export function hydraTokenKey(hash: Buffer): HydraTokenKey {
  return { id: uuidText(hash.subarray(0, ID_BYTES)), digest: hash.subarray(ID_BYTES) };
}

function isTagOf(tag: string, secret: string, random: Buffer): boolean {
  const right = createHmac('sha512-256', sha256(secret)).update(random).digest('base64url');
  return equalBytes(Buffer.from(right), Buffer.from(tag));
}
