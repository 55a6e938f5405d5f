import type { JWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { generateJwk } from '../keys/generate-jwk.js';
import { OAuthError } from '../protocol/oauth-error.js';
import { readTrustWish, type TrustWish } from './trust-wish.js';

describe('the wish to trust an issuer', () => {
  let jwk: JWK;
  let whole: object;

  beforeAll(async () => {
    jwk = await generateJwk('ES256', { kid: 'k', use: 'sig', rsaBits: 2048 });
    whole = { issuer: 'https://a.example', subject: 'bob', scope: ['read'], jwk, expires_at: '2030-01-31T12:00:00Z' };
  });

  const read = (over: object = {}): TrustWish => readTrustWish({ ...whole, ...over });
  const fault = (over: object): OAuthError | undefined => {
    try {
      read(over);
      return undefined;
    } catch (error) {
      return error instanceof OAuthError ? error : undefined;
    }
  };

  it('is read with the public part of its key alone', () => {
    expect(read()).toEqual({
      issuer: 'https://a.example',
      subject: 'bob',
      scope: ['read'],
      jwk: { kty: 'EC', crv: 'P-256', use: 'sig', alg: 'ES256', kid: 'k', x: jwk.x, y: jwk.y },
      expiresAt: new Date('2030-01-31T12:00:00Z'),
    });
  });

  it('may be about any subject, and about no scope', () => {
    const wish = read({ subject: undefined, scope: undefined, allow_any_subject: true });
    expect(wish).toMatchObject({ subject: '', scope: [] });
  });

  it.each<[string, object]>([
    ['issuer', { issuer: '' }],
    ['subject', { subject: '' }],
    ['subject', { subject: undefined, allow_any_subject: false }],
    ['subject', { allow_any_subject: true }],
    ['expires_at', { expires_at: undefined }],
    ['expires_at', { expires_at: '0001-01-01T00:00:00Z' }],
    ['jwk', { jwk: undefined }],
    ['jwk', { jwk: { kty: 'EC' } }],
  ])('names %s where it is missing or contradicted: %j', (member, over) => {
    expect(fault(over)).toMatchObject({ status: 400, code: 'missing_required_parameter' });
    expect(fault(over)?.hint).toContain(member);
  });

  it.each<[string, object]>([
    ['jwk', { jwk: { kty: 'nope', kid: 'x' } }],
    ['jwk', { jwk: { kty: 'oct', k: 'c2VjcmV0', kid: 'x' } }],
    ['jwk', { jwk: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', kid: 'x' } }],
    ['jwk.kid', { jwk: { kty: 'EC', kid: 'x'.repeat(256) } }],
    ['expires_at', { expires_at: 'tomorrow' }],
    ['expires_at', { expires_at: '2030-01-31' }],
    ['expires_at', { expires_at: '2030-13-31T12:00:00Z' }],
    ['issuer', { issuer: 'x'.repeat(256) }],
    ['issuer', { issuer: 'hydra.openid.id-token' }],
    ['issuer', { issuer: 'hydra.jwt.access-token' }],
    ['subject', { subject: 'x'.repeat(256) }],
  ])('names %s where it is malformed: %j', (member, over) => {
    expect(fault(over)?.status).toBe(400);
    expect(fault(over)?.code).not.toBe('missing_required_parameter');
    expect(fault(over)?.hint).toContain(member);
  });

  it('refuses a key for encryption', () => {
    expect(fault({ jwk: { ...jwk, use: 'enc' } })?.status).toBe(400);
  });

  it.each([
    ['2030-01-31T12:00:00+01:00', '2030-01-31T11:00:00.000Z'],
    ['2030-01-31t12:00:00.4z', '2030-01-31T12:00:00.000Z'],
    ['2030-01-31T12:00:00.6Z', '2030-01-31T12:00:01.000Z'],
    ['2001-01-31T12:00:00Z', '2001-01-31T12:00:00.000Z'],
  ])('takes the expiry %s in whole seconds', (sent, time) => {
    expect(read({ expires_at: sent }).expiresAt.toISOString()).toBe(time);
  });
});
