/** The examples of the guides docs/guides/jarm.md and docs/guides/encrypted-tokens.md, with openid-client. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
      ...{ OAUTH2_JARM_ENABLED: 'true', OAUTH2_ENCRYPTION_ENABLED: 'true' },
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
});
