import { describe, expect, it } from 'vitest';
import type { ConfigHolder } from '../config/config-holder.js';
import type { JweDecrypter } from './jwe-decrypter.js';
import type { JwtVerifier } from './jwt-verifier.js';
import { IdTokenHints } from './id-token-hints.js';

const ISSUER = 'https://id.example/';
const NOW = new Date('2030-01-01T00:00:00Z');
const seconds = NOW.getTime() / 1000;
const PAYLOAD = { iss: ISSUER, sub: 'alice', aud: ['shop'], iat: 0, exp: 1 };
const config = { current: { urls: { self: { issuer: ISSUER } } } } as ConfigHolder;

/** Opens one JWE; the verifier knows what is inside, and no JWE. */
const decrypter = { open: (jwe: string) => Promise.resolve(jwe === 'a.b.c.d.e' ? 'x' : undefined) } as JweDecrypter;

function hints(verified: { header: object; payload: object } | undefined): IdTokenHints {
  const verify = (_: string, jwt: string) => Promise.resolve(jwt === 'x' ? verified : undefined);
  const verifier = { verify } as unknown as JwtVerifier;
  return new IdTokenHints(verifier, decrypter, config);
}

describe('id_token_hint', () => {
  it.each([[{}], [{ typ: 'JWT' }], [{ typ: 'jwt' }]])(
    'may be an expired ID token of this issuer, with the header %j',
    async (header) => {
      await expect(hints({ header, payload: PAYLOAD }).read('x', NOW)).resolves.toEqual(PAYLOAD);
    },
  );

  it('may have been issued by a replica whose clock is five minutes ahead', async () => {
    const payload = { ...PAYLOAD, iat: seconds + 300 };
    await expect(hints({ header: {}, payload }).read('x', NOW)).resolves.toEqual(payload);
  });

  it.each(['tomorrow', seconds + 86_400])('may have any nbf, because the consent app sets it: %j', async (nbf) => {
    const payload = { ...PAYLOAD, nbf };
    await expect(hints({ header: {}, payload }).read('x', NOW)).resolves.toEqual(payload);
  });

  it.each([
    ['not signed by this server', undefined],
    ['a logout token', { header: { typ: 'logout+jwt' }, payload: PAYLOAD }],
    ['a logout token without typ', { header: {}, payload: { ...PAYLOAD, events: {} } }],
    ['an access token', { header: { typ: 'at+jwt' }, payload: PAYLOAD }],
    [
      "an access token in Hydra's format",
      { header: { typ: 'JWT' }, payload: { ...PAYLOAD, jti: '0195a000-0000-7000-8000-000000000000' } },
    ],
    ['userinfo, which never expires', { header: {}, payload: { ...PAYLOAD, exp: undefined } }],
    ['a credential, which has no audience', { header: {}, payload: { ...PAYLOAD, aud: undefined } }],
    ['without iat', { header: {}, payload: { ...PAYLOAD, iat: undefined } }],
    ['a token whose iat is not a number', { header: {}, payload: { ...PAYLOAD, iat: '0' } }],
    ['issued in the future', { header: {}, payload: { ...PAYLOAD, iat: seconds + 301 } }],
    ['from another issuer', { header: {}, payload: { ...PAYLOAD, iss: 'https://id.example' } }],
    ['a token with an empty sub', { header: {}, payload: { ...PAYLOAD, sub: '' } }],
    ['without sub', { header: {}, payload: { ...PAYLOAD, sub: undefined } }],
    ['a token whose typ is not a string', { header: { typ: 1 }, payload: PAYLOAD }],
  ])('is refused when it is %s', async (_, verified) => {
    await expect(hints(verified).read('x', NOW)).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('may be encrypted to this server', async () => {
    const ours = hints({ header: {}, payload: PAYLOAD });
    await expect(ours.read('a.b.c.d.e', NOW)).resolves.toEqual(PAYLOAD);
    await expect(ours.read('a.b.c.d.f', NOW)).rejects.toMatchObject({ code: 'invalid_request' });
  });
});
