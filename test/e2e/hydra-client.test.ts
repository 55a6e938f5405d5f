/** The published SDK of Ory uses the whole administration API and dynamic registration. */
import { generateKeyPairSync } from 'node:crypto';
import { Configuration, JwkApi, type JsonWebKey, OAuth2Api, type OAuth2Client, OidcApi } from '@ory/hydra-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { startTestServer, type TestServer } from '../support/server.js';

/** The error that the SDK throws for an error response. */
const answers = (status: number, error?: string): object => ({
  response: { status, ...(error && { data: { error } }) },
});

describe('@ory/hydra-client', () => {
  let database: TestDatabase;
  let server: TestServer;
  let clients: OAuth2Api;
  let keys: JwkApi;

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(database.dsn, { oidc: { dynamic_client_registration: { enabled: true } } });
    const configuration = new Configuration({ basePath: server.admin });
    clients = new OAuth2Api(configuration);
    keys = new JwkApi(configuration);
  });

  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const create = async (oAuth2Client: OAuth2Client): Promise<OAuth2Client & { client_id: string }> => {
    const { data } = await clients.createOAuth2Client({ oAuth2Client });
    return { ...data, client_id: data.client_id ?? '' };
  };

  describe('clients', () => {
    it('creates a client and reads it back without its secret', async () => {
      const created = await create({
        client_name: 'Photos',
        redirect_uris: ['https://app.example/cb'],
        grant_types: ['authorization_code', 'refresh_token'],
        scope: 'openid photos.read',
        metadata: { tier: ['gold', 1] },
      });
      expect(created.client_secret).toBeTruthy();
      const { client_secret: _, registration_access_token: __, registration_client_uri: ___, ...shown } = created;
      const { data } = await clients.getOAuth2Client({ id: created.client_id });
      expect(data).toMatchObject({ ...shown });
      expect(data.client_secret).toBeUndefined();
    });

    it('reads the list of clients of an owner page by page', async () => {
      const made = [
        await create({ owner: 'paging' }),
        await create({ owner: 'paging' }),
        await create({ owner: 'paging' }),
      ];
      const pages: string[][] = [];
      let pageToken: string | undefined;
      do {
        const page = await clients.listOAuth2Clients({ owner: 'paging', pageSize: 2, pageToken });
        pages.push(page.data.map((client) => client.client_id ?? ''));
        pageToken = nextToken(String(page.headers.link));
      } while (pageToken);
      expect(pages.map((page) => page.length)).toEqual([2, 1]);
      expect(pages.flat()).toEqual(made.map((client) => client.client_id).toSorted());
    });

    it('replaces a client, and patches its fields', async () => {
      const { client_id: id } = await create({ client_name: 'before', contacts: ['a@example.com'] });
      const replaced = await clients.setOAuth2Client({ id, oAuth2Client: { client_name: 'after' } });
      expect(replaced.data).toMatchObject({ client_id: id, client_name: 'after', contacts: [] });
      const patched = await clients.patchOAuth2Client({
        id,
        jsonPatch: [
          { op: 'replace', path: '/client_name', value: 'patched' },
          { op: 'add', path: '/contacts/-', value: 'b@example.com' },
        ],
      });
      expect(patched.data).toMatchObject({ client_name: 'patched', contacts: ['b@example.com'] });
    });

    it('sets the lifespans of tokens', async () => {
      const { client_id: id } = await create({});
      const { data } = await clients.setOAuth2ClientLifespans({
        id,
        oAuth2ClientTokenLifespans: { client_credentials_grant_access_token_lifespan: '15m' },
      });
      expect(data.client_credentials_grant_access_token_lifespan).toBe('15m0s');
      expect((await clients.getOAuth2Client({ id })).data).toMatchObject({
        client_credentials_grant_access_token_lifespan: '15m0s',
      });
    });

    it('keeps the old secret valid after a rotation until the old secrets are deleted', async () => {
      const { client_id: id, client_secret: before = '' } = await create({ grant_types: ['client_credentials'] });
      // The published SDK has no methods for these two operations.
      const rotation = `${server.admin}/admin/clients/${id}/secrets/rotate`;
      const rotated = (await (await fetch(rotation, { method: 'POST' })).json()) as OAuth2Client;
      const after = rotated.client_secret ?? '';
      expect([await tokenStatus(id, before), await tokenStatus(id, after)]).toEqual([200, 200]);
      expect((await fetch(rotation, { method: 'DELETE' })).status).toBe(200);
      expect([await tokenStatus(id, before), await tokenStatus(id, after)]).toEqual([401, 200]);
    });

    it('deletes a client', async () => {
      const { client_id: id } = await create({});
      expect((await clients.deleteOAuth2Client({ id })).status).toBe(204);
      await expect(clients.getOAuth2Client({ id })).rejects.toMatchObject(answers(404));
    });

    it('receives the errors of the server', async () => {
      const { client_id: id } = await create({});
      await expect(create({ client_id: id })).rejects.toMatchObject(answers(409));
      await expect(create({ redirect_uris: ['no address'] })).rejects.toMatchObject(
        answers(400, 'invalid_redirect_uri'),
      );
    });
  });

  describe('dynamic registration', () => {
    const oidc = (accessToken?: string): OidcApi =>
      new OidcApi(new Configuration({ basePath: server.public, accessToken }));

    it('registers a client, which then reads, changes and deletes itself', async () => {
      const { data: created } = await oidc().createOidcDynamicClient({ oAuth2Client: { client_name: 'self made' } });
      const id = created.client_id ?? '';
      const own = oidc(created.registration_access_token);
      expect((await own.getOidcDynamicClient({ id })).data).toMatchObject({ client_id: id, client_name: 'self made' });

      const { data: changed } = await own.setOidcDynamicClient({ id, oAuth2Client: { client_name: 'self changed' } });
      expect(changed.client_name).toBe('self changed');
      await expect(own.getOidcDynamicClient({ id })).rejects.toMatchObject(answers(401));

      const renewed = oidc(changed.registration_access_token);
      expect((await renewed.deleteOidcDynamicClient({ id })).status).toBe(204);
      await expect(clients.getOAuth2Client({ id })).rejects.toMatchObject(answers(404));
    });
  });

  describe('keys', () => {
    it('creates keys, reads and replaces them, and deletes a key and the set', async () => {
      const set = 'sdk';
      const requested = { alg: 'ES256', kid: 'first', use: 'sig' };
      const { data: made } = await keys.createJsonWebKeySet({ set, createJsonWebKeySet: requested });
      expect(made.keys).toMatchObject([{ kid: 'first', alg: 'ES256', kty: 'EC' }]);
      await keys.createJsonWebKeySet({ set, createJsonWebKeySet: { ...requested, kid: 'second' } });
      expect(await kids(set)).toEqual(['second', 'first']);

      const jsonWebKey = { ...publicKey('first'), x: 'AA' } satisfies JsonWebKey;
      await expect(keys.setJsonWebKey({ set, kid: 'first', jsonWebKey })).rejects.toMatchObject(answers(400));
      const { data: put } = await keys.setJsonWebKey({ set, kid: 'first', jsonWebKey: publicKey('first') });
      expect(put).toMatchObject({ kid: 'first', kty: 'EC' });
      expect((await keys.getJsonWebKey({ set, kid: 'first' })).data.keys).toEqual([put]);

      await keys.setJsonWebKeySet({ set, jsonWebKeySet: { keys: [publicKey('third'), publicKey('fourth')] } });
      expect((await kids(set)).toSorted()).toEqual(['fourth', 'third']);
      expect((await keys.deleteJsonWebKey({ set, kid: 'third' })).status).toBe(204);
      expect(await kids(set)).toEqual(['fourth']);
      expect((await keys.deleteJsonWebKeySet({ set })).status).toBe(204);
      await expect(keys.getJsonWebKeySet({ set })).rejects.toMatchObject(answers(404));
    });
  });

  describe('trusted issuers', () => {
    it('adds a trusted issuer, finds it, and deletes it', async () => {
      const requested = {
        issuer: 'https://issuer.example',
        subject: 'ada@example.com',
        scope: ['photos.read'],
        expires_at: '2099-01-01T00:00:00Z',
        jwk: publicKey('issuer'),
      };
      const { data: trust } = await clients.trustOAuth2JwtGrantIssuer({ trustOAuth2JwtGrantIssuer: requested });
      const id = trust.id ?? '';
      expect(trust).toMatchObject({ issuer: requested.issuer, subject: requested.subject, scope: requested.scope });
      expect(trust.public_key).toEqual({ set: requested.issuer, kid: 'issuer' });

      expect((await clients.getTrustedOAuth2JwtGrantIssuer({ id })).data).toEqual(trust);
      expect((await clients.listTrustedOAuth2JwtGrantIssuers({ issuer: requested.issuer })).data).toEqual([trust]);
      expect((await clients.listTrustedOAuth2JwtGrantIssuers({ issuer: 'https://other.example' })).data).toEqual([]);
      expect((await clients.deleteTrustedOAuth2JwtGrantIssuer({ id })).status).toBe(204);
      await expect(clients.getTrustedOAuth2JwtGrantIssuer({ id })).rejects.toMatchObject(answers(404));
    });
  });

  async function kids(set: string): Promise<string[]> {
    const { data } = await keys.getJsonWebKeySet({ set });
    return (data.keys ?? []).map((key) => key.kid);
  }

  async function tokenStatus(id: string, secret: string): Promise<number> {
    const response = await fetch(`${server.public}/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
      headers: { authorization: `Basic ${Buffer.from(`${id}:${encodeURIComponent(secret)}`).toString('base64')}` },
    });
    return response.status;
  }
});

function publicKey(kid: string): JsonWebKey {
  const { publicKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...(key.export({ format: 'jwk' }) as { kty: string }), kid, alg: 'ES256', use: 'sig' };
}

function nextToken(link: string): string | undefined {
  const [, next] = /<([^>]+)>; rel="next"/.exec(link) ?? [];
  return next ? (new URL(next, 'http://admin.example').searchParams.get('page_token') ?? undefined) : undefined;
}
