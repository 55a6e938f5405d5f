import { describe, expect, it } from 'vitest';
import { AdministrationStage, at } from './administration-stage.js';
import { type Answer } from './server.js';

describe('the secrets of a client', () => {
  const stage = new AdministrationStage();
  const { authenticates, created } = stage;

  describe('rotation', () => {
    it('keeps the current secret and the five before it, and ends the seventh', async () => {
      const client = await created();
      const secrets = [client.client_secret];
      for (let i = 0; i < 6; i++) {
        const answer = await stage.server.admin('POST', at(client.client_id, '/secrets/rotate'));
        expect(answer.status).toBe(200);
        secrets.push(answer.json.client_secret);
      }
      const statuses = await Promise.all(secrets.map((secret) => authenticates(client.client_id, secret)));
      expect(statuses).toEqual([401, 200, 200, 200, 200, 200, 200]);
      const ended = await stage.server.admin('DELETE', at(client.client_id, '/secrets/rotate'));
      expect([ended.status, 'client_secret' in ended.json]).toEqual([200, false]);
      const after = await Promise.all(secrets.map((secret) => authenticates(client.client_id, secret)));
      expect(after).toEqual([401, 401, 401, 401, 401, 401, 200]);
    });

    it('gives each of many simultaneous callers a working secret', async () => {
      const client = await created();
      const rotate = (): Promise<Answer> => stage.server.admin('POST', at(client.client_id, '/secrets/rotate'));
      const answers = await Promise.all(Array.from({ length: 5 }, rotate));
      const secrets = [client, ...answers.map(({ json }) => json)].map((one) => one.client_secret);
      expect(new Set(secrets).size).toBe(6);
      const statuses = await Promise.all(secrets.map((secret) => authenticates(client.client_id, secret)));
      expect(statuses).toEqual(Array<number>(6).fill(200));
    });

    it.each(['none', 'private_key_jwt'])('is refused to clients with %s', async (method) => {
      const client = await created({ token_endpoint_auth_method: method, jwks_uri: 'https://a.example/jwks' });
      for (const verb of ['POST', 'DELETE']) {
        const answer = await stage.server.admin(verb, at(client.client_id, '/secrets/rotate'));
        expect([answer.status, answer.json.error_description]).toEqual([400, expect.stringContaining(method)]);
      }
    });
  });
});
