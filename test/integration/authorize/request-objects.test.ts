import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { CALLBACK } from '../../support/relying-party.js';
import { overBothStores } from '../../support/stores.js';
import { Stage } from './stage.js';

overBothStores('request objects', (redis) => {
  const stage = new Stage(redis);
  const address = (over: Record<string, string | undefined>, of = stage.client): string =>
    of.address({ scope: 'openid', ...over });
  const { privateKey } = generateKeyPairSync('ed25519');
  const pair = { EdDSA: privateKey, ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey };
  const jwks = {
    keys: Object.entries(pair).map(([alg, key]) => ({
      ...createPublicJwk(key.export({ format: 'jwk' })),
      ...{ alg, kid: alg, use: 'sig' },
    })),
  };
  const signed = (alg: keyof typeof pair, claims: object): string => {
    const parts = [{ alg, kid: alg }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
    const key = createPrivateKey(pair[alg].export({ format: 'pem', type: 'pkcs8' }));
    const digest = alg === 'EdDSA' ? undefined : 'sha256';
    const signature = sign(digest, Buffer.from(parts.join('.')), { key, dsaEncoding: 'ieee-p1363' });
    return [...parts, signature.toString('base64url')].join('.');
  };
  const outer = { redirect_uri: undefined, state: undefined };
  const claims = { redirect_uri: CALLBACK, state: 'of-the-object', login_hint: 'bob' };

  it.each(['EdDSA', 'ES256'] as const)('signed with %s count in place of the query', async (alg) => {
    const of = await stage.register({ jwks });
    const end = await stage.browser().walk(address({ ...outer, request: signed(alg, claims) }, of));
    expect(end.parameters).toMatchObject({ state: 'of-the-object', code: expect.any(String) as string });
    expect(end.login).toMatchObject({ oidc_context: { login_hint: 'bob' } });
  });

  it('by reference are fetched only from registered addresses', async () => {
    const asked: string[] = [];
    const site = createServer((request, response) => {
      asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
      response.end(signed('ES256', claims));
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
    try {
      const of = await stage.register({ jwks, request_uris: [`${base}/one`] });
      const end = await stage.browser().walk(address({ ...outer, request_uri: `${base}/one` }, of));
      expect(end.parameters['state']).toBe('of-the-object');
      const refused = await stage.browser().walk(address({ ...outer, request_uri: `${base}/two` }, of));
      expect([refused.url?.pathname, refused.parameters['error']]).toEqual(['/error', 'invalid_request_uri']);
      expect(asked).toEqual(['GET /one']);
    } finally {
      site.close();
    }
  });

  it.each([
    ['expired', { exp: 1 }],
    ['not valid yet', { nbf: 9_999_999_999 }],
    ['of another client', { client_id: 'other' }],
  ])('%s are invalid_request_object on the error page', async (_, more) => {
    const of = await stage.register({ jwks });
    const request = signed('ES256', { ...claims, ...more });
    const end = await stage.browser().walk(address({ ...outer, request }, of));
    expect([end.url?.pathname, end.parameters['error']]).toEqual(['/error', 'invalid_request_object']);
  });
});

function createPublicJwk(jwk: object): object {
  return Object.fromEntries(Object.entries(jwk).filter(([name]) => name !== 'd'));
}
