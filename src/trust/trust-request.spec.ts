import type { JWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { generateJwk } from '../keys/generate-jwk.js';
import { OAuthError } from '../protocol/oauth-error.js';
import { readTrustRequest, type TrustRequest } from './trust-request.js';

describe('the request to trust an issuer', () => {
  let jwk: JWK;
  let whole: object;

  beforeAll(async () => {
    jwk = await generateJwk('ES256', { kid: 'k', use: 'sig', rsaBits: 2048 });
    whole = { issuer: 'https://a.example', subject: 'bob', scope: ['read'], jwk, expires_at: '2030-01-31T12:00:00Z' };
  });

  const read = (over: object = {}): Promise<TrustRequest> => readTrustRequest({ ...whole, ...over });
  const fault = async (over: object): Promise<OAuthError | undefined> => {
    const error: unknown = await read(over).catch((reason: unknown) => reason);
    return error instanceof OAuthError ? error : undefined;
  };

  it('is read with only the public part of its key', async () => {
    expect(await read()).toEqual({
      issuer: 'https://a.example',
      subject: 'bob',
      scope: ['read'],
      jwk: { kty: 'EC', crv: 'P-256', use: 'sig', alg: 'ES256', kid: 'k', x: jwk.x, y: jwk.y },
      expiresAt: new Date('2030-01-31T12:00:00Z'),
    });
  });

  it('may allow any subject, and no scope', async () => {
    const requested = await read({ subject: undefined, scope: undefined, allow_any_subject: true });
    expect(requested).toMatchObject({ subject: '', scope: [] });
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
  ])('names the missing or contradictory member %s: %j', async (member, over) => {
    const refused = await fault(over);
    expect(refused).toMatchObject({ status: 400, code: 'missing_required_parameter' });
    expect(refused?.hint).toContain(member);
  });

  it.each<[string, object]>([
    ['jwk', { jwk: { kty: 'nope', kid: 'x' } }],
    ['jwk', { jwk: { kty: 'oct', k: 'c2VjcmV0', kid: 'x' } }],
    ['jwk', { jwk: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', kid: 'x' } }],
    ['jwk', { jwk: { kty: 'RSA', n: Buffer.alloc(128, 0xc1).toString('base64url'), e: 'AQAB', kid: 'short' } }],
    ['jwk', { jwk: { kty: 'RSA', n: Buffer.alloc(2048, 0xc1).toString('base64url'), e: 'AQAB', kid: 'long' } }],
    ['jwk.kid', { jwk: { kty: 'EC', kid: 'x'.repeat(256) } }],
    ['expires_at', { expires_at: 'tomorrow' }],
    ['expires_at', { expires_at: '2030-01-31' }],
    ['expires_at', { expires_at: '2030-13-31T12:00:00Z' }],
    ['issuer', { issuer: 'x'.repeat(256) }],
    ['issuer', { issuer: 'hydra.openid.id-token' }],
    ['issuer', { issuer: 'hydra.jwt.access-token' }],
    ['subject', { subject: 'x'.repeat(256) }],
  ])('names the malformed member %s: %j', async (member, over) => {
    const refused = await fault(over);
    expect(refused?.status).toBe(400);
    expect(refused?.code).not.toBe('missing_required_parameter');
    expect(refused?.hint).toContain(member);
  });

  it('refuses a key for encryption', async () => {
    expect((await fault({ jwk: { ...jwk, use: 'enc' } }))?.status).toBe(400);
  });

  it.each([
    ['2030-01-31T12:00:00+01:00', '2030-01-31T11:00:00.000Z'],
    ['2030-01-31t12:00:00.4z', '2030-01-31T12:00:00.000Z'],
    ['2030-01-31T12:00:00.6Z', '2030-01-31T12:00:01.000Z'],
    ['2001-01-31T12:00:00Z', '2001-01-31T12:00:00.000Z'],
  ])('rounds the expiry %s to whole seconds', async (sent, time) => {
    expect((await read({ expires_at: sent })).expiresAt.toISOString()).toBe(time);
  });
});
