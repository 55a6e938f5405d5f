/** The example of the guide docs/guides/fapi.md: private_key_jwt, PAR, JAR, JARM and DPoP with openid-client. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { type Demo, startDemo } from './support/demo-process.js';
import { KeyedExamples } from './support/keyed-examples.js';

describe('the example of FAPI 2.0', () => {
  const examples = new KeyedExamples();
  let database: TestDatabase;
  let demo: Demo;

  beforeAll(async () => {
    database = await freshDatabase();
    demo = await startDemo({
      DSN: database.dsn,
      SECRETS_SYSTEM: 'a-system-secret-of-the-tests',
      KEYS_ALGORITHM: 'ES256',
      OAUTH2_PUSHED_AUTHORIZATION_REQUESTS_ENABLED: 'true',
      OAUTH2_DPOP_ENABLED: 'true',
      OAUTH2_JARM_ENABLED: 'true',
    });
  });
  afterAll(async () => {
    examples.stop();
    await demo.stop();
    await database.drop();
  });

  it('sends the browser with a reference only, and gets bound tokens that it refreshes without rotation', async () => {
    const { home, client } = await examples.start('fapi', demo);
    expect(client.security_profile).toBe('fapi-2.0-message-signing');
    expect(await examples.carried(home)).toEqual(['client_id', 'request_uri']);
    expect(await examples.signIn(home)).toMatchObject({
      ...{ token_type: 'dpop', isRotated: false },
      claims: { sub: 'user-1001', name: 'Ada Lovelace' },
    });
  });
});
