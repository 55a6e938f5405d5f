/** Parses encrypted JWTs in compact form (RFC 7516 §7.1), and refuses what must not cost any work. Nothing is decrypted here. */
import { fitsEncryption, type KeyEncryptionAlgorithm } from '../keys/encryption-algorithms.js';
import type { StoredKey } from '../keys/stored-key.js';
import { hasDuplicateMembers } from '../protocol/duplicate-members.js';
import type { JsonObject } from '../protocol/json.js';
import { isCanonical, readPart } from './compact-jwt.js';

/** A well-formed JWE with algorithms that are allowed. */
export interface UndecryptedJwe {
  text: string;
  alg: KeyEncryptionAlgorithm;
  enc: string;
  kid: string | undefined;
}

/** The algorithms that the configuration, or the registration of the sender, allows (RFC 8725 §3.1). */
export interface AllowedEncryption {
  algs: readonly string[];
  encs: readonly string[];
}

const MAX_CHARACTERS = 16 * 1024;
/** Only direct key agreement has no encrypted key (RFC 7518 §4.6). */
const COMPACT = /^([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
/** Extensions that nobody here understands, compressed content, and counts of rounds that the sender chooses (RFC 8725 §3.6). */
const REFUSED_MEMBERS = ['crit', 'zip', 'p2c', 'p2s'];

/** Whether the text has the five parts of a JWE, whatever they hold. */
export function hasFormOfJwe(text: string): boolean {
  return text.split('.', 6).length === 5;
}

export function parseJwe(text: string, { algs, encs }: AllowedEncryption): UndecryptedJwe | undefined {
  const header = text.length <= MAX_CHARACTERS ? readHeader(text) : undefined;
  if (!header || REFUSED_MEMBERS.some((name) => name in header) || !mayHoldJwt(header)) return undefined;
  const { alg, enc, kid } = header;
  if (typeof alg !== 'string' || !algs.includes(alg)) return undefined;
  if (typeof enc !== 'string' || !encs.includes(enc)) return undefined;
  return { text, alg: alg as KeyEncryptionAlgorithm, enc, kid: typeof kid === 'string' ? kid : undefined };
}

/** Each part has only one form (RFC 4648 §3.5), and no member of the header comes twice (RFC 7516 §4). */
function readHeader(text: string): JsonObject | undefined {
  const [, part = ''] = COMPACT.exec(text) ?? [];
  if (!text.split('.').every(isCanonical)) return undefined;
  const header = readPart(part);
  return header && !hasDuplicateMembers(Buffer.from(part, 'base64url').toString()) ? header : undefined;
}

/** RFC 7519 §5.2: `cty` is JWT where the content is one. Some senders leave it out. */
function mayHoldJwt({ cty }: JsonObject): boolean {
  return cty === undefined || (typeof cty === 'string' && /^(?:application\/)?(?:.*\+)?jwt$/i.test(cty));
}

/** Whether the JWE may have been encrypted to the key. */
export function isFor({ alg }: UndecryptedJwe, key: StoredKey): boolean {
  return key.decrypts !== undefined && fitsEncryption(alg, key.jwk);
}
