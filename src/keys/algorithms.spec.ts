import { createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { compactVerify, importJWK, type JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { fitsAlgorithm, SIGNING_ALGORITHMS, type SigningAlgorithm, signBytes, usualAlgorithm } from './algorithms.js';
import { generateJwk } from './generate-jwk.js';
import { publicPart } from './jwk.js';

interface Made {
  jwk: JWK;
  privateKey: KeyObject;
  publicKey: KeyObject;
}

const made = new Map<SigningAlgorithm, Promise<Made>>();

/** The file uses one key of each algorithm, because RSA keys are slow to generate. */
const make = (alg: SigningAlgorithm): Promise<Made> => {
  const making = made.get(alg) ?? makeOne(alg);
  made.set(alg, making);
  return making;
};

async function makeOne(alg: SigningAlgorithm): Promise<Made> {
  const jwk = await generateJwk(alg, { kid: alg, use: 'sig', rsaBits: 2048 });
  const privateKey = createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' });
  return { jwk, privateKey, publicKey: createPublicKey(privateKey) };
}

describe.each(SIGNING_ALGORITHMS)('%s', (alg) => {
  it('makes signatures that another implementation of JWS verifies', async () => {
    const { jwk, privateKey } = await make(alg);
    const input = `${Buffer.from(JSON.stringify({ alg })).toString('base64url')}.${Buffer.from('x').toString('base64url')}`;
    const signature = await signBytes(alg, privateKey, Buffer.from(input));
    const key = await importJWK(publicPart(jwk) ?? {}, alg);
    const { payload } = await compactVerify(`${input}.${signature.toString('base64url')}`, key);
    expect(Buffer.from(payload).toString()).toBe('x');
  });

  it('fits a key that was generated for it', async () => {
    const { jwk, publicKey } = await make(alg);
    expect(jwk).toMatchObject({ alg, kid: alg, use: 'sig' });
    expect(fitsAlgorithm(alg, publicKey)).toBe(true);
  });
});

describe('the fit of algorithm and key', () => {
  it('is refused across types and curves', async () => {
    const [rsa, p256, ed] = await Promise.all([make('RS256'), make('ES256'), make('EdDSA')]);
    expect(fitsAlgorithm('ES256', rsa.publicKey)).toBe(false);
    expect(fitsAlgorithm('RS256', p256.publicKey)).toBe(false);
    expect(fitsAlgorithm('ES384', p256.publicKey)).toBe(false);
    expect(fitsAlgorithm('EdDSA', p256.publicKey)).toBe(false);
    expect(fitsAlgorithm('PS512', ed.publicKey)).toBe(false);
  });

  it('is refused for RSA keys below 2048 bits (RFC 7518 §3.3)', () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    expect(fitsAlgorithm('RS256', publicKey)).toBe(false);
  });

  it('gives a key without alg the usual algorithm of its type', async () => {
    for (const alg of ['RS256', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const) {
      expect(usualAlgorithm((await make(alg)).publicKey)).toBe(alg);
    }
    expect(usualAlgorithm(generateKeyPairSync('x25519').publicKey)).toBeUndefined();
  });
});
