/**
 * The format of opaque tokens and codes: prefix + base64url(32 bytes) + "." + base64url(32 bytes), each part 43 characters.
 * First part: version (1), expiry bucket, or in refresh tokens the generation (2, big endian), uuid v7 (16), random (13).
 * Second part: HMAC-SHA-512/256 under a system secret over a label and the first part. Malformed or altered tokens, and
 * tokens under an unknown secret, cost no SQL. The first secret signs, all listed ones verify.
 */
import { createHmac } from 'node:crypto';
import { deriveKey } from './aead.js';
import { equalBytes, sha256 } from './digest.js';
import { randomOctets, uuidText, uuidV7 } from './random.js';

type TokenKind = 'access_token' | 'refresh_token' | 'code' | 'device_code' | 'auth_req_id' | 'registration_token';

export interface OpaqueToken {
  /** The expiry bucket; in refresh tokens the generation; 0 where neither is used. At most 65535. */
  number: number;
  /** uuid v7, 36 characters: the key of the row. */
  id: string;
  /** SHA-256 of the whole token; nothing else of it is stored. */
  digest: Buffer;
}

const PREFIX: Record<TokenKind, string> = {
  access_token: 'ory_at_',
  refresh_token: 'ory_rt_',
  code: 'ory_ac_',
  device_code: 'ory_dc_',
  auth_req_id: 'ory_cr_', // CIBA Core §7.3; Hydra has none
  registration_token: 'ory_at_', // Hydra gives registration tokens this prefix; the label keeps the kinds apart
};
const VERSION = 1;
const PART_BYTES = 32;
const CHARACTERS = 94;
const FORM = /^(ory_[a-z]{2}_)([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})$/;

/** Mints a token. `id` is 16 bytes, by default a new uuid v7 of `at`. */
export function mintToken(
  kind: TokenKind,
  secrets: readonly string[],
  { at, number = 0, id = uuidV7(at) }: { at: Date; number?: number; id?: Buffer },
): OpaqueToken & { token: string } {
  const first = Buffer.alloc(PART_BYTES);
  first.writeUInt8(VERSION, 0);
  first.writeUInt16BE(number, 1);
  id.copy(first, 3);
  randomOctets(13).copy(first, 19);
  const [secret] = secrets;
  if (!secret) throw new Error('No secret is configured: set secrets.system.');
  const token = `${PREFIX[kind]}${first.toString('base64url')}.${mac(kind, secret, first).toString('base64url')}`;
  return { token, number, id: uuidText(id), digest: sha256(token) };
}

/** Parses a token: undefined unless its form is canonical and its MAC is valid under one of the secrets. */
export function readToken(kind: TokenKind, secrets: readonly string[], token: string): OpaqueToken | undefined {
  const match = token.length === CHARACTERS && FORM.exec(token);
  if (!match || match[1] !== PREFIX[kind]) return undefined;
  const first = canonical(match[2]);
  const tag = canonical(match[3]);
  if (!first || !tag || first.readUInt8(0) !== VERSION) return undefined;
  if (!secrets.some((secret) => equalBytes(mac(kind, secret, first), tag))) return undefined;
  return { number: first.readUInt16BE(1), id: uuidText(first.subarray(3, 19)), digest: sha256(token) };
}

function mac(kind: TokenKind, secret: string, first: Buffer): Buffer {
  return createHmac('sha512-256', deriveKey(secret, 'opaque-token')).update(`ostiary ${kind} `).update(first).digest();
}

/** The bytes of 43 base64url characters; undefined where unused bits are set (another spelling of the same bytes). */
function canonical(text: string | undefined): Buffer | undefined {
  const bytes = Buffer.from(text ?? '', 'base64url');
  return bytes.length === PART_BYTES && bytes.toString('base64url') === text ? bytes : undefined;
}
