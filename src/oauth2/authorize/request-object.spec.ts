import { describe, expect, it } from 'vitest';
import { FormParams } from '../../http/exchange/form-params.js';
import { invalidRequestObject } from '../../protocol/oauth-error.js';
import { judgeMembers } from '../issuance/request-claims.js';
import { algorithmOf, judgeClaims, overlay, unsignedClaims } from './request-object.js';

const SERVER = 'https://id.example';
const NOW = new Date('2026-01-01T00:00:00Z');
const seconds = NOW.getTime() / 1000;
const b64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const invalid = expect.objectContaining({ code: 'invalid_request_object' }) as unknown;

describe('an invalid request object', () => {
  it.each(['', 'garbage', 'a.b.c', '..', `${Buffer.from('[]').toString('base64url')}.x.`, `${b64({ alg: 1 })}.x.`])(
    '%j is refused',
    (jwt) => {
      expect(() => algorithmOf(jwt)).toThrow(invalid);
    },
  );

  it.each(['client-authentication+jwt', 'at+jwt', 'application/dpop+jwt'])('a JWT of the type %s is refused', (typ) => {
    expect(() => algorithmOf(`${b64({ alg: 'ES256', typ })}.x.x`)).toThrow(invalid);
  });

  it.each([undefined, null, 'JWT', 'oauth-authz-req+jwt', 'application/oauth-authz-req+jwt'])(
    'one of the type %s is not',
    (typ) => {
      expect(algorithmOf(`${b64({ alg: 'ES256', typ })}.x.x`)).toBe('ES256');
    },
  );

  it.each([
    `${b64({ alg: 'none' })}.${b64({})}`,
    `${b64({ alg: 'none' })}.${b64({})}.sig`,
    `${b64({ alg: 'none' })}.!!.`,
  ])('%j is not an unsigned object', (jwt) => {
    expect(() => unsignedClaims(jwt)).toThrow(invalid);
  });

  it('an unsigned object has an empty signature', () => {
    expect(unsignedClaims(`${b64({ alg: 'none' })}.${b64({ state: 'x' })}.`)).toEqual({ state: 'x' });
  });
});

describe('a request object that names a member twice', () => {
  const part = (text: string): string => Buffer.from(text).toString('base64url');
  const head = part('{"alg":"ES256"}');

  it.each([
    [part('{"alg":"ES256","alg":"none"}'), part('{}')],
    [head, part('{"scope":"a","scope":"b"}')],
    [head, part('{"claims":{"id_token":{"acr":null,"\\u0061cr":null}}}')],
  ])('is refused: %s.%s', (header, payload) => {
    expect(() => {
      judgeMembers(`${header}.${payload}.s`, invalidRequestObject);
    }).toThrow(invalid);
  });

  it.each([`${head}.${part('{"claims":{"id_token":{"acr":null},"userinfo":{"acr":null}}}')}.s`, `${head}.!!.s`, ''])(
    'is not %s',
    (jwt) => {
      expect(() => {
        judgeMembers(jwt, invalidRequestObject);
      }).not.toThrow();
    },
  );
});

describe('the claims of a request object', () => {
  it.each([
    [{}],
    [{ exp: seconds + 1 }],
    [{ exp: seconds + 0.5 }],
    [{ nbf: seconds, iat: seconds }],
    [{ nbf: seconds + 5 }],
    [{ client_id: 'shop', iss: 'shop', aud: SERVER }],
    [{ iss: null, aud: null, sub: null }],
    [{ sub: 'bob', aud: ['https://other.example', SERVER, 7] }],
  ])('%j are applied', (claims) => {
    expect(() => {
      judgeClaims(claims, { clientId: 'shop', audiences: [SERVER], now: NOW });
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
    [Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`c${i}`, '']))],
    [{ request_uri: 'https://a' }],
    [{ iss: 'other' }],
    [{ iss: '' }],
    [{ iss: ['shop'] }],
    [{ aud: 'https://other.example' }],
    [{ aud: [] }],
    [{ aud: ['https://other.example', null] }],
    [{ aud: { a: SERVER } }],
    [{ iss: 'shop', sub: 'shop', aud: SERVER }],
  ])('%j are refused', (claims) => {
    expect(() => {
      judgeClaims(claims, { clientId: 'shop', audiences: [SERVER], now: NOW });
    }).toThrow(invalid);
  });
});

describe('overlay', () => {
  const sent = FormParams.parse('client_id=shop&state=of-the-query&scope=openid+email&audience=a&nonce=n&request=x');
  const merged = (claims: Record<string, unknown>): Record<string, string[]> => {
    const result = overlay(sent, claims as never);
    return Object.fromEntries(result.entries().map(([name]) => [name, result.all(name)]));
  };

  it('replaces the parameter of each claim and keeps the others', () => {
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

  it('merges the scopes, those of the object first', () => {
    expect(merged({ scope: 'profile openid' })['scope']).toEqual(['profile openid email']);
    expect(merged({ scope: ['profile'] })['scope']).toEqual(['profile openid email']);
  });

  it('repeats the parameter for a list of audiences, and joins other lists to one parameter', () => {
    expect(merged({ audience: ['b', 'c'] })['audience']).toEqual(['b', 'c']);
    expect(merged({ prompt: ['login', 'consent'] })['prompt']).toEqual(['login consent']);
  });

  it('writes other values as JSON, with all digits of large integers', () => {
    expect(merged({ claims: { id_token: { email: null } } })['claims']).toEqual(['{"id_token":{"email":null}}']);
    expect(merged({ max_age: 9007199254740993n, x: true })).toMatchObject({
      max_age: ['9007199254740993'],
      x: ['true'],
    });
  });

  it('does not use the claims of the JWT itself as parameters', () => {
    expect(merged({ iss: 'i', sub: 's', aud: 'a', exp: 1, nbf: 1, iat: 1, jti: 'j', nonce: null })).toEqual(merged({}));
  });

  it('refuses NUL characters, which no store accepts', () => {
    expect(() => merged({ state: 'a\u0000b' })).toThrow(invalid);
  });
});
