/** The example of the guide docs/guides/signed-requests.md, which signs its requests with openid-client. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { type Demo, startDemo } from './support/demo-process.js';
import { KeyedExamples } from './support/keyed-examples.js';

describe('the example of signed requests', () => {
  const examples = new KeyedExamples();
  let database: TestDatabase;
  let demo: Demo;

  beforeAll(async () => {
    database = await freshDatabase();
    demo = await startDemo({ DSN: database.dsn, SECRETS_SYSTEM: 'a-system-secret-of-the-tests' });
  });
  afterAll(async () => {
    examples.stop();
    await demo.stop();
    await database.drop();
  });

  it('sends the browser with a JWT, and gets the claims of the person', async () => {
    const { home, client } = await examples.start('signed-requests', demo);
    expect(client.require_signed_request_object).toBe(true);
    expect(await examples.carried(home)).toEqual(['client_id', 'request']);
    expect(await examples.signIn(home)).toMatchObject({
      ...{ iss: demo.urls.issuer, sub: 'user-1001', name: 'Ada Lovelace' },
    });
  });
});
