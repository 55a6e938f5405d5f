import { createHmac, randomBytes } from 'node:crypto';
import type { JWK } from 'jose';
import { SignJWT, importJWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { isSignedBy, parseJwt } from './compact-jwt.js';
import { generateJwk } from './generate-jwk.js';
import type { JsonWebKeyEntity } from './json-web-key.entity.js';
import { publicPart } from './jwk.js';
import { StoredKey } from './stored-key.js';

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const stored = (jwk: JWK): StoredKey =>
  new StoredKey({ kid: jwk.kid ?? '', state: 'active' } as unknown as JsonWebKeyEntity, jwk);

describe('a compact JWT', () => {
  let jwk: JWK;
  let jwt: string;

  beforeAll(async () => {
    jwk = await generateJwk('ES256', { kid: 'k', use: 'sig', rsaBits: 2048 });
    jwt = await new SignJWT({ sub: 'aeneas' })
      .setProtectedHeader({ alg: 'ES256', kid: 'k', typ: 'JWT' })
      .sign(await importJWK(jwk, 'ES256'));
  });

  const signedBy = (text: string, key: JWK): boolean => {
    const parsed = parseJwt(text);
    return parsed !== undefined && isSignedBy(parsed, stored(key));
  };

  it('is read and verified with the public part alone', () => {
    expect(parseJwt(jwt)).toMatchObject({ alg: 'ES256', kid: 'k', payload: { sub: 'aeneas' } });
    expect(signedBy(jwt, publicPart(jwk) ?? {})).toBe(true);
  });

  it('keeps the digits of integers beyond 2^53', () => {
    const [head] = jwt.split('.');
    const body = Buffer.from('{"big":12345678901234567890}').toString('base64url');
    expect(parseJwt(`${String(head)}.${body}.AA`)?.payload).toEqual({ big: 12345678901234567890n });
  });

  it('is not signed by another key, nor after a change', async () => {
    const other = await generateJwk('ES256', { kid: 'k', use: 'sig', rsaBits: 2048 });
    const [head, , tail] = jwt.split('.');
    expect(signedBy(jwt, other)).toBe(false);
    expect(signedBy(`${String(head)}.${encode({ sub: 'dido' })}.${String(tail)}`, jwk)).toBe(false);
  });

  it('is refused where its header names another algorithm than its key (RFC 8725 §3.1)', async () => {
    const rsa = await generateJwk('RS256', { kid: 'k', use: 'sig', rsaBits: 2048 });
    const signed = await new SignJWT({}).setProtectedHeader({ alg: 'RS512' }).sign(await importJWK(rsa, 'RS512'));
    expect(signedBy(signed, rsa)).toBe(false);
    expect(signedBy(signed, { ...rsa, alg: 'RS512' })).toBe(true);
  });

  it('is refused without a signature, and with the public key used as a shared secret', () => {
    const body = encode({ sub: 'dido' });
    expect(parseJwt(`${encode({ alg: 'none' })}.${body}.`)).toBeUndefined();
    expect(parseJwt(`${encode({ alg: 'none' })}.${body}.AA`)).toBeUndefined();
    const input = `${encode({ alg: 'HS256', kid: 'k' })}.${body}`;
    const mac = createHmac('sha256', JSON.stringify(publicPart(jwk)))
      .update(input)
      .digest('base64url');
    expect(parseJwt(`${input}.${mac}`)).toBeUndefined();
  });

  it('never verifies with a symmetric key or one for encryption', () => {
    expect(signedBy(jwt, { kty: 'oct', k: randomBytes(32).toString('base64url'), alg: 'ES256' })).toBe(false);
    expect(signedBy(jwt, { ...jwk, use: 'enc' })).toBe(false);
  });

  it('is refused with critical headers that nobody here understands (RFC 7515 §4.1.11)', () => {
    expect(parseJwt(`${encode({ alg: 'ES256', crit: ['b64'], b64: false })}.${encode({})}.AA`)).toBeUndefined();
  });

  it.each([
    '',
    '.',
    '..',
    'a.b',
    'a.b.c.d',
    '!!!.###.$$$',
    `${encode(1)}.${encode({})}.AA`,
    `${encode({ alg: 'ES256' })}.${encode([])}.AA`,
    `${encode({ alg: 'ES256' })}.${Buffer.from([0xff, 0xfe]).toString('base64url')}.AA`,
    `${encode({ alg: { toString: 1 } })}.${encode({})}.AA`,
    `${encode({ alg: '__proto__' })}.${encode({})}.AA`,
    'x'.repeat(100_000),
  ])('is undefined for %j', (text) => {
    expect(parseJwt(text)).toBeUndefined();
  });
});
