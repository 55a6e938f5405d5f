import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RegisteredClient } from '../../../src/clients/registered-client.js';
import type { AcceptOAuth2ConsentRequestDto } from '../../../src/consent/requests/accept-consent-request.dto.js';
import { recordConsentCtes, recordConsentValues } from '../../../src/consent/consents/consent.statements.js';
import type { Granted } from '../../../src/consent/consents/granted.js';
import { consentSessionDocument } from '../../../src/consent/consents/consent-session.dto.js';
import type { AuthorizationRequest } from '../../../src/protocol/authorization-request.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { after, Apps, Browser, configure, requestOf, Room, SECRET, START, waitingForLocks } from './room.js';

describe('consents', () => {
  let database: TestDatabase;
  let room: Room;
  let apps: Apps;
  let client: RegisteredClient;

  beforeAll(async () => {
    database = await freshDatabase();
    room = await Room.open(configure(database.dsn));
    apps = new Apps(room);
    client = await room.client();
  });
  afterAll(async () => {
    await room.close();
    await database.drop();
  });

  type Said = Partial<AcceptOAuth2ConsentRequestDto>;
  interface Story {
    subject: string;
    of?: RegisteredClient;
    at?: Date;
    request?: Partial<AuthorizationRequest>;
  }
  /** A consent request: whether consent may be skipped, and the challenge. */
  const ask = async ({ subject, of = client, at = START, request }: Story, browser = new Browser(room)) => {
    const login = await browser.begin(requestOf(of, request), of, at);
    const challenge = await browser.toConsent(await apps.acceptLogin(login, at, { subject, remember: true }), of, at);
    const read = await room.consentRequests.read(challenge, at);
    if (read.kind === 'gone') throw new Error('It is gone.');
    return { challenge, skip: read.document.skip, browser, at, of };
  };
  const give = async (story: Story, said: Said = {}): Promise<Granted> => {
    const { challenge, browser, at, of } = await ask(story);
    const { granted } = await browser.toGrant(await apps.acceptConsent(challenge, at, said), of, at);
    return granted;
  };
  const giveAndRecord = async (story: Story, said: Said = {}): Promise<Granted> => {
    const granted = await give(story, said);
    expect(await room.record(granted)).toEqual({ marked: 1, consented: 1 });
    return granted;
  };
  const skips = async (story: Story): Promise<boolean | undefined> => (await ask(story)).skip;
  const list = async (subject: string, at = after(1)) => (await room.consents.list({ subject, size: 10 }, at)).consents;

  describe('when one is remembered', () => {
    it('is skipped for the same person and client, for the same scopes or fewer', async () => {
      const subject = randomUUID();
      await giveAndRecord({ subject }, { remember: true });
      expect(await skips({ subject })).toBe(true);
      expect(await skips({ subject, request: { scope: ['email'] } })).toBe(true);
      expect(await skips({ subject, request: { scope: ['openid', 'email', 'profile'] } })).toBe(false);
      expect(await skips({ subject: randomUUID() })).toBe(false);
      expect(await skips({ subject, of: await room.client() })).toBe(false);
      expect(await skips({ subject, request: { prompt: ['consent'] } })).toBe(false);
    });

    it('is asked for again if it was not remembered', async () => {
      const subject = randomUUID();
      await giveAndRecord({ subject });
      expect(await skips({ subject })).toBe(false);
    });

    it('counts from the request for remember_for seconds', async () => {
      const subject = randomUUID();
      await giveAndRecord({ subject }, { remember: true, remember_for: 60 });
      expect(await skips({ subject, at: after(59) })).toBe(true);
      expect(await skips({ subject, at: after(60) })).toBe(false);
    });

    it('lets only the newest one count', async () => {
      const subject = randomUUID();
      await giveAndRecord({ subject }, { remember: true });
      const asked = { subject, at: after(10), request: { prompt: ['consent'] } };
      await giveAndRecord(asked, { remember: true, grant_scope: ['openid'] });
      expect(await skips({ subject, at: after(20) })).toBe(false);
      expect(await skips({ subject, at: after(20), request: { scope: ['openid'] } })).toBe(true);
    });

    it('is skipped for the audiences that were granted or fewer, and no other', async () => {
      const subject = randomUUID();
      const wanting = (...audience: string[]) => ({ subject, request: { audience } });
      await giveAndRecord(wanting('a', 'b'), { remember: true, grant_access_token_audience: ['a', 'b'] });
      expect([await skips({ subject }), await skips(wanting('b')), await skips(wanting('b', 'a'))]).toEqual([
        ...[true, true, true],
      ]);
      expect([await skips(wanting('c')), await skips(wanting('a', 'c'))]).toEqual([false, false]);
    });

    it('does not let an older one count when the newest has expired', async () => {
      const subject = randomUUID();
      await giveAndRecord({ subject }, { remember: true });
      const asked = { subject, at: after(10), request: { prompt: ['consent'] } };
      await giveAndRecord(asked, { remember: true, remember_for: 60, grant_scope: ['openid'] });
      expect(await skips({ subject, at: after(69), request: { scope: ['openid'] } })).toBe(true);
      expect(await skips({ subject, at: after(70), request: { scope: ['openid'] } })).toBe(false);
    });

    it('still counts after a newer one that is not remembered', async () => {
      const subject = randomUUID();
      await giveAndRecord({ subject }, { remember: true });
      await giveAndRecord({ subject, at: after(10), request: { prompt: ['consent'] } }, { grant_scope: ['openid'] });
      expect(await skips({ subject, at: after(20) })).toBe(true);
    });

    it('counts by the time of the consent, whichever flow began first', async () => {
      const subject = randomUUID();
      const asked = { subject, request: { prompt: ['consent'] } };
      const early = await give(asked, { remember: true, grant_scope: ['openid'] });
      await giveAndRecord({ ...asked, at: after(10) }, { remember: true });
      expect(await room.record(early)).toEqual({ marked: 1, consented: 1 });
      expect(await skips({ subject, at: after(20) })).toBe(false);
    });

    it('does not count the answer to a skipped one as a new one', async () => {
      const subject = randomUUID();
      await giveAndRecord({ subject }, { remember: true, remember_for: 60 });
      const again = await giveAndRecord(
        { subject, at: after(30) },
        { remember: true, grant_scope: ['openid', 'email'] },
      );
      expect(again.consent.skip).toBe(true);
      expect(await skips({ subject, at: after(61) })).toBe(false);
      expect(await list(subject)).toHaveLength(1);
    });

    it('answers prompt=none without one with consent_required, and ends the flow', async () => {
      const subject = randomUUID();
      const browser = new Browser(room);
      await ask({ subject }, browser);
      const login = await browser.begin(requestOf(client, { prompt: ['none'] }), client, after(1));
      const back = await apps.acceptLogin(login, after(2), { subject });
      for (let i = 0; i < 2; i++) {
        await expect(browser.bring(back, client, after(3))).rejects.toMatchObject({ code: 'consent_required' });
      }
      expect((await room.logins.read(login, after(4))).kind).toBe('gone');
    });
  });

  describe('when one is written', () => {
    it('is written once, even if the flow store restores the flow', async () => {
      const granted = await giveAndRecord({ subject: randomUUID() });
      expect(await room.record(granted)).toEqual({ marked: 0, consented: 0 });
      await room.consents.revoke({ id: granted.consentId });
      expect(await room.record(granted)).toEqual({ marked: 0, consented: 0 });
    });

    it('is not written, and its verifier stays unused, if the login session has just ended', async () => {
      const granted = await give({ subject: randomUUID() });
      await room.sessions.end(granted.loginSessionId);
      expect(await room.record(granted)).toEqual({ marked: 0, consented: 0 });
    });

    it('is not written for a client that was changed or deleted', async () => {
      const of = await room.client();
      const granted = await give({ subject: randomUUID(), of });
      expect(await room.record(granted, of.version + 1)).toEqual({ marked: 0, consented: 0 });
      await room.database.query('delete from client where key = $1', [of.key]);
      expect(await room.record(granted, of.version)).toEqual({ marked: 0, consented: 0 });
    });

    it('waits for a login session that is being ended, and is not written then', async () => {
      const granted = await give({ subject: randomUUID() });
      await room.record({ ...granted, consentId: randomUUID() }); // creates the partition
      const runner = room.database.createQueryRunner();
      await runner.startTransaction();
      await runner.query('delete from login_session where id = $1', [granted.loginSessionId]);
      const recorded = room.record(granted);
      await runner.commitTransaction();
      await runner.release();
      expect(await recorded).toEqual({ marked: 0, consented: 0 });
    });

    it('contains no claim, context or URL in plain text', async () => {
      const marker = randomUUID();
      const session = { id_token: { colour: marker }, access_token: { colour: marker } };
      const request = { requestUrl: `https://id.example/oauth2/auth?login_hint=${marker}`, loginHint: marker };
      const subject = randomUUID();
      const granted = await giveAndRecord({ subject, request }, { session, context: { colour: marker } });
      const [row] = await room.database.query<{ text: string }[]>(
        'select consent::text as text from consent where id = $1',
        [granted.consentId],
      );
      expect(row?.text).toContain(subject);
      for (const form of [marker, Buffer.from(marker).toString('hex')]) expect(row?.text).not.toContain(form);
    });
  });

  describe('when one is revoked', () => {
    const rowsOf = async (subject: string): Promise<string[]> =>
      (await room.database.query<{ id: string }[]>('select id from consent where subject = $1', [subject])).map(
        ({ id }) => id,
      );

    it('deletes the consents that were skipped because of it, and no others', async () => {
      const subject = randomUUID();
      const first = await giveAndRecord({ subject }, { remember: true });
      await giveAndRecord({ subject, at: after(10) });
      const asked = { subject, at: after(20), request: { prompt: ['consent'] } };
      const second = await giveAndRecord(asked, { remember: true });
      const onSecond = await giveAndRecord({ subject, at: after(30) });
      expect(onSecond.consent).toMatchObject({ skip: true, restsOn: second.consentId });
      expect(await room.consents.revoke({ id: first.consentId })).toBe(1);
      expect((await rowsOf(subject)).sort()).toEqual([second.consentId, onSecond.consentId].sort());
      expect(await skips({ subject, at: after(40) })).toBe(true);
    });

    it('does not make an older one count again, not even one given at the same moment', async () => {
      const subject = randomUUID();
      const older = await giveAndRecord({ subject }, { remember: true });
      const asked = { subject, at: after(10), request: { prompt: ['consent'] } };
      const newest = await giveAndRecord(asked, { remember: true });
      await room.database.query('update consent set superseded = false where id = $1', [older.consentId]);
      await room.consents.revoke({ id: newest.consentId });
      expect(await skips({ subject, at: after(20) })).toBe(false);
      expect(await rowsOf(subject)).toEqual([older.consentId]);
    });

    it('makes an answer that relies on it wait, which then is not written', async () => {
      const subject = randomUUID();
      const basis = await giveAndRecord({ subject }, { remember: true });
      const skipped = await give({ subject, at: after(10) });
      const runner = room.database.createQueryRunner();
      await runner.startTransaction();
      await runner.query('delete from consent where id = $1', [basis.consentId]);
      const recorded = room.record(skipped);
      await expect.poll(() => waitingForLocks(room)).toBe(1);
      await runner.commitTransaction();
      await runner.release();
      expect(await recorded).toEqual({ marked: 0, consented: 0 });
      expect(await room.record(skipped)).toEqual({ marked: 0, consented: 0 });
    });

    it.each(['its id', 'subject and client'])(
      'waits for an answer that rests on it, and takes it along: by %s',
      async (by) => {
        const subject = randomUUID();
        const basis = await giveAndRecord({ subject }, { remember: true });
        const skipped = await give({ subject, at: after(10) });
        const runner = room.database.createQueryRunner();
        await runner.startTransaction();
        await runner.query(
          `with ${recordConsentCtes(1, 'skipped').ctes} select from consented`,
          recordConsentValues(skipped, 1, [SECRET]),
        );
        const revoked = room.consents.revoke(
          by === 'its id' ? { id: basis.consentId } : { subject, clientId: client.clientId },
        );
        await expect.poll(() => waitingForLocks(room)).toBe(1);
        await runner.commitTransaction();
        await runner.release();
        await revoked;
        expect(await rowsOf(subject)).toEqual([]);
      },
    );

    it('does not make other consents wait', async () => {
      const subject = randomUUID();
      const basis = await giveAndRecord({ subject }, { remember: true });
      const next = await give({ subject, at: after(10), request: { prompt: ['consent'] } }, { remember: true });
      const runner = room.database.createQueryRunner();
      await runner.startTransaction();
      await runner.query('delete from consent where id = $1', [basis.consentId]);
      expect(await room.record(next)).toEqual({ marked: 1, consented: 1 });
      await runner.rollbackTransaction();
      await runner.release();
    });
  });

  describe('when they are listed', () => {
    it('shows the grant with its subject and client, without handles and secrets', async () => {
      const subject = randomUUID();
      const big = 9_007_199_254_740_993n;
      const session = { id_token: { account: big }, access_token: { tenant: 'x' } };
      const said = {
        grant_scope: ['openid'],
        remember: true,
        remember_for: 3600,
        session,
        context: { via: 'consent' },
      };
      const granted = await giveAndRecord({ subject, request: { loginHint: 'al' } }, said);
      const [listed, ...rest] = (await list(subject)).map(consentSessionDocument);
      expect(rest).toEqual([]);
      expect(listed).toEqual({
        consent_request_id: granted.consentId.replaceAll('-', ''),
        grant_scope: ['openid'],
        grant_access_token_audience: [],
        session,
        ...{ remember: true, remember_for: 3600, handled_at: '2026-03-01T12:00:00.000Z', context: { via: 'consent' } },
        consent_request: {
          challenge: '',
          consent_request_id: granted.consentId.replaceAll('-', ''),
          ...{ requested_scope: ['openid', 'email'], requested_access_token_audience: [], skip: false, subject },
          oidc_context: { login_hint: 'al' },
          client: expect.objectContaining({ client_id: client.clientId }) as object,
          request_url: requestOf(client).requestUrl,
          ...{
            login_challenge: '',
            login_session_id: granted.loginSessionId,
            acr: '',
            amr: [],
            context: { via: 'consent' },
          },
        },
      });
    });

    it('includes consents that are not remembered, and no expired ones', async () => {
      const subject = randomUUID();
      await giveAndRecord({ subject });
      await giveAndRecord({ subject }, { remember: true, remember_for: 60 });
      expect(await list(subject, after(59))).toHaveLength(2);
      expect(await list(subject, after(60))).toHaveLength(1);
    });

    it('comes in pages, and can be filtered by login session', async () => {
      const subject = randomUUID();
      const granted = [];
      for (let i = 0; i < 3; i++) granted.push(await giveAndRecord({ subject, at: after(i) }));
      const ids = granted.map(({ consentId }) => consentId);
      const first = await room.consents.list({ subject, size: 2 }, after(9));
      const second = await room.consents.list({ subject, size: 2, after: first.next }, after(9));
      expect([...first.consents, ...second.consents].map(({ row }) => row.id)).toEqual(ids);
      expect([first.next, second.next]).toEqual([ids[1], undefined]);
      const narrowed = { subject, size: 10, loginSessionId: granted[1]?.loginSessionId };
      expect((await room.consents.list(narrowed, after(9))).consents.map(({ row }) => row.id)).toEqual([ids[1]]);
      expect((await room.consents.list({ ...narrowed, loginSessionId: 'nope' }, after(9))).consents).toEqual([]);
    });

    it('still shows a consent after the secret that encrypted its claims was removed', async () => {
      const subject = randomUUID();
      await giveAndRecord({ subject }, { session: { id_token: { a: 1 } } });
      const other = await Room.open(configure(database.dsn, undefined, { secrets: { system: [`${SECRET}-new`] } }));
      const { consents } = await other.consents.list({ subject, size: 10 }, after(1));
      expect(consents.map(consentSessionDocument)).toMatchObject([
        { grant_scope: ['openid', 'email'], session: { id_token: {} } },
      ]);
      await other.close();
    });
  });

  it('are revoked one by one, for a client, or all of a person, with their grants', async () => {
    const subject = randomUUID();
    const second = await room.client();
    const one = await giveAndRecord({ subject });
    const granted = [one, await giveAndRecord({ subject }), await giveAndRecord({ subject, of: second })];
    for (const { consentId, clientKey } of granted) {
      await room.database.query(
        `insert into authorization_grant (id, client_key, consent_id, subject, scope, audience, session, created_at, keep_until)
         values ($1, $2, $1, $3, '{}', '{}', '', $4, $4)`,
        [consentId, clientKey, subject, START],
      );
    }
    const grants = async (): Promise<number> =>
      (await room.database.query<unknown[]>('select from authorization_grant where subject = $1', [subject])).length;
    expect(await room.consents.revoke({ id: one.consentId })).toBe(1);
    expect(await grants()).toBe(2);
    expect(await room.consents.revoke({ subject, clientId: client.clientId })).toBe(1);
    expect(await grants()).toBe(1);
    expect(await room.consents.revoke({ subject })).toBe(1);
    expect([await grants(), await list(subject)]).toEqual([0, []]);
    expect(await room.consents.revoke({ subject })).toBe(0);
  });
});
