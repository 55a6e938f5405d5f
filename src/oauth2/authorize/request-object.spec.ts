import { describe, expect, it } from 'vitest';
import { FormParams } from '../../http/form-params.js';
import { algorithmOf, judgeClaims, overlay, unsignedClaims } from './request-object.js';

const NOW = new Date('2026-01-01T00:00:00Z');
const seconds = NOW.getTime() / 1000;
const b64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const invalid = expect.objectContaining({ code: 'invalid_request_object' }) as unknown;

describe('what is no request object', () => {
  it.each(['', 'garbage', 'a.b.c', '..', `${Buffer.from('[]').toString('base64url')}.x.`, `${b64({ alg: 1 })}.x.`])(
    '%j is refused',
    (jwt) => {
      expect(() => algorithmOf(jwt)).toThrow(invalid);
    },
  );

  it.each([
    `${b64({ alg: 'none' })}.${b64({})}`,
    `${b64({ alg: 'none' })}.${b64({})}.sig`,
    `${b64({ alg: 'none' })}.!!.`,
  ])('%j is no unsigned one', (jwt) => {
    expect(() => unsignedClaims(jwt)).toThrow(invalid);
  });

  it('an unsigned one has an empty signature', () => {
    expect(unsignedClaims(`${b64({ alg: 'none' })}.${b64({ state: 'x' })}.`)).toEqual({ state: 'x' });
  });
});

describe('the claims of a request object', () => {
  it.each([
    [{}],
    [{ exp: seconds + 1 }],
    [{ exp: seconds + 0.5 }],
    [{ nbf: seconds, iat: seconds }],
    [{ nbf: seconds + 5 }],
    [{ client_id: 'shop', iss: 'anybody', aud: ['anything'] }],
  ])('%j are in force', (claims) => {
    expect(() => {
      judgeClaims(claims, 'shop', NOW);
    }).not.toThrow();
  });

  it.each([
    [{ exp: seconds }],
    [{ exp: seconds - 60 }],
    [{ nbf: seconds + 60 }],
    [{ iat: seconds + 60 }],
    [{ exp: 'soon' }],
    [{ exp: null }],
    [{ nbf: {} }],
    [{ client_id: 'other' }],
    [{ request: 'x' }],
    [{ request_uri: 'https://a' }],
  ])('%j are refused', (claims) => {
    expect(() => {
      judgeClaims(claims, 'shop', NOW);
    }).toThrow(invalid);
  });
});

describe('overlay', () => {
  const sent = FormParams.parse('client_id=shop&state=of-the-query&scope=openid+email&audience=a&nonce=n&request=x');
  const merged = (claims: Record<string, unknown>): Record<string, string[]> => {
    const result = overlay(sent, claims as never);
    return Object.fromEntries(result.entries().map(([name]) => [name, result.all(name)]));
  };

  it('puts each claim in the place of its parameter and keeps the others', () => {
    expect(merged({ state: 'of-the-object', max_age: 3600, login_hint: 'bob' })).toEqual({
      client_id: ['shop'],
      state: ['of-the-object'],
      scope: ['openid email'],
      audience: ['a'],
      nonce: ['n'],
      max_age: ['3600'],
      login_hint: ['bob'],
    });
  });

  it('unites the scopes, those of the object first', () => {
    expect(merged({ scope: 'profile openid' })['scope']).toEqual(['profile openid email']);
    expect(merged({ scope: ['profile'] })['scope']).toEqual(['profile openid email']);
  });

  it('takes lists of audiences as they are, and other lists as words', () => {
    expect(merged({ audience: ['b', 'c'] })['audience']).toEqual(['b', 'c']);
    expect(merged({ prompt: ['login', 'consent'] })['prompt']).toEqual(['login consent']);
  });

  it('writes what is no text as JSON, keeping the digits of large integers', () => {
    expect(merged({ claims: { id_token: { email: null } } })['claims']).toEqual(['{"id_token":{"email":null}}']);
    expect(merged({ max_age: 9007199254740993n, x: true })).toMatchObject({
      max_age: ['9007199254740993'],
      x: ['true'],
    });
  });

  it('does not take the claims of the JWT itself for parameters', () => {
    expect(merged({ iss: 'i', sub: 's', aud: 'a', exp: 1, nbf: 1, iat: 1, jti: 'j', nonce: null })).toEqual(merged({}));
  });

  it('refuses NUL characters, which no store can hold', () => {
    expect(() => merged({ state: 'a\u0000b' })).toThrow(invalid);
  });
});
