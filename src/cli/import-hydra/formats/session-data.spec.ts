import { describe, expect, it } from 'vitest';
import { readSession } from './session-data.js';

const OF_26_2 = `{
  "id_token": {
    "id_token_claims": {
      "jti": "j", "iss": "https://issuer.example", "sub": "pairwise-of-alice", "aud": ["c"], "nonce": "n",
      "exp": "2026-11-24T23:04:57Z", "iat": "2026-11-24T23:04:57Z", "rat": "2026-11-24T23:04:56.9Z",
      "auth_time": "2026-11-24T23:04:55Z", "at_hash": "h", "acr": "gold", "amr": ["pwd", "otp"], "c_hash": "",
      "ext": { "email": "alice@example.org", "n": 90071992547409931234, "sid": "s-1" }
    },
    "headers": { "extra": { "kid": "k" } },
    "expires_at": {
      "access_token": "2126-10-31T23:04:57.123456789Z", "refresh_token": "2126-11-01T00:00:00Z",
      "authorize_code": "2026-11-24T23:14:57Z"
    },
    "username": "", "subject": "alice"
  },
  "extra": { "role": "admin", "deep": { "a": [1, 123456789012345678901] } },
  "kid": "", "client_id": "c", "consent_challenge": "cc", "exclude_not_before_claim": false,
  "allowed_top_level_claims": null, "mirror_top_level_claims": true
}`;

const OF_1_X = `{
  "idToken": {
    "Claims": {
      "JTI": "j", "Issuer": "https://issuer.example", "Subject": "pairwise-of-alice", "Audience": ["c"], "Nonce": "n",
      "ExpiresAt": "2026-11-24T23:04:57Z", "IssuedAt": "2026-11-24T23:04:57Z", "RequestedAt": "2026-11-24T23:04:56.9Z",
      "AuthTime": "2026-11-24T23:04:55Z", "AccessTokenHash": "h", "AuthenticationContextClassReference": "gold",
      "AuthenticationMethodsReferences": ["pwd", "otp"], "CodeHash": "",
      "Extra": { "email": "alice@example.org", "n": 90071992547409931234, "sid": "s-1" }
    },
    "Headers": { "Extra": { "kid": "k" } },
    "ExpiresAt": {
      "access_token": "2126-10-31T23:04:57.123456789Z", "refresh_token": "2126-11-01T00:00:00Z",
      "authorize_code": "2026-11-24T23:14:57Z"
    },
    "Username": "", "Subject": "alice"
  },
  "Extra": { "role": "admin", "deep": { "a": [1, 123456789012345678901] } },
  "KID": "", "ClientID": "c", "ConsentChallenge": "cc", "ExcludeNotBeforeClaim": false, "AllowedTopLevelClaims": null
}`;

const microseconds = (text: string): bigint => BigInt(Date.parse(text)) * 1000n;

describe('the session of a token', () => {
  it.each([
    ['{"kid":"key-1"}', 'key-1'],
    ['{"KID":"key-1"}', 'key-1'],
    ['{"kid":""}', undefined],
  ])('tells a JWT from an opaque access token: %s', (text, kid) => {
    expect(readSession(text)?.signedWith).toBe(kid);
  });

  it.each([
    ['26.2', OF_26_2],
    ['1.x', OF_1_X],
  ])('of Hydra %s is read by its names, and claims keep their digits', (_, text) => {
    expect(readSession(text)).toEqual({
      session: {
        idTokenClaims: { email: 'alice@example.org', n: 90071992547409931234n },
        accessTokenClaims: { role: 'admin', deep: { a: [1, 123456789012345678901n] } },
        userinfoClaims: {},
        subjectIdentifier: 'pairwise-of-alice',
        nonce: 'n',
        authTime: Date.UTC(2026, 10, 24, 23, 4, 55) / 1000,
        requestedAt: Date.UTC(2026, 10, 24, 23, 4, 56) / 1000,
        acr: 'gold',
        amr: ['pwd', 'otp'],
        sid: 's-1',
      },
      accessTokenExpiry: microseconds('2126-10-31T23:04:57.123Z') + 456n,
      refreshTokenExpiry: microseconds('2126-11-01T00:00:00Z'),
      issuer: 'https://issuer.example',
    });
  });

  it('of client credentials has no person', () => {
    const text = `{"id_token":{"id_token_claims":{"sub":"","nonce":"","acr":"","amr":null,"ext":null,"iss":"",
      "auth_time":"0001-01-01T00:00:00Z","rat":"0001-01-01T00:00:00Z"},"expires_at":{"access_token":"0001-01-01T00:00:00Z"}},
      "extra":null}`;
    expect(readSession(text)).toEqual({
      session: { idTokenClaims: {}, accessTokenClaims: {}, userinfoClaims: {} },
    });
  });

  it.each(['{}', '{"id_token":null}', '{"id_token":{"id_token_claims":[]}}', '{"id_token":{"expires_at":"never"}}'])(
    'may lack anything: %s',
    (text) => {
      expect(readSession(text)?.session).toEqual({ idTokenClaims: {}, accessTokenClaims: {}, userinfoClaims: {} });
    },
  );

  it.each([
    ...['', 'null', '[]', '"text"', '1', '{"id_token":', '{"a":1}}'],
    `{"extra":{"deep":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`,
  ])('is not in a text that is no such document (%#)', (text) => {
    expect(readSession(text)).toBeUndefined();
  });

  it('takes members of an object for claims, whatever their names are', () => {
    const session = readSession('{"extra":{"__proto__":{"role":"admin"},"constructor":1}}')?.session;
    expect(Object.keys(session?.accessTokenClaims ?? {})).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(session?.accessTokenClaims)).toBe(Object.prototype);
  });
});
