import { randomUUID } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { ClientStore } from '../../../src/clients/client-store.js';
import { AdministrationStage, at } from './administration-stage.js';
import { type Answer, bearer } from './server.js';

describe('changes of a client by an administrator', () => {
  const stage = new AdministrationStage();
  const { authenticates, created, read, stored } = stage;

  describe('replace', () => {
    it('resets missing members, and keeps id, creation time, secret and registration token', async () => {
      const client = await created({
        ...{ owner: 'o', contacts: ['a@b.c'], metadata: { a: 1 }, skip_consent: true, skip_logout_consent: false },
        client_credentials_grant_access_token_lifespan: '5m0s',
      });
      expect(client.skip_logout_consent).toBe(false);
      const json = { client_id: 'another', client_name: 'after', created_at: '2001-01-01T00:00:00Z' };
      const answer = await stage.server.admin('PUT', at(client.client_id), { json });
      expect(answer.status).toBe(200);
      expect(answer.json).not.toHaveProperty('client_secret');
      expect(answer.json).toMatchObject({
        ...{ client_id: client.client_id, client_name: 'after', owner: '', contacts: [], metadata: {} },
        ...{ skip_consent: false, skip_logout_consent: null, created_at: client.created_at },
        client_credentials_grant_access_token_lifespan: null,
      });
      expect(await read(client.client_id)).toEqual(answer.json);
      expect(await authenticates(client.client_id, client.client_secret)).toBe(200);
      const own = await stage.server.public('GET', `/oauth2/register/${client.client_id}`, {
        headers: bearer(client.registration_access_token),
      });
      expect(own.status).toBe(200);
    });

    it('accepts the document as it was read, with jwks {} beside a jwks_uri', async () => {
      const client = await created({ redirect_uris: ['https://a.example/cb'] });
      const json = { ...(await read(client.client_id)), jwks_uri: 'https://a.example/jwks' };
      const answer = await stage.server.admin('PUT', at(client.client_id), { json });
      expect([answer.status, answer.json.jwks_uri, answer.json.jwks]).toEqual([200, 'https://a.example/jwks', {}]);
    });

    it('sets a new secret, shows it once, and ends the older secrets', async () => {
      const client = await created();
      const rotated = (await stage.server.admin('POST', at(client.client_id, '/secrets/rotate'))).json;
      const answer = await stage.server.admin('PUT', at(client.client_id), {
        json: { client_secret: 'brand-new-secret' },
      });
      expect(answer.json.client_secret).toBe('brand-new-secret');
      for (const [secret, status] of [
        [client.client_secret, 401],
        [rotated.client_secret, 401],
        ['brand-new-secret', 200],
      ] as const) {
        expect(await authenticates(client.client_id, secret)).toBe(status);
      }
    });

    it('gives a public client a secret when it becomes confidential', async () => {
      const client = await created({ token_endpoint_auth_method: 'none' });
      const answer = await stage.server.admin('PUT', at(client.client_id), { json: {} });
      expect(await authenticates(client.client_id, answer.json.client_secret)).toBe(200);
      expect((await stage.server.admin('PUT', at(client.client_id), { json: {} })).json).not.toHaveProperty(
        'client_secret',
      );
    });

    it('never creates a client', async () => {
      const id = randomUUID();
      expect((await stage.server.admin('PUT', at(id), { json: {} })).status).toBe(404);
      expect((await stage.server.admin('GET', at(id))).status).toBe(404);
    });

    it('changes nothing when it is refused', async () => {
      const client = await created({ client_name: 'before' });
      const json = { client_name: 'after', subject_type: 'nope' };
      expect((await stage.server.admin('PUT', at(client.client_id), { json })).status).toBe(400);
      expect((await read(client.client_id)).client_name).toBe('before');
    });
  });

  describe('patch', () => {
    const patch = (id: string, ...operations: unknown[]): Promise<Answer> =>
      stage.server.admin('PATCH', at(id), { json: operations });

    it('changes single fields and keeps the others', async () => {
      const client = await created({ owner: 'o', metadata: { a: 1, b: 2 }, redirect_uris: ['https://a.example/cb'] });
      const answer = await patch(
        client.client_id,
        { op: 'replace', path: '/client_name', value: 'patched' },
        { op: 'add', path: '/redirect_uris/-', value: 'https://a.example/other' },
        { op: 'remove', path: '/metadata/a' },
        { op: 'add', path: '/metadata/c', value: { d: true } },
      );
      expect(answer.status).toBe(200);
      expect(answer.json).toMatchObject({
        ...{ client_name: 'patched', owner: 'o', metadata: { b: 2, c: { d: true } } },
        redirect_uris: ['https://a.example/cb', 'https://a.example/other'],
      });
      expect(answer.json).not.toHaveProperty('client_secret');
      expect(await read(client.client_id)).toEqual(answer.json);
      expect(await authenticates(client.client_id, client.client_secret)).toBe(200);
    });

    it('treats null as left out, also in lists, and keeps it in metadata', async () => {
      const { client_id: id } = await created({ client_name: 'n', contacts: ['a@b.c'], owner: null, audience: [null] });
      const answer = await patch(
        id,
        { op: 'replace', path: '/client_name', value: null },
        { op: 'add', path: '/contacts/-', value: null },
        { op: 'add', path: '/metadata/a', value: [null] },
      );
      expect(answer.json).toMatchObject({ client_name: '', contacts: ['a@b.c'], owner: '', audience: [] });
      expect(answer.json.metadata).toEqual({ a: [null] });
    });

    it('keeps the whole client when it has no operations', async () => {
      const keys = { skip_logout_consent: false, access_token_strategy: 'JWT', audience: ['x'] };
      const client = await created({ ...keys, implicit_grant_id_token_lifespan: '1.5s', metadata: null });
      const before = await read(client.client_id);
      const answer = await patch(client.client_id);
      expect({ ...answer.json, updated_at: 0 }).toEqual({ ...before, updated_at: 0 });
      expect([before.access_token_strategy, before.implicit_grant_id_token_lifespan]).toEqual(['jwt', '1.5s']);
    });

    it('sets a new secret by a path that is not in the document', async () => {
      const client = await created();
      const answer = await patch(client.client_id, { op: 'replace', path: '/client_secret', value: 'patched-secret' });
      expect(answer.json.client_secret).toBe('patched-secret');
      expect(await authenticates(client.client_id, client.client_secret)).toBe(401);
      expect(await authenticates(client.client_id, 'patched-secret')).toBe(200);
    });

    it('refuses a protected path, and changes nothing', async () => {
      const client = await created({ client_name: 'n' });
      for (const path of ['/client_id', '/CLIENT_ID', '/id', '/rotated_secrets', '/RotatedSecrets']) {
        const name = { op: 'replace', path: '/client_name', value: 'changed' };
        expect((await patch(client.client_id, name, { op: 'replace', path, value: 'x' })).status).toBe(400);
      }
      expect((await read(client.client_id)).client_name).toBe('n');
    });

    it('checks first whether the client exists', async () => {
      expect((await stage.server.admin('PATCH', at(randomUUID()), { json: { op: 'nonsense' } })).status).toBe(404);
    });

    it('applies each of many simultaneous patches once', async () => {
      const client = await created();
      const update = vi.spyOn(stage.server.get(ClientStore), 'update');
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, i) =>
          patch(client.client_id, { op: 'add', path: '/contacts/-', value: `c${i}` }),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array<number>(50).fill(200));
      expect(update).toHaveBeenCalledTimes(50);
      update.mockRestore();
      const { contacts } = await read(client.client_id);
      expect(contacts.toSorted()).toEqual(Array.from({ length: 50 }, (_, i) => `c${i}`).toSorted());
    });

    it('applies all patches of two replicas', async () => {
      const { client_id } = await created();
      const replica = await stage.replica();
      try {
        const answers = await Promise.all(
          Array.from({ length: 30 }, (_, i) => {
            const json = [{ op: 'add', path: '/contacts/-', value: `c${i}` }];
            return (i % 2 ? stage.server : replica).admin('PATCH', at(client_id), { json });
          }),
        );
        expect(answers.map(({ status }) => status)).toEqual(Array<number>(30).fill(200));
        expect((await read(client_id)).contacts).toHaveLength(30);
      } finally {
        await replica.close();
      }
    });
  });

  describe('lifespans', () => {
    it('are replaced as a whole, in canonical form, without other changes', async () => {
      const client = await created({ owner: 'o', refresh_token_grant_id_token_lifespan: '2h' });
      const json = { client_credentials_grant_access_token_lifespan: '90s', implicit_grant_id_token_lifespan: '31h' };
      const answer = await stage.server.admin('PUT', at(client.client_id, '/lifespans'), { json });
      expect(answer.json).toMatchObject({
        client_credentials_grant_access_token_lifespan: '1m30s',
        implicit_grant_id_token_lifespan: '31h0m0s',
        refresh_token_grant_id_token_lifespan: null,
        owner: 'o',
      });
      expect(await read(client.client_id)).toEqual(answer.json);
      const row = await stored(client.client_id);
      expect(row).toContain('""client_credentials_grant_access_token_lifespan"": 90}');
    });
  });
});
