import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../../src/crypto/digest.js';
import { bucketsToMark } from '../../../src/database/use-marks.js';
import { JWT_BEARER } from '../../../src/protocol/constants.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type Answer, RelyingParty, send } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { TrustedIssuer } from '../../support/trusted-issuer.js';
import { ImportedRows } from './imported-rows.js';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const SECRET = 'a-secret-of-the-tests';
const IN_A_MINUTE = Math.floor(Date.now() / 1000) + 60;
const IN_2100 = 4_102_444_800;

describe('assertions that were used at Hydra', () => {
  let database: TestDatabase;
  let rows: ImportedRows;
  let server: TestServer;
  let issuer: TrustedIssuer;
  let bearer: RelyingParty;
  let client: RelyingParty;

  beforeAll(async () => {
    database = await freshDatabase();
    rows = await ImportedRows.open(database.dsn);
    await rows.record({ hydra_oauth2_jti_blacklist: 'infinity' });
    server = await startTestServer(database.dsn, { oauth2: { grant: { jwt: { max_ttl: '1000000h' } } } });
    issuer = await TrustedIssuer.of(server);
    bearer = (await RelyingParty.register(server, { grant_types: [JWT_BEARER], client_secret: SECRET })).withSecret(
      SECRET,
    );
    client = await RelyingParty.register(server, {
      grant_types: ['client_credentials'],
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks: { keys: [issuer.jwk] },
    });
  });
  afterAll(async () => {
    await server.stop();
    await rows.close();
    await database.drop();
  });

  /** As an import writes it. */
  async function mark(jti: string, exp: number): Promise<void> {
    for (const bucket of bucketsToMark(new Date(exp * 1000), new Date())) {
      await rows.query(`create table if not exists use_mark_${bucket} partition of use_mark for values in (${bucket})`);
      await rows.query('insert into use_mark (bucket, digest) values ($1, $2)', [bucket, sha256(jti)]);
    }
  }
  const granted = (claims: object): Promise<Answer> =>
    bearer.token({ grant_type: JWT_BEARER, assertion: issuer.assertion({ ...claims }) });
  const authenticated = (claims: object): Promise<Answer> => {
    const { clientId } = client;
    const client_assertion = issuer.assertion({ iss: clientId, sub: clientId, ...claims });
    const form = { grant_type: 'client_credentials', client_assertion_type: ASSERTION_TYPE, client_assertion };
    return send('POST', `${server.public}/oauth2/token`, { body: new URLSearchParams(form) });
  };

  describe.each([
    ['that are a grant', granted],
    ['that authenticate a client', authenticated],
  ])('%s', (_, ask) => {
    it.each([IN_A_MINUTE, IN_2100])('are refused until they expire, at %d', async (exp) => {
      const jti = randomUUID();
      await mark(jti, exp);
      expect((await ask({ jti, exp })).json.error).toBe('jti_known');
    });

    it('are told from those that were not', async () => {
      await mark(randomUUID(), IN_A_MINUTE);
      const jti = randomUUID();
      expect((await ask({ jti, exp: IN_A_MINUTE })).status).toBe(200);
      expect((await ask({ jti, exp: IN_A_MINUTE })).json.error).toBe('jti_known');
    });
  });
});
