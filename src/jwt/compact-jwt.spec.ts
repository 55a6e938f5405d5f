import { createHmac, randomBytes } from 'node:crypto';
import type { JWK } from 'jose';
import { SignJWT, importJWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseForeignJwt, parseJwt } from './compact-jwt.js';
import { isSignedBy } from './verify-signature.js';
import { generateJwk } from '../keys/generate-jwk.js';
import type { JsonWebKeyEntity } from '../keys/json-web-key.entity.js';
import { publicPart } from '../keys/jwk.js';
import { StoredKey } from '../keys/stored-key.js';

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

  const signedBy = async (text: string, key: JWK): Promise<boolean> => {
    const parsed = parseJwt(text);
    return parsed !== undefined && isSignedBy(parsed, stored(key));
  };

  it('is parsed, and verified with the public part of the key alone', async () => {
    expect(parseJwt(jwt)).toMatchObject({ alg: 'ES256', kid: 'k', payload: { sub: 'aeneas' } });
    expect(await signedBy(jwt, publicPart(jwk) ?? {})).toBe(true);
  });

  it('keeps the digits of integers beyond 2^53', () => {
    const [head] = jwt.split('.');
    const body = Buffer.from('{"big":12345678901234567890}').toString('base64url');
    expect(parseJwt(`${String(head)}.${body}.AA`)?.payload).toEqual({ big: 12345678901234567890n });
  });

  it('is refused if it is nested so deeply that its claims cannot be written as JSON again', () => {
    const nested = (levels: number) => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    const part = (text: string) => Buffer.from(text).toString('base64url');
    const header = encode({ alg: 'ES256' });
    expect(parseJwt(`${header}.${part(nested(99))}.AA`)).toBeDefined();
    expect(parseJwt(`${header}.${part(nested(100))}.AA`)).toBeUndefined();
    expect(parseJwt(`${header}.${part(nested(50_000))}.AA`)).toBeUndefined();
    expect(parseJwt(`${part(`{"alg":"ES256","jwk":${nested(50_000)}}`)}.${encode({})}.AA`)).toBeUndefined();
  });

  it('does not verify with another key, nor after a change of its payload', async () => {
    const other = await generateJwk('ES256', { kid: 'k', use: 'sig', rsaBits: 2048 });
    const [head, , tail] = jwt.split('.');
    expect(await signedBy(jwt, other)).toBe(false);
    expect(await signedBy(`${String(head)}.${encode({ sub: 'dido' })}.${String(tail)}`, jwk)).toBe(false);
  });

  it('is refused if its header names another algorithm than its key (RFC 8725 §3.1)', async () => {
    const rsa = await generateJwk('RS256', { kid: 'k', use: 'sig', rsaBits: 2048 });
    const signed = await new SignJWT({}).setProtectedHeader({ alg: 'RS512' }).sign(await importJWK(rsa, 'RS512'));
    expect(await signedBy(signed, rsa)).toBe(false);
    expect(await signedBy(signed, { ...rsa, alg: 'RS512' })).toBe(true);
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

  it('never verifies with a symmetric key or an encryption key', async () => {
    expect(await signedBy(jwt, { kty: 'oct', k: randomBytes(32).toString('base64url'), alg: 'ES256' })).toBe(false);
    expect(await signedBy(jwt, { ...jwk, use: 'enc' })).toBe(false);
  });

  it('is refused with critical headers that this server does not understand (RFC 7515 §4.1.11)', () => {
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
  ])('is not parsed from %j', (text) => {
    expect(parseJwt(text)).toBeUndefined();
  });
});

describe('a compact JWT of another party', () => {
  const part = (text: string): string => Buffer.from(text).toString('base64url');
  const [header, payload] = ['{"alg":"ES256"}', '{"sub":"aeneas"}'];
  const jwt = (head: string, body: string, signature = 'AA') => `${part(head)}.${part(body)}.${signature}`;

  it('is parsed as any other', () => {
    expect(parseForeignJwt(jwt(header, payload))).toEqual(parseJwt(jwt(header, payload)));
    expect(parseForeignJwt(jwt('{"alg":"none"}', payload))).toBeUndefined();
  });

  it.each([
    ['a header with a member twice', jwt('{"alg":"none","alg":"ES256"}', payload)],
    ['a claim twice', jwt(header, '{"sub":"dido","sub":"aeneas"}')],
    ['a claim twice, once with an escape', jwt(header, String.raw`{"sub":"dido","s\u0075b":"aeneas"}`)],
    ['a member twice in a claim', jwt(header, '{"act":{"sub":"dido","sub":"aeneas"}}')],
    ['a claim twice beside a large number', jwt(header, '{"exp":1,"exp":1,"n":12345678901234567890}')],
    ['spare bits in its signature', jwt(header, payload, 'AB')],
    ['spare bits in its payload', `${part(header)}.${part('{"a":1 }').slice(0, -1)}1.AA`],
    ['a letter too many', jwt(header, payload, 'AAAAA')],
  ])('is refused with %s', (_, text) => {
    expect(parseForeignJwt(text)).toBeUndefined();
  });

  it('may hold the same name in two objects', () => {
    expect(parseForeignJwt(jwt(header, '{"sub":"a","act":{"sub":"b"}}'))).toBeDefined();
  });
});
