import { describe, expect, it } from 'vitest';
import { hasFormOfJwe, parseJwe } from './compact-jwe.js';

const ALLOWED = { algs: ['RSA-OAEP-256', 'ECDH-ES'], encs: ['A128GCM'] };
const GOOD = { alg: 'RSA-OAEP-256', enc: 'A128GCM', kid: 'k', cty: 'JWT' };

const jwe = (header: unknown, rest = 'AA.AA.AA.AA'): string =>
  `${Buffer.from(typeof header === 'string' ? header : JSON.stringify(header)).toString('base64url')}.${rest}`;
const parsed = (text: string) => parseJwe(text, ALLOWED);

describe('a JWE in compact form', () => {
  it('is read as far as its header', () => {
    const text = jwe(GOOD);
    expect(parsed(text)).toEqual({ text, alg: 'RSA-OAEP-256', enc: 'A128GCM', kid: 'k' });
    expect(parsed(jwe({ ...GOOD, alg: 'ECDH-ES' }, '.AA.AA.AA'))).toMatchObject({ alg: 'ECDH-ES' });
  });

  it.each([undefined, 'jwt', 'application/jwt', 'oauth-authz-req+jwt'])('may hold a JWT that says %s', (cty) => {
    expect(parsed(jwe({ ...GOOD, cty }))).toBeDefined();
  });

  it.each([
    ['RSA1_5', { alg: 'RSA1_5' }],
    ['a shared key', { alg: 'dir' }],
    ['a wrapped shared key', { alg: 'A128KW' }],
    ['a password', { alg: 'PBES2-HS256+A128KW', p2c: 1, p2s: 'AA' }],
    ['a count of rounds beside another algorithm', { p2c: 100_000_000 }],
    ['an algorithm that is not allowed', { alg: 'RSA-OAEP' }],
    ['no algorithm', { alg: undefined }],
    ['a list of algorithms', { alg: ['RSA-OAEP-256'] }],
    ['another algorithm for the content', { enc: 'A256GCM' }],
    ['no algorithm for the content', { enc: undefined }],
    ['compressed content', { zip: 'DEF' }],
    ['a critical extension', { crit: ['exp'] }],
    ['an empty list of critical extensions', { crit: [] }],
    ['content of another type', { cty: 'text/plain' }],
    ['content without a type', { cty: null }],
  ])('is refused before any work with %s', (_, over) => {
    expect(parsed(jwe({ ...GOOD, ...over }))).toBeUndefined();
  });

  it.each([
    ['too large', jwe(GOOD, `AA.AA.${'A'.repeat(16 * 1024)}.AA`)],
    ['of three parts', jwe(GOOD, 'AA.AA')],
    ['of six parts', jwe(GOOD, 'AA.AA.AA.AA.AA')],
    ['without content', jwe(GOOD, 'AA.AA..AA')],
    ['without tag', jwe(GOOD, 'AA.AA.AA.')],
    ['not base64url', jwe(GOOD, 'AA.A+.AA.AA')],
    ['written with spare bits', jwe(GOOD, 'AA.AA.AA.AB')],
    ['not JSON', jwe('{')],
    ['no object', jwe([])],
    ['with a member twice', jwe('{"alg":"RSA-OAEP-256","alg":"ECDH-ES","enc":"A128GCM"}')],
    ['empty', ''],
  ])('is refused if it is %s', (_, text) => {
    expect(parsed(text)).toBeUndefined();
  });

  it('is told from a signed JWT by its parts', () => {
    expect(['a.b.c', 'a.b.c.d.e', '....', 'a.b.c.d.e.f', ''].map(hasFormOfJwe)).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
  });
});
