import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hydraTokenHash, hydraTokenKey, readHydraToken } from './hydra-token.js';

const OLD = 'a secret of an earlier time';
const NEW = 'a secret of this time';
/** 43 characters whose last one has two unused bits. */
const RANDOM = Buffer.alloc(32, 7).toString('base64url');
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** As Hydra makes it. */
function tagOf(random: string, secret = OLD): string {
  const key = createHash('sha256').update(secret).digest();
  return createHmac('sha512-256', key).update(Buffer.from(random, 'base64url')).digest('base64url');
}

/** The spellings of the last character that differ in its unused bits alone. */
function spellings(text: string): string[] {
  const at = ALPHABET.indexOf(text.slice(-1));
  return [0, 1, 2, 3].map((bits) => text.slice(0, -1) + ALPHABET.charAt((at & ~3) | bits));
}

const TAG = tagOf(RANDOM);
const HASH = createHash('sha384').update(TAG).digest();

describe('a token of Hydra', () => {
  it.each([
    ['access_token', `ory_at_${RANDOM}.${TAG}`],
    ['refresh_token', `ory_rt_${RANDOM}.${TAG}`],
    ['registration_token', `ory_at_${RANDOM}.${TAG}`],
    ['access_token', `${RANDOM}.${TAG}`],
    ['refresh_token', `${RANDOM}.${TAG}`],
    ['registration_token', `${RANDOM}.${TAG}`],
  ] as const)('is read as %s: %s', (kind, token) => {
    expect(readHydraToken(kind, [OLD], token)).toEqual(HASH);
    expect(readHydraToken(kind, [NEW, OLD], token)).toEqual(HASH);
  });

  it('is known by the SHA-384 of the text of its MAC: the first 16 bytes are its id, the others its digest', () => {
    expect(hydraTokenHash(TAG)).toEqual(HASH);
    const { id, digest } = hydraTokenKey(HASH);
    expect(id.replaceAll('-', '') + digest.toString('hex')).toBe(HASH.toString('hex'));
    expect([id.length, digest.length]).toEqual([36, 32]);
  });

  it('has an id whatever its hash, also one that is no UUID by an RFC', () => {
    expect(hydraTokenKey(Buffer.alloc(48, 0xf1)).id).toBe('f1f1f1f1-f1f1-f1f1-f1f1-f1f1f1f1f1f1');
  });

  it('is accepted in the four spellings of its random bytes, but in one of its MAC', () => {
    for (const random of spellings(RANDOM)) {
      expect(readHydraToken('access_token', [OLD], `ory_at_${random}.${TAG}`)).toEqual(HASH);
    }
    const accepted = spellings(TAG).filter((tag) => readHydraToken('access_token', [OLD], `ory_at_${RANDOM}.${tag}`));
    expect(accepted).toEqual([TAG]);
  });

  it.each([
    ['the prefix of another kind', 'refresh_token', `ory_at_${RANDOM}.${TAG}`],
    ['the prefix of another kind', 'access_token', `ory_rt_${RANDOM}.${TAG}`],
    ['the prefix of another kind', 'registration_token', `ory_rt_${RANDOM}.${TAG}`],
    ['the prefix of a code', 'access_token', `ory_ac_${RANDOM}.${TAG}`],
    ['an unknown prefix', 'access_token', `ory_xt_${RANDOM}.${TAG}`],
    ['two prefixes', 'access_token', `ory_at_ory_at_${RANDOM}.${TAG}`],
    ['a MAC of other random bytes', 'access_token', `ory_at_${tagOf(RANDOM)}.${TAG}`],
    ['a MAC under another secret', 'access_token', `ory_at_${RANDOM}.${tagOf(RANDOM, 'unknown to this server')}`],
    ['no random bytes', 'access_token', `ory_at_.${TAG}`],
    ['no MAC', 'access_token', `ory_at_${RANDOM}.`],
    ['no dot', 'access_token', `ory_at_${RANDOM}${TAG}`],
    ['three parts', 'access_token', `ory_at_${RANDOM}.${TAG}.${TAG}`],
    ['padding', 'access_token', `ory_at_${RANDOM}=.${TAG}`],
    ['characters of standard base64', 'access_token', `ory_at_${'+/'.repeat(21)}A.${TAG}`],
    ['a line feed at the end', 'access_token', `ory_at_${RANDOM}.${TAG}\n`],
    ['a line feed at the end, without a prefix', 'access_token', `${RANDOM}.${TAG}\n`],
    ['a space before it', 'access_token', ` ory_at_${RANDOM}.${TAG}`],
    ['characters of several bytes', 'access_token', `ory_at_${'é'.repeat(43)}.${TAG}`],
    ['64 KiB', 'access_token', `ory_at_${'A'.repeat(65_536)}.${TAG}`],
    ['nothing', 'access_token', ''],
    ['the name of a member of every object', 'access_token', 'constructor'],
  ] as const)('is not read from %s as %s', (_, kind, token) => {
    expect(readHydraToken(kind, [OLD], token)).toBeUndefined();
  });

  it('is not read without a secret', () => {
    expect(readHydraToken('access_token', [], `ory_at_${RANDOM}.${TAG}`)).toBeUndefined();
  });
});
