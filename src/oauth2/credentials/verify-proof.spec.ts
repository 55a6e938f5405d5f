import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { verifyProof } from './verify-proof.js';

const now = new Date('2030-01-01T00:00:00Z');
const seconds = now.getTime() / 1000;
const holder = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = holder.publicKey.export({ format: 'jwk' });
const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function proof(header: object = {}, claims: object = {}, key: KeyObject = holder.privateKey): string {
  const input = `${encode({ alg: 'ES256', jwk, ...header })}.${encode({ nonce: 'n', iat: seconds, ...claims })}`;
  const dsaEncoding = 'ieee-p1363';
  return `${input}.${sign('sha256', Buffer.from(input), { key, dsaEncoding }).toString('base64url')}`;
}

describe('the proof of a credential request', () => {
  it.each([[{}], [{ typ: 'openid4vci-proof+jwt' }], [{ typ: 'JWT', kid: 'any' }]])(
    'with the header %j names the key that signed it',
    async (header) => {
      expect(await verifyProof(proof(header), now)).toEqual({ jwk, nonce: 'n' });
    },
  );

  it('may have an iat slightly ahead of the clock of this server', async () => {
    expect(await verifyProof(proof({}, { iat: seconds + 9, nbf: seconds + 9 }), now)).toMatchObject({ nonce: 'n' });
  });

  it.each<[string, object, object]>([
    ['has no key', { jwk: undefined }, {}],
    ['has a private key', { jwk: holder.privateKey.export({ format: 'jwk' }) }, {}],
    ['has a symmetric key', { jwk: { kty: 'oct', k: 'c2VjcmV0' } }, {}],
    ['is of another kind', { typ: 'dpop+jwt' }, {}],
    ['has no nonce', {}, { nonce: undefined }],
    ['has expired', {}, { exp: seconds }],
    ['is not valid yet', {}, { nbf: seconds + 60 }],
    ['was issued in the future', {}, { iat: seconds + 60 }],
  ])('is refused if it %s', async (_, header, claims) => {
    await expect(verifyProof(proof(header, claims), now)).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('is refused if another key signed it', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    await expect(verifyProof(proof({}, {}, privateKey), now)).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it.each([
    ['exponent', { e: Buffer.alloc(256, 0x7f).toString('base64url') }],
    ['modulus', { n: Buffer.alloc(2048, 0x7f).toString('base64url') }],
  ])('is refused with an RSA key whose %s makes each verification costly', async (word, over) => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const costly = { ...publicKey.export({ format: 'jwk' }), ...over };
    await expect(verifyProof(proof({ alg: 'RS256', jwk: costly }), now)).rejects.toThrow(new RegExp(word));
  });
});
