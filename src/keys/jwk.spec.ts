import { generateKeyPairSync } from 'node:crypto';
import type { JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { generateJwk } from './generate-jwk.js';
import { findJwkFault, isPrivate, publicPart } from './jwk.js';

const made = (alg: 'RS256' | 'ES256' | 'EdDSA'): Promise<JWK> =>
  generateJwk(alg, { kid: 'k', use: 'sig', rsaBits: 2048 });

describe('the public part of a key', () => {
  it('has no private and no unknown member', async () => {
    for (const alg of ['RS256', 'ES256', 'EdDSA'] as const) {
      const jwk = { ...(await made(alg)), oth: [{}], something: 'unknown' };
      const names = Object.keys(publicPart(jwk) ?? {});
      for (const name of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'something']) expect(names).not.toContain(name);
    }
  });

  it('keeps the members that describe the key', async () => {
    const jwk = { ...(await made('ES256')), x5c: ['AA=='], 'x5t#S256': 'AA' };
    expect(publicPart(jwk)).toMatchObject({
      kty: 'EC',
      crv: 'P-256',
      kid: 'k',
      use: 'sig',
      alg: 'ES256',
      x5c: ['AA=='],
    });
  });

  it('does not exist for symmetric and unknown keys', () => {
    expect(publicPart({ kty: 'oct', k: 'c2VjcmV0' })).toBeUndefined();
    expect(publicPart({ kty: 'nope' })).toBeUndefined();
    expect(isPrivate({ kty: 'oct', k: 'c2VjcmV0', d: 'x' })).toBe(false);
  });
});

describe('the check of a key', () => {
  it('accepts valid keys, private and public', async () => {
    for (const alg of ['RS256', 'ES256', 'EdDSA'] as const) {
      const jwk = await made(alg);
      expect(findJwkFault(jwk)).toBeUndefined();
      expect(findJwkFault(publicPart(jwk) ?? {})).toBeUndefined();
    }
    expect(findJwkFault({ kty: 'oct', k: 'c2VjcmV0' })).toBeUndefined();
  });

  it('accepts keys that cannot sign: keys for key agreement, and keys of other curves', () => {
    for (const { privateKey } of [
      generateKeyPairSync('x25519'),
      generateKeyPairSync('ed448'),
      generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
    ]) {
      expect(findJwkFault(privateKey.export({ format: 'jwk' }))).toBeUndefined();
    }
  });

  it.each<[string, JWK]>([
    ['an unknown type', { kty: 'nope' }],
    ['no type', {}],
    ['a type that is a property of every object', { kty: 'constructor' }],
    ['RSA without modulus', { kty: 'RSA', e: 'AQAB' }],
    ['EC off the curve', { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA' }],
    ['EC of an unknown curve', { kty: 'EC', crv: 'P-1', x: 'AAAA', y: 'AAAA' }],
    ['OKP of a wrong length', { kty: 'OKP', crv: 'Ed25519', x: 'AAAA' }],
    ['oct without key', { kty: 'oct' }],
    ['oct with another alphabet', { kty: 'oct', k: 'a+b/c=' }],
  ])('names the fault of %s', (_, jwk) => {
    expect(findJwkFault(jwk)).toMatch(/key/);
  });

  it('refuses a private part that belongs to another key', async () => {
    const [a, b] = await Promise.all([made('RS256'), made('RS256')]);
    expect(findJwkFault({ ...a, n: b.n })).toBeDefined();
    const [c, d] = await Promise.all([made('EdDSA'), made('EdDSA')]);
    expect(findJwkFault({ ...c, x: d.x })).toBeDefined();
    const [e, f] = await Promise.all([made('ES256'), made('ES256')]);
    expect(findJwkFault({ ...e, d: f.d })).toBeDefined();
  });
});
