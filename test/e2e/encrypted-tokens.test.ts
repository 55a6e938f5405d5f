/** The examples of the guides docs/guides/jarm.md and docs/guides/encrypted-tokens.md, with openid-client. */
import { CompactEncrypt, type JWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { type Demo, startDemo } from './support/demo-process.js';
import { KeyedExamples } from './support/keyed-examples.js';

describe('the examples of signed and encrypted answers', () => {
  const examples = new KeyedExamples();
  let database: TestDatabase;
  let demo: Demo;

  beforeAll(async () => {
    database = await freshDatabase();
    demo = await startDemo({
      ...{ DSN: database.dsn, SECRETS_SYSTEM: 'a-system-secret-of-the-tests' },
      ...{ OAUTH2_JARM_ENABLED: 'true', OAUTH2_ENCRYPTION_ENABLED: 'true', LOG_LEVEL: 'trace' },
      OAUTH2_PUSHED_AUTHORIZATION_REQUESTS_ENABLED: 'true',
    });
  });
  afterAll(async () => {
    examples.stop();
    await demo.stop();
    await database.drop();
  });

  it('an application reads its authorization response from a signed JWT', async () => {
    const { home } = await examples.start('jwt-responses', demo);
    expect(await examples.carried(home)).toContain('response_mode');
    expect(await examples.signIn(home)).toMatchObject({
      received: ['response'],
      claims: { iss: demo.urls.issuer, sub: 'user-1001', name: 'Ada Lovelace' },
    });
  });

  it('an application decrypts its ID token and userinfo', async () => {
    const { home } = await examples.start('encrypted-tokens', demo);
    expect(await examples.signIn(home)).toMatchObject({
      parts: 5,
      claims: { iss: demo.urls.issuer, sub: 'user-1001' },
      userinfo: { sub: 'user-1001', name: 'Ada Lovelace' },
    });
  });

  it('nothing of an encrypted request object is in the log, whether it can be decrypted or not', async () => {
    const { keys } = (await (await fetch(`${demo.urls.issuer}/.well-known/jwks.json`)).json()) as { keys: JWK[] };
    const key = keys.find(({ use, kty }) => use === 'enc' && kty === 'EC') ?? {};
    const header = { alg: 'ECDH-ES', enc: 'A256GCM', kid: key.kid, cty: 'JWT' };
    const content = Buffer.from(JSON.stringify({ login_hint: 'a-secret-hint', state: 'a-secret-state' }));
    const jwe = await new CompactEncrypt(content).setProtectedHeader(header).encrypt(key);
    const client = {
      client_id: 'in-the-log',
      token_endpoint_auth_method: 'none',
      redirect_uris: ['https://app.example/'],
    };
    const jwks = { keys: [{ ...key, kid: 'unused' }] };
    await fetch(`${demo.urls.admin}/admin/clients`, { method: 'POST', body: JSON.stringify({ ...client, jwks }) });
    const sent = [jwe, `${jwe.slice(0, -6)}AAAAAA`, jwe.replace(/^[^.]+/, 'eyJhbGciOiJSU0ExXzUifQ')];
    for (const request of sent) {
      const body = new URLSearchParams({ client_id: client.client_id, request });
      const pushed = await fetch(`${demo.urls.issuer}/oauth2/par`, { method: 'POST', body });
      expect([pushed.status, await pushed.json()]).toMatchObject([400, { error: 'invalid_request_object' }]);
      await fetch(`${demo.urls.issuer}/oauth2/auth?${body.toString()}`, { redirect: 'manual' });
    }
    const lines = () => demo.output().split('\n');
    await vi.waitFor(
      () => {
        expect(lines().filter((line) => /\/oauth2\/(par|auth)/.test(line)).length).toBeGreaterThan(5);
      },
      {
        timeout: 30_000,
      },
    );
    const parts = sent.flatMap((one) => one.split('.').filter((part) => part.length > 20));
    expect(parts.filter((part) => demo.output().includes(part))).toEqual([]);
    expect(demo.output()).not.toMatch(/a-secret-(hint|state)/);
  });
});
