import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SIGNING_ALGORITHMS, type SigningAlgorithm, signBytes } from '../keys/algorithms.js';
import { generateJwk } from '../keys/generate-jwk.js';
import { parseJwt } from './compact-jwt.js';
import { verifies } from './verify-signature.js';

interface Pair {
  privateKey: KeyObject;
  publicKey: KeyObject;
}

const made = new Map<SigningAlgorithm, Promise<Pair>>();

/** The file uses one key of each algorithm, because RSA keys are slow to generate. */
const make = (alg: SigningAlgorithm): Promise<Pair> => {
  const making = made.get(alg) ?? makeOne(alg);
  made.set(alg, making);
  return making;
};

async function makeOne(alg: SigningAlgorithm): Promise<Pair> {
  const jwk = await generateJwk(alg, { kid: alg, use: 'sig', rsaBits: 2048 });
  const privateKey = createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const inputOf = (alg: string, payload: object): string => `${encode({ alg })}.${encode(payload)}`;
const verified = async (key: KeyObject, input: string, signature: Buffer): Promise<boolean | undefined> => {
  const jwt = parseJwt(`${input}.${signature.toString('base64url')}`);
  return jwt && verifies(key, jwt);
};

describe.each(SIGNING_ALGORITHMS)('a signature with %s', (alg) => {
  it('verifies, but not with altered data or an altered signature', async () => {
    const { privateKey, publicKey } = await make(alg);
    const input = inputOf(alg, { text: 'what is signed' });
    const signature = await signBytes(alg, privateKey, Buffer.from(input));
    expect(await verified(publicKey, input, signature)).toBe(true);
    expect(await verified(publicKey, inputOf(alg, { text: 'what was signed' }), signature)).toBe(false);
    expect(await verified(publicKey, input, signature.subarray(1))).toBe(false);
    expect(await verified(publicKey, input, Buffer.alloc(1))).toBe(false);
  });

  it('is refused without its leading zeros (RFC 8017 §8.1.2 step 1)', async () => {
    const { privateKey, publicKey } = await make(alg);
    let input = '';
    let signature: Buffer = Buffer.alloc(0);
    for (let i = 0; !signature.length || (/^[RP]S/.test(alg) && signature[0] !== 0); i++) {
      input = inputOf(alg, { i });
      signature = await signBytes(alg, privateKey, Buffer.from(input));
    }
    expect(await verified(publicKey, input, signature)).toBe(true);
    expect(await verified(publicKey, input, signature.subarray(1))).toBe(false);
  });

  it('is refused by the key of another algorithm, whatever its type', async () => {
    const { privateKey } = await make(alg);
    const input = inputOf(alg, {});
    const signature = await signBytes(alg, privateKey, Buffer.from(input));
    for (const other of SIGNING_ALGORITHMS.filter((one) => one !== alg)) {
      expect(await verified((await make(other)).publicKey, input, signature)).toBe(false);
    }
  });
});
