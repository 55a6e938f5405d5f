import { describe, expect, it } from 'vitest';
import type { ConfigHolder } from '../../config/config-holder.js';
import type { JwtVerifier } from '../../keys/jwt-verifier.js';
import { IdTokenHints } from './id-token-hints.js';

const ISSUER = 'https://id.example/';
const PAYLOAD = { iss: ISSUER, sub: 'alice', exp: 1 };
const config = { current: { urls: { self: { issuer: ISSUER } } } } as ConfigHolder;

function hints(verified: { header: object; payload: object } | undefined): IdTokenHints {
  return new IdTokenHints({ verify: () => Promise.resolve(verified) } as unknown as JwtVerifier, config);
}

describe('id_token_hint', () => {
  it.each([[{}], [{ typ: 'JWT' }], [{ typ: 'jwt' }]])(
    'is an ID token of this issuer, expired or not: %j',
    async (header) => {
      await expect(hints({ header, payload: PAYLOAD }).claims('x')).resolves.toEqual(PAYLOAD);
    },
  );

  it.each([
    ['signed by nobody known', undefined],
    ['a logout token', { header: { typ: 'logout+jwt' }, payload: PAYLOAD }],
    ['a logout token of plain type', { header: {}, payload: { ...PAYLOAD, events: {} } }],
    ['an access token', { header: { typ: 'at+jwt' }, payload: PAYLOAD }],
    ['userinfo, which never expires', { header: {}, payload: { ...PAYLOAD, exp: undefined } }],
    ['of another issuer', { header: {}, payload: { ...PAYLOAD, iss: 'https://id.example' } }],
    ['of nobody', { header: {}, payload: { ...PAYLOAD, sub: '' } }],
    ['without sub', { header: {}, payload: { ...PAYLOAD, sub: undefined } }],
    ['with a type that is no text', { header: { typ: 1 }, payload: PAYLOAD }],
  ])('is refused when it is %s', async (_, verified) => {
    await expect(hints(verified).claims('x')).rejects.toMatchObject({ code: 'invalid_request' });
  });
});
