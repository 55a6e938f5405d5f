import { createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import type { JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { fitsAlgorithm } from './algorithms.js';
import { findForeignKeyFault, MAX_FOREIGN_KEYS, usableForeignKeys } from './foreign-keys.js';
import { findJwkFault } from './jwk.js';

const base64 = (...bytes: number[]): string => Buffer.from(bytes).toString('base64url');

/** An odd number with this many bits. It need not be the product of two primes. */
function modulus(bits: number): string {
  const bytes = Buffer.alloc(Math.ceil(bits / 8), 0x55);
  bytes[0] = 1 << ((bits - 1) % 8);
  return bytes.toString('base64url');
}

const rsa = (bits: number, e = 'AQAB'): JWK => ({ kty: 'RSA', n: modulus(bits), e });
const okp = (crv: string, x: string): JWK => ({ kty: 'OKP', crv, x });
const publicOf = (made: { publicKey: { export(options: { format: 'jwk' }): JsonWebKey } }): JWK =>
  made.publicKey.export({ format: 'jwk' });

describe('a key of another party', () => {
  it.each<[string, JWK]>([
    ['RSA of 2048 bits', rsa(2048)],
    ['RSA of 8192 bits', rsa(8192)],
    ['RSA with the exponent 3', rsa(2048, base64(3))],
    ['RSA with an exponent of 64 bits', rsa(2048, base64(...Array<number>(8).fill(0xff)))],
    [
      'RSA with a leading zero',
      { kty: 'RSA', n: Buffer.concat([Buffer.alloc(1), Buffer.alloc(256, 0x99)]).toString('base64url'), e: 'AQAB' },
    ],
    ['EC', publicOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }))],
    ['Ed25519', publicOf(generateKeyPairSync('ed25519'))],
    ['Ed448', publicOf(generateKeyPairSync('ed448'))],
    ['X25519, which is for encryption', publicOf(generateKeyPairSync('x25519'))],
    ['X448, which is for encryption', publicOf(generateKeyPairSync('x448'))],
  ])('may be %s', async (_, jwk) => {
    expect(await findForeignKeyFault(jwk)).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['not an object', null],
    ['symmetric', { kty: 'oct', k: 'c2VjcmV0' }],
    ['RSA of 2047 bits (RFC 7518 §3.3)', rsa(2047)],
    ['RSA of 8193 bits', rsa(8193)],
    ['RSA of a million bits', rsa(1_000_000)],
    ['RSA with an exponent of 65 bits', rsa(2048, base64(1, 0, 0, 0, 0, 0, 0, 0, 1))],
    ['RSA with an exponent as long as its modulus', rsa(2048, modulus(2047))],
    ['RSA with the exponent 1', rsa(2048, base64(1))],
    ['RSA with the exponent 0', rsa(2048, base64(0))],
    ['RSA with an even exponent', rsa(2048, base64(1, 0))],
    ['RSA whose members are not strings', { kty: 'RSA', n: 5, e: [] }],
    ['EC off its curve', { kty: 'EC', crv: 'P-256', x: modulus(256), y: modulus(256) }],
    ['Ed25519 off its curve', okp('Ed25519', base64(2, ...Array<number>(31).fill(0)))],
    ['Ed25519 of small order', okp('Ed25519', base64(1, ...Array<number>(31).fill(0)))],
    ['Ed25519 beyond the field', okp('Ed25519', base64(...Array<number>(31).fill(0xff), 0x7f))],
    ['X25519 of small order', okp('X25519', base64(1, ...Array<number>(31).fill(0)))],
    ['X448 of small order', okp('X448', base64(...Array<number>(56).fill(0)))],
    ['Ed448 of small order', okp('Ed448', base64(1, ...Array<number>(56).fill(0)))],
  ])('is refused if it is %s', async (_, jwk) => {
    expect(await findForeignKeyFault(jwk)).toMatch(/\w/);
  });

  it('is ignored in a list if it has a fault, but counts toward the limit', async () => {
    const good = { ...publicOf(generateKeyPairSync('ed25519')), kid: 'good' };
    expect(await usableForeignKeys([rsa(1024), null, okp('Ed25519', 'AA'), { ...good, d: 'c2VjcmV0' }])).toEqual([
      good,
    ]);
    const many = Array.from({ length: MAX_FOREIGN_KEYS + 1 }, () => good);
    await expect(usableForeignKeys(many)).rejects.toThrow(String(MAX_FOREIGN_KEYS));
    expect(await usableForeignKeys(many.slice(1))).toHaveLength(MAX_FOREIGN_KEYS);
  });
});

describe('a key that was stored before sizes were limited', () => {
  const fits = (jwk: JWK): boolean =>
    fitsAlgorithm('RS256', createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' }));

  it('is not verified with where that would cost much', () => {
    expect([rsa(2048), rsa(8193), rsa(2048, modulus(2047))].map(fits)).toEqual([true, false, false]);
  });
});

describe('a key that an administrator stores', () => {
  it('may be short, because it keeps signing as before, but not so large that it delays other requests', () => {
    expect(findJwkFault(rsa(1024))).toBeUndefined();
    expect(findJwkFault(rsa(8193))).toMatch(/8192/);
    expect(findJwkFault(rsa(2048, modulus(2047)))).toMatch(/exponent/);
  });
});
