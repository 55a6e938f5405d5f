/** Back-channel logout: the receivers that are notified of the end of a session, and the logout token. */
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { ClientStore } from '../../../src/clients/client-store.js';
import { SessionEnd } from '../../../src/consent/sessions/session-end.js';
import { KeyAdministration } from '../../../src/keys/key-administration.js';
import { KeySets } from '../../../src/keys/key-sets.js';
import { ID_TOKEN_KEY_SET } from '../../../src/protocol/constants.js';
import { Recipient } from '../../support/recipient.js';
import { Browser, ISSUER, START, exchangeAt, requestOf, waitingForLocks } from './room.js';
import { BackChannelStage, END, later, pathOf } from './back-channel-stage.js';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

describe('back-channel logout', () => {
  const stage = new BackChannelStage();
  const { client, use, change, end, work, deliveries, states, tokens } = stage;

  describe('the token', () => {
    it('is signed, contains the session and the subject, and cannot be mistaken for an ID token', async () => {
      const one = await client({ backchannel_logout_session_required: true });
      const sid = await use(one, new Browser(stage.room), { subject: 'ada' });
      await end(sid);
      await work();
      expect(stage.receiver.requests).toMatchObject([
        { method: 'POST', path: pathOf(one), headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      ]);
      const [token = ''] = tokens();
      const keys = await stage.room.get(KeySets).publicJwks([ID_TOKEN_KEY_SET]);
      const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet({ keys }), {
        ...{ issuer: ISSUER, audience: one.clientId, typ: 'logout+jwt', currentDate: END },
      });
      expect(protectedHeader.kid).toBe(keys[0]?.kid);
      const iat = END.getTime() / 1000;
      expect(payload).toEqual({
        ...{ iss: ISSUER, sub: 'ada', aud: [one.clientId], iat, exp: iat + 120, sid, events: { [EVENT]: {} } },
        jti: expect.any(String) as string,
      });
    });

    it('is signed with the algorithm that the client registered for ID tokens (§2.6)', async () => {
      const one = await client({ id_token_signed_response_alg: 'ES384' });
      await end(await use(one));
      await work();
      expect(tokens().map((token) => decodeProtectedHeader(token).alg)).toEqual(['ES384']);
    });

    it('is encrypted as the ID tokens of the client are (§2.6), and waits where it cannot be', async () => {
      const recipient = await Recipient.make('ECDH-ES');
      const registered = { id_token_encrypted_response_alg: 'ECDH-ES', jwks: { keys: [recipient.jwk] } };
      const [one, two] = [await client(registered), await client({ ...registered, jwks: { keys: [] } })];
      const browser = new Browser(stage.room);
      const sid = await use(one, browser);
      await use(two, browser);
      await end(sid);
      await work();
      const [token = '', ...others] = tokens();
      expect(others).toEqual([]);
      const { header, text } = await recipient.open(token);
      expect([header.cty, decodeProtectedHeader(text).typ, decodeJwt(text).aud]).toEqual([
        ...['JWT', 'logout+jwt', [one.clientId]],
      ]);
      await change(two, { jwks: { keys: [recipient.jwk] } });
      await work(later(3600));
      expect(decodeJwt((await recipient.open(tokens()[1] ?? '')).text).aud).toEqual([two.clientId]);
    });

    it('contains the pairwise subject, and no subject for a client that has lost its sector', async () => {
      const pairwise = { subject_type: 'pairwise' as const };
      const one = await client(pairwise);
      const two = await client({ ...pairwise, redirect_uris: ['https://a.example/cb'] });
      const forced = await client({ ...pairwise, redirect_uris: ['https://b.example/cb'] });
      const browser = new Browser(stage.room);
      const sid = await use(one, browser, { subject: 'ada' });
      await use(two, browser, { subject: 'ada' });
      await use(forced, browser, { subject: 'ada', force_subject_identifier: 'somebody' });
      const redirect_uris = ['https://a.example/cb', 'https://b.example/cb'];
      await change(two, { redirect_uris });
      await end(sid);
      await work();
      const subjects = new Map(tokens().map((token) => [decodeJwt(token).aud?.[0], decodeJwt(token).sub]));
      expect(subjects.get(one.clientId)).toMatch(/^[0-9a-f]{64}$/);
      expect([subjects.size, subjects.get(two.clientId), subjects.get(forced.clientId)]).toEqual([
        ...[3, undefined, 'somebody'],
      ]);
    });

    it('is signed with the present key, and is a different one at each attempt', async () => {
      const sid = await use(await client());
      await end(sid);
      stage.receiver.answer = 500;
      await work();
      const keys = stage.room.get(KeySets);
      await stage.room.get(KeyAdministration).create(ID_TOKEN_KEY_SET, { alg: 'ES256', use: 'sig', kid: 'a-new-key' });
      keys.forget();
      stage.receiver.answer = 200;
      await work(later(10));
      const [first = '', second = ''] = tokens();
      expect(decodeProtectedHeader(second)).toMatchObject({ alg: 'ES256', kid: 'a-new-key' });
      expect(decodeJwt(second).jti).not.toBe(decodeJwt(first).jti);
      expect(decodeJwt(second).iat).toBe((decodeJwt(first).iat ?? 0) + 10);
    });
  });

  describe('notifies', () => {
    it('each client that the session was used with, once, and no other', async () => {
      const [a, b, stranger] = [await client(), await client(), await client()];
      const withoutChannel = await stage.room.client({});
      const browser = new Browser(stage.room);
      const sid = await use(a, browser);
      for (const one of [a, b, withoutChannel]) await use(one, browser);
      await use(stranger);
      await browser.begin(requestOf(stranger), stranger, START); // without a consent
      await end(sid);
      await work();
      expect(stage.receiver.requests.map(({ path }) => path).sort()).toEqual([pathOf(a), pathOf(b)].sort());
      expect(await states()).toEqual(['delivered', 'delivered']);
    });

    it('once, when twenty requests end the session at the same time', async () => {
      const sid = await use(await client());
      await Promise.all(Array.from({ length: 20 }, () => end(sid)));
      await work();
      expect(stage.receiver.requests).toHaveLength(1);
    });

    it('a client whose consent is being recorded while the session ends', async () => {
      const [a, b] = [await client(), await client()];
      const sid = await use(a);
      const runner = stage.room.database.createQueryRunner();
      await runner.startTransaction();
      await runner.query(
        `insert into consent (id, subject, client_key, login_session_id, granted_scope, granted_audience, remember,
           remember_for, skip, requested_at, handled_at, details)
         select gen_random_uuid(), subject, $1, id, '{}', '{}', false, 0, false, $3, $3, '' from login_session where id = $2`,
        [b.key, sid, START],
      );
      const ended = end(sid);
      await expect.poll(() => waitingForLocks(stage.room)).toBe(1);
      await runner.commitTransaction();
      await runner.release();
      await ended;
      await work();
      expect(stage.receiver.requests.map(({ path }) => path).sort()).toEqual([pathOf(a), pathOf(b)].sort());
    });

    it('nobody if another login has replaced the session', async () => {
      const one = await client();
      const browser = new Browser(stage.room);
      await use(one, browser, { subject: 'ada' });
      const request = requestOf(one, { prompt: ['login'] });
      const again = await browser.begin(request, one, START);
      await browser.toConsent(
        await stage.apps.acceptLogin(again, START, { subject: 'ada', remember: false }),
        one,
        START,
      );
      expect(browser.hasSession).toBe(false);
      expect(await deliveries()).toEqual([]);
    });

    it('each client of each session if an administrator ends all sessions of a person', async () => {
      const [one, two] = [await client(), await client()];
      const browser = new Browser(stage.room);
      const first = await use(one, browser, { subject: 'bob' });
      await use(two, browser, { subject: 'bob' });
      const second = await use(two, new Browser(stage.room), { subject: 'bob' });
      await use(one, new Browser(stage.room), { subject: 'eve' });
      await stage.room.get(SessionEnd).endAllOf('bob', exchangeAt(END));
      const made = (await deliveries()).map((row) => `${row.login_session_id} ${String(row.client_key)}`);
      expect(made.sort()).toEqual([`${first} ${one.key}`, `${first} ${two.key}`, `${second} ${two.key}`].sort());
    });

    it('the present address of the client, and no client that has no address any more or is deleted', async () => {
      const [moved, closed, gone] = [await client(), await client(), await client()];
      const browser = new Browser(stage.room);
      const sid = await use(moved, browser);
      for (const one of [closed, gone]) await use(one, browser);
      await end(sid);
      await change(moved, { backchannel_logout_uri: `${stage.receiver.url}/moved` });
      await change(closed, { backchannel_logout_uri: undefined });
      await stage.room.get(ClientStore).delete(gone.key);
      await work();
      expect(stage.receiver.requests.map(({ path }) => path)).toEqual(['/moved']);
      expect(await states()).toEqual(['delivered', 'failed']);
    });

    it('no private address of a client that registered itself', async () => {
      const sid = await use(await client({ dynamically_registered: true }));
      await end(sid);
      await work();
      expect(stage.receiver.requests).toEqual([]);
      expect(await deliveries()).toMatchObject([
        { state: 'failed', response_status: null, failure: expect.stringContaining('private') as string },
      ]);
    });
  });
});
