import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { CIBA } from '../../../src/protocol/constants.js';
import { answerCiba, CibaApp, CibaParty, cibaSettings, readCiba } from '../../support/ciba-app.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { redisUrl } from '../../support/redis.js';
import { RelyingParty, send } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const STORES = [
  ['PostgreSQL', false],
  ['Redis', true],
] as const;
const POLLS = 12;

for (const [store, withRedis] of STORES) {
  describe.skipIf(withRedis && !redisUrl())(`backchannel authentication, requests on ${store}`, () => {
    let database: TestDatabase;
    let app: CibaApp;
    let one: TestServer;
    let two: TestServer;
    let party: CibaParty;

    beforeAll(async () => {
      [database, app] = [await freshDatabase(), await CibaApp.open()];
      const settings = {
        oidc: {
          ...cibaSettings(app, { max_open_per_hint: 2 }),
          claims_parameter: { enabled: true },
          subject_identifiers: { supported_types: ['public', 'pairwise'], pairwise: { salt: 'a salt of the tests' } },
        },
        oauth2: { authorization_details: { types: [{ type: 'payment' }] } },
        ...(withRedis ? { redis: { url: redisUrl(), prefix: `ciba-${process.pid}:` } } : {}),
      };
      one = await startTestServer(database.dsn, settings);
      two = await startTestServer(database.dsn, settings);
      party = await CibaParty.register(one);
    });
    beforeEach(() => {
      app.goAhead();
    });
    afterAll(async () => {
      await Promise.all([one.stop(), two.stop()]);
      await app.close();
      await database.drop();
    });

    /** A person of their own for each request, as a limit counts those that are open. */
    let people = 0;
    const somebody = (): string => `person-${++people}`;
    const accept = (over: Record<string, unknown> = {}, server = one) =>
      answerCiba(server, app.challenge, 'accept', {
        ...{ subject: 'alice', grant_scope: ['openid', 'offline_access'], ...over },
      });
    const begin = (over: Record<string, string | undefined> = {}) => party.started({ login_hint: somebody(), ...over });

    it('gives tokens to a client after the person has accepted, at whatever replica (CIBA Core §7, §10.1)', async () => {
      const { status, json, headers } = await party.begin({ login_hint: somebody(), binding_message: 'W4SCT' });
      expect([status, headers.get('cache-control')]).toEqual([200, expect.stringContaining('no-store')]);
      expect(json).toEqual({
        auth_req_id: expect.stringMatching(/^ory_cr_.{87}$/) as string,
        expires_in: 300,
        interval: 1,
      });
      const id = String(json.auth_req_id);
      expect((await party.at(two).poll(id)).json.error).toBe('authorization_pending');
      const session = { id_token: { email: 'a@example.org' }, access_token: { tenant: 't' } };
      expect((await accept({ acr: 'gold', amr: ['hwk'], session }, two)).status).toBe(204);
      const { json: tokens } = await party.poll(id);
      const now = Date.now() / 1000;
      const claims = decodeJwt(String(tokens.id_token));
      expect(claims).toMatchObject({ sub: 'alice', aud: [party.client.clientId], acr: 'gold', amr: ['hwk'] });
      expect(claims).toMatchObject({ email: 'a@example.org' });
      expect(claims.sid).toBeUndefined();
      expect(Math.abs(now - Number(claims.auth_time))).toBeLessThan(60);
      const body = new URLSearchParams({ token: String(tokens.access_token) });
      const { json: seen } = await send('POST', `${one.admin}/admin/oauth2/introspect`, { body });
      expect(seen).toMatchObject({
        active: true,
        sub: 'alice',
        ext: { tenant: 't' },
        client_id: party.client.clientId,
      });
      expect((await party.client.refresh(String(tokens.refresh_token))).status).toBe(200);
    });

    it('tells the app before the client is answered, and nothing that redeems', async () => {
      let asked = '';
      app.answer = async (told, response) => {
        asked = (await readCiba(two, told.challenge)).text;
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      };
      const id = await begin({
        ...{ login_hint: 'bob', binding_message: 'Pay 5 €', acr_values: 'gold silver', user_code: '1234' },
        authorization_details: JSON.stringify([{ type: 'payment' }]),
        claims: JSON.stringify({ id_token: { email: null } }),
      });
      const told = app.told.at(-1);
      expect(told).toEqual(JSON.parse(asked));
      expect(told).toMatchObject({
        ...{ requested_scope: ['openid', 'offline_access'], requested_access_token_audience: [], login_hint: 'bob' },
        ...{ binding_message: 'Pay 5 €', acr_values: ['gold', 'silver'], user_code: '1234' },
        authorization_details: [{ type: 'payment' }],
        requested_claims: { id_token: { email: null } },
        client: { client_id: party.client.clientId },
        expires_at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      });
      expect(JSON.stringify(told)).not.toContain('client_secret"');
      expect(JSON.stringify(told)).not.toContain(id);
      await answerCiba(one, app.challenge, 'reject');
    });

    it('takes an answer that comes before the app has answered the hook', async () => {
      app.answer = async (told, response) => {
        await answerCiba(two, told.challenge, 'accept');
        response.writeHead(204).end();
      };
      expect((await party.poll(await begin())).status).toBe(200);
    });

    it('gives what was granted, in detail as well, and lists it as a consent, whose end ends all (RFC 9396)', async () => {
      const subject = somebody();
      const details = [{ type: 'payment', amount: '5' }];
      const id = await begin({ authorization_details: JSON.stringify(details) });
      await accept({ subject, grant_authorization_details: details, context: { by: 'phone' } });
      const { json } = await party.poll(id);
      expect(json.authorization_details).toEqual(details);
      const address = `/oauth2/auth/sessions/consent?subject=${subject}`;
      const listed = JSON.parse((await party.client.admin('GET', address)).text) as Record<string, unknown>[];
      expect(listed).toMatchObject([
        { grant_scope: ['openid', 'offline_access'], context: { by: 'phone' }, remember: false },
      ]);
      expect(await party.client.isActive(String(json.access_token))).toBe(true);
      await party.client.admin('DELETE', `${address}&all=true`);
      const ended = [json.access_token, json.refresh_token].map((token) => party.client.isActive(String(token)));
      expect(await Promise.all(ended)).toEqual([false, false]);
    });

    it('gives a pairwise subject to a client that is registered for it', async () => {
      const pairwise = await CibaParty.register(one, { subject_type: 'pairwise' });
      const id = await pairwise.started({ login_hint: somebody() });
      await accept();
      const idToken = String((await pairwise.poll(id)).json.id_token);
      expect(decodeJwt(idToken).sub).not.toBe('alice');
      await pairwise.started({ login_hint: undefined, id_token_hint: idToken }); // which names the person as the client does
      expect((await accept({ subject: 'mallory' })).status).toBe(400);
      expect((await accept()).status).toBe(204);
    });

    it('keeps a request for the person that id_token_hint names', async () => {
      const id = await begin();
      await accept();
      const hint = String((await party.poll(id)).json.id_token);
      await party.started({ login_hint: undefined, id_token_hint: hint });
      expect(app.told.at(-1)?.id_token_hint_claims).toMatchObject({ sub: 'alice' });
      expect((await accept({ subject: 'mallory' })).status).toBe(400);
      expect((await accept()).status).toBe(204);
    });

    it('keeps a request for the person that the hook names', async () => {
      app.say(200, '{"subject":"alice"}');
      const id = await begin();
      expect((await readCiba(two, app.challenge)).json.subject).toBe('alice');
      const other = await accept({ subject: 'mallory' });
      expect([other.status, other.json.error]).toEqual([400, 'invalid_request']);
      expect((await party.poll(id)).json.error).toBe('authorization_pending');
      expect((await accept()).status).toBe(204);
      expect((await party.poll(id)).status).toBe(200);
    });

    it('demands an essential acr of the person who answers (OpenID Connect Core §5.5.1.1)', async () => {
      const id = await begin({ claims: '{"id_token":{"acr":{"essential":true,"values":["gold"]}}}' });
      expect((await accept({ acr: 'silver' })).status).toBe(400);
      expect((await accept({ acr: 'gold' })).status).toBe(204);
      expect(decodeJwt(String((await party.poll(id)).json.id_token)).acr).toBe('gold');
    });

    it('tells a client of a refusal, and keeps to it', async () => {
      const id = await begin();
      const body = { error: 'transaction_failed', error_description: 'The person hung up.' };
      expect((await answerCiba(two, app.challenge, 'reject', body)).status).toBe(204);
      for (let i = 0; i < 2; i++) {
        const { status, json } = await party.poll(id);
        expect([status, json]).toEqual([400, body]);
      }
      expect((await accept()).status).toBe(410);
      const other = await begin();
      expect((await answerCiba(two, app.challenge, 'reject')).status).toBe(204);
      expect((await party.poll(other)).json.error).toBe('access_denied');
      expect((await answerCiba(two, app.challenge, 'reject', { error: 'slow_down' })).status).toBe(400);
    });

    it('counts the first of many answers at once', async () => {
      const id = await begin();
      const { challenge } = app;
      const answers = await Promise.all(
        Array.from({ length: POLLS }, (_, i) =>
          answerCiba(i % 2 ? one : two, challenge, i % 3 ? 'accept' : 'reject').then(({ status }) => status),
        ),
      );
      expect(answers.filter((status) => status === 204)).toHaveLength(1);
      expect(answers.filter((status) => status === 410)).toHaveLength(POLLS - 1);
      expect([200, 400]).toContain((await party.poll(id)).status);
      expect((await readCiba(one, challenge)).status).toBe(410);
    });

    it('has one winner of many redemptions at once, and refuses a later one', async () => {
      const id = await begin();
      await accept();
      const answers = await party.client.volley(POLLS, { grant_type: CIBA, auth_req_id: id }, [one, two]);
      const codes = answers.map(({ status }) => status);
      expect(codes.filter((status) => status === 200)).toHaveLength(1);
      const token = String(answers.find(({ status }) => status === 200)?.json.access_token);
      expect(await party.client.isActive(token)).toBe(true);
      expect((await party.poll(id)).json.error).toBe('invalid_grant');
      expect(await party.client.isActive(token)).toBe(true);
    });

    it('counts one of many polls at once as in time, whatever process they come to (CIBA Core §11)', async () => {
      const id = await begin();
      const answers = await party.client.volley(POLLS, { grant_type: CIBA, auth_req_id: id }, [one, two]);
      const said = answers.map(({ json }) => json.error);
      expect(said.filter((error) => error === 'authorization_pending')).toHaveLength(1);
      expect(said.filter((error) => error === 'slow_down')).toHaveLength(POLLS - 1);
      await accept();
      expect((await party.poll(id)).status).toBe(200); // slow_down is only for those who wait
    });

    it('limits the requests of one client for one person that are open, and forgets those that were answered', async () => {
      const person = somebody();
      const asked = () => party.begin({ login_hint: person });
      expect([(await asked()).status, (await asked()).status]).toEqual([200, 200]);
      const refused = await asked();
      expect([refused.status, refused.json.error]).toEqual([429, 'temporarily_unavailable']);
      expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
      expect((await party.begin({ login_hint: somebody() })).status).toBe(200);
      const another = await CibaParty.register(two);
      expect((await another.begin({ login_hint: person })).status).toBe(200);
      const challenges = app.told.filter(({ login_hint: hint }) => hint === person).map(({ challenge }) => challenge);
      await answerCiba(two, challenges[0] ?? '', 'reject');
      expect((await asked()).status).toBe(200);
      expect((await asked()).status).toBe(429);
    });

    it('forgets a request that the app refuses', async () => {
      const person = somebody();
      app.say(400, '{"error":"unknown_user_id"}');
      for (let i = 0; i < 4; i++) {
        expect((await party.begin({ login_hint: person })).json.error).toBe('unknown_user_id');
      }
      expect((await readCiba(one, app.challenge)).status).toBe(404);
    });

    it('ends a request at its time', async () => {
      const person = somebody();
      const { json } = await party.begin({ login_hint: person, requested_expiry: '1' });
      expect(json.expires_in).toBe(1);
      await vi.waitFor(
        async () => {
          expect((await party.poll(String(json.auth_req_id))).json.error).toBe('expired_token');
        },
        { timeout: 20_000, interval: 100 },
      );
      expect((await accept()).status).toBe(410);
      expect((await readCiba(two, app.challenge)).status).toBe(410);
      expect((await party.begin({ login_hint: person, requested_expiry: '99999' })).json.expires_in).toBe(300);
    });

    it('accepts nothing for a client that may not have it any more, or was deleted', async () => {
      const fading = await CibaParty.register(one);
      await fading.started({ login_hint: somebody() });
      const { clientId } = fading.client;
      const patch = [{ op: 'replace', path: '/grant_types', value: ['refresh_token'] }];
      await fading.client.admin('PATCH', `/clients/${clientId}`, patch);
      expect((await accept()).json.error).toBe('unauthorized_client');
      await fading.client.admin('DELETE', `/clients/${clientId}`);
      await vi.waitFor(async () => {
        expect((await readCiba(two, app.challenge)).status).toBe(404);
      });
      expect((await accept()).status).toBe(404);
    });

    it('is refused to clients of other grant types', async () => {
      const other = await RelyingParty.register(one);
      const { json } = await send('POST', `${one.public}/oauth2/ciba/auth`, {
        body: new URLSearchParams({ scope: 'openid', login_hint: 'alice' }),
        headers: other.credentials,
      });
      expect(json.error).toBe('unauthorized_client');
      const id = await begin();
      await accept();
      const stranger = await CibaParty.register(one);
      expect((await stranger.poll(id)).json.error).toBe('invalid_grant');
      expect((await party.poll(id)).status).toBe(200);
    });
  });
}
