/** Request objects and hints that are encrypted to this server (RFC 9101 §6.1, OpenID Connect Core §6.1). */
import { Buffer } from 'node:buffer';
import { CompactEncrypt, exportJWK, generateKeyPair, type CryptoKey, type JWK, SignJWT, UnsecuredJWT } from 'jose';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { CALLBACK, type RelyingParty } from '../../support/relying-party.js';
import { ISSUER } from '../../support/server.js';
import { Stage } from './stage.js';

interface Sealing {
  alg?: string;
  enc?: string;
  header?: Record<string, unknown>;
  key?: JWK;
}

describe('a request object that is encrypted to this server', () => {
  const oauth2 = { encryption: { enabled: true }, pushed_authorization_requests: { enabled: true } };
  const stage = new Stage(undefined, { oauth2 });
  let own: CryptoKey;
  let jwks: { keys: JWK[] };
  let published: JWK[];

  beforeAll(async () => {
    const pair = await generateKeyPair('ES256', { extractable: true });
    own = pair.privateKey;
    jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'sig', alg: 'ES256', use: 'sig' }] };
    published = (await stage.ask('GET', '/.well-known/jwks.json')).json['keys'] as JWK[];
  });

  const register = (over: Record<string, unknown> = {}) => stage.register({ jwks, ...over });
  const claimsOf = (client: RelyingParty) => ({
    ...{ iss: client.clientId, aud: ISSUER, client_id: client.clientId, response_type: 'code' },
    ...{ redirect_uri: CALLBACK, scope: 'openid', state: 'of-the-object' },
  });
  const signed = (client: RelyingParty) =>
    new SignJWT(claimsOf(client))
      .setProtectedHeader({ alg: 'ES256', kid: 'sig', typ: 'oauth-authz-req+jwt' })
      .setExpirationTime('1m')
      .sign(own);
  const keyOf = (kty: string): JWK => published.find((key) => key.use === 'enc' && key.kty === kty) ?? {};
  const sealed = (content: string, { alg = 'RSA-OAEP-256', enc = 'A256GCM', header = {}, key }: Sealing = {}) => {
    const to = key ?? keyOf(alg.startsWith('RSA') ? 'RSA' : 'EC');
    const all = { alg, enc, kid: to.kid, cty: 'JWT', ...header };
    return new CompactEncrypt(Buffer.from(content)).setProtectedHeader(all).encrypt({ ...to, kid: undefined });
  };
  const asked = (client: RelyingParty, request: string, over: Record<string, string | undefined> = {}) => {
    const bare = { redirect_uri: undefined, state: undefined, nonce: undefined };
    return stage.browser().walk(client.address({ ...bare, scope: 'openid', request, ...over }));
  };
  const expectRefusal = async (client: RelyingParty, request: string): Promise<string> => {
    const { url, parameters } = await asked(client, request);
    expect([url?.origin, parameters['error']]).toEqual(['http://ui.example', 'invalid_request_object']);
    const pushed = await client.push({ request });
    expect([pushed.status, pushed.json['error']]).toEqual([400, 'invalid_request_object']);
    return `${parameters['error_description'] ?? ''}\n${String(pushed.json['error_description'])}`;
  };

  it('finds keys in the published set, after those that sign', () => {
    expect(published.map(({ use }) => use)).toEqual(['sig', 'sig', 'enc', 'enc']);
    expect([keyOf('RSA').alg, keyOf('EC').alg, keyOf('EC').crv]).toEqual([undefined, undefined, 'P-256']);
    expect(Buffer.from(keyOf('RSA').n ?? '', 'base64url')).toHaveLength(256);
    expect(published.flatMap((key) => Object.keys(key)).filter((name) => ['d', 'p', 'q'].includes(name))).toEqual([]);
  });

  it.each([
    ['RSA-OAEP-256', 'A256GCM'],
    ['RSA-OAEP', 'A128GCM'],
    ['ECDH-ES', 'A128CBC-HS256'],
    ['ECDH-ES+A128KW', 'A256CBC-HS512'],
    ['ECDH-ES+A256KW', 'A256GCM'],
  ])('counts with %s and %s, with and without kid, by value and pushed', async (alg, enc) => {
    const client = await register({ require_signed_request_object: true });
    for (const header of [{}, { kid: undefined }, { cty: undefined }]) {
      const request = await sealed(await signed(client), { alg, enc, header });
      expect((await asked(client, request)).parameters).toMatchObject({ state: 'of-the-object' });
      expect((await client.push({ request })).status).toBe(201);
    }
  });

  it('is judged as unsigned if its content is', async () => {
    const [free, strict] = [await register(), await register({ request_object_signing_alg: 'ES256' })];
    for (const client of [free, strict]) {
      const claims = claimsOf(client);
      for (const content of [JSON.stringify(claims), new UnsecuredJWT(claims).encode()]) {
        const request = await sealed(content);
        if (client === strict) await expectRefusal(client, request);
        else {
          expect((await asked(client, request)).parameters).toMatchObject({ state: 'of-the-object' });
          expect((await client.push({ request })).json['error']).toBe('invalid_request_object');
        }
      }
    }
  });

  it('must be encrypted, and so, if the client is registered for it', async () => {
    const client = await register({ request_object_encryption_alg: 'ECDH-ES' });
    const [object, narrow] = [await signed(client), { request_object_encryption_enc: 'A128GCM' }];
    expect((await asked(client, await sealed(object, { alg: 'ECDH-ES' }))).parameters['state']).toBe('of-the-object');
    await expectRefusal(client, object);
    await expectRefusal(client, await sealed(object, { alg: 'RSA-OAEP-256' }));
    const narrower = await register({ request_object_encryption_alg: 'ECDH-ES', ...narrow });
    const other = await signed(narrower);
    await expectRefusal(narrower, await sealed(other, { alg: 'ECDH-ES' }));
    const request = await sealed(other, { alg: 'ECDH-ES', enc: 'A128GCM' });
    expect((await asked(narrower, request)).parameters['state']).toBe('of-the-object');
  });

  it('is refused with one text, whatever is wrong with the encryption', async () => {
    const client = await register();
    const object = await signed(client);
    const good = await sealed(object);
    const parts = good.split('.');
    const broken = (at: number) => parts.map((part, i) => (i === at ? `${part.slice(0, -4)}AAAA` : part)).join('.');
    const renamed = (over: object) => {
      const header = JSON.parse(Buffer.from(parts[0] ?? '', 'base64url').toString()) as object;
      return [Buffer.from(JSON.stringify({ ...header, ...over })).toString('base64url'), ...parts.slice(1)].join('.');
    };
    const foreign = await exportJWK((await generateKeyPair('RSA-OAEP-256', { extractable: true })).publicKey);
    const texts = new Set<string>();
    for (const request of [
      ...[broken(1), broken(2), broken(3), broken(4)],
      ...[renamed({ alg: 'RSA1_5' }), renamed({ alg: 'dir' }), renamed({ enc: 'A192GCM' }), renamed({ zip: 'DEF' })],
      ...[renamed({ alg: 'PBES2-HS256+A128KW', p2c: 2 ** 31, p2s: 'AAAA' }), renamed({ crit: ['exp'] })],
      ...[renamed({ kid: 'unknown' }), renamed({ alg: 'ECDH-ES' }), `${good}A`],
      await sealed(object, { key: { ...foreign, kid: keyOf('RSA').kid } }),
    ]) {
      texts.add(await expectRefusal(client, request));
    }
    expect(texts.size).toBe(1);
    const large = await sealed(JSON.stringify({ ...claimsOf(client), ui_locales: 'x'.repeat(12_500) }));
    const { parameters } = await asked(client, large);
    expect([...texts][0]).toContain(parameters['error_description']);
    expect((await client.push({ request: large })).status).toBe(413);
  });

  it('is refused like any other if its content is no request', async () => {
    const client = await register();
    for (const content of ['', 'hello', '{', '[]', await sealed(await signed(client))]) {
      await expectRefusal(client, await sealed(content));
    }
  });

  it('is refused or read, whatever is sent', async () => {
    const client = await register();
    const good = await sealed(await signed(client));
    const part = fc.oneof(
      fc.base64String().map((text) => text.replace(/[+/=]/g, '')),
      fc.constantFrom(...good.split('.')),
    );
    const member = fc.constantFrom('alg', 'enc', 'kid', 'cty', 'typ', 'crit', 'zip', 'p2c', 'epk', 'apu', 'apv', 'jwk');
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom('RSA-OAEP', 'ECDH-ES', 'A128GCM', 'JWT', 'dir', 'DEF'));
    const header = fc
      .dictionary(member, value)
      .map((over) => Buffer.from(JSON.stringify({ alg: 'ECDH-ES', enc: 'A128GCM', ...over })).toString('base64url'));
    const jwe = fc.tuple(fc.oneof(header, part), fc.array(part, { minLength: 3, maxLength: 5 }));
    await fc.assert(
      fc.asyncProperty(jwe, async ([head, rest]) => {
        const { status, text } = await client.push({ request: [head, ...rest].join('.') });
        expect([201, 400], text).toContain(status);
      }),
      { numRuns: 150 },
    );
  });

  it('may be replaced by a hint that is encrypted as well', async () => {
    const client = await register();
    const { id_token } = await client.tokens();
    for (const hint of [id_token, await sealed(id_token), await sealed(id_token, { alg: 'ECDH-ES' })]) {
      const { parameters } = await stage.browser().walk(client.address({ id_token_hint: hint, prompt: 'none' }));
      expect(parameters['error']).toBe('login_required');
    }
    for (const hint of [await sealed('hello'), await sealed(await signed(client)), 'a.b.c.d.e']) {
      const { parameters } = await stage.browser().walk(client.address({ id_token_hint: hint, prompt: 'none' }));
      expect(parameters['error']).toBe('invalid_request');
    }
  });

  it('is announced in discovery', async () => {
    const { json } = await stage.ask('GET', '/.well-known/openid-configuration');
    expect(json['request_object_encryption_alg_values_supported']).toContain('RSA-OAEP-256');
    expect(json['request_object_encryption_enc_values_supported']).toContain('A256GCM');
  });
});

describe('without oauth2.encryption.enabled', () => {
  const stage = new Stage();

  it('no key is published, and an encrypted object is refused as ever', async () => {
    const keys = (await stage.ask('GET', '/.well-known/jwks.json')).json['keys'] as JWK[];
    expect(keys.map(({ use }) => use)).toEqual(['sig', 'sig']);
    const client = await stage.register({ jwks: { keys }, request_object_encryption_alg: 'RSA-OAEP' });
    const header = Buffer.from(JSON.stringify({ alg: 'RSA-OAEP', enc: 'A128GCM' })).toString('base64url');
    const { parameters } = await stage.browser().walk(client.address({ request: `${header}.AA.AA.AA.AA` }));
    expect(parameters).toMatchObject({
      error: 'invalid_request_object',
      error_description: expect.stringContaining("The algorithm 'RSA-OAEP' is not supported.") as string,
    });
  });
});
