import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { parseJwt, type UnverifiedJwt } from './compact-jwt.js';
import { JwkSet } from './jwk-set.js';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwk = publicKey.export({ format: 'jwk' });
const signed = async (alg: string): Promise<UnverifiedJwt> =>
  parseJwt(await new SignJWT({}).setProtectedHeader({ alg }).sign(privateKey)) as UnverifiedJwt;

describe('a JWK set', () => {
  it('counts what its keys take when they are imported', () => {
    expect(new JwkSet([jwk, jwk]).size).toBeGreaterThan(12_000);
    expect(new JwkSet([]).size).toBeLessThan(1_000);
  });

  it('takes a member that is null for a member that is missing', async () => {
    const set = new JwkSet([{ ...jwk, alg: null, use: null, kid: null }]);
    expect(await set.judge(await signed('RS256'))).toBe('verified');
  });

  it('imports its keys for one algorithm at a time', async () => {
    const set = new JwkSet([jwk]);
    const chooser = (): unknown => Reflect.get(set, 'choose');
    const kept: unknown[] = [];
    for (const alg of ['RS256', 'RS256', 'PS256', 'RS256']) {
      expect(await set.judge(await signed(alg))).toBe('verified');
      kept.push(chooser());
    }
    expect(kept[1]).toBe(kept[0]);
    expect(new Set(kept).size).toBe(3);
  });
});
