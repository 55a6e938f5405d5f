import { describe, expect, it } from 'vitest';
import { invalidRequest, invalidToken, requestUnauthorized } from '../../protocol/oauth-error.js';
import { bearerChallenge } from './bearer-challenge.js';

describe('the challenge of a protected resource (RFC 6750 §3)', () => {
  it('names no error where the request had no token', () => {
    const { headers } = bearerChallenge(requestUnauthorized('Send an access token.'));
    expect(headers).toEqual({ 'WWW-Authenticate': 'Bearer realm="ostiary"' });
  });

  it('names the error, in characters that a header may hold', () => {
    const { headers } = bearerChallenge(invalidToken('back\\slash, "quotes" and é'));
    expect(headers['WWW-Authenticate']).toMatch(
      /^Bearer error="invalid_token",error_description="[^"\\]+back\/slash, 'quotes' and \?"$/,
    );
  });

  it('is for requests without sufficient rights', () => {
    expect(bearerChallenge(invalidRequest()).headers).toEqual({});
  });
});
