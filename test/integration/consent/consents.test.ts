import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RegisteredClient } from '../../../src/clients/registered-client.js';
import type { AcceptOAuth2ConsentRequestDto } from '../../../src/consent/consent/accept-consent-request.dto.js';
import type { Granted } from '../../../src/consent/granted.js';
import { consentSessionDocument } from '../../../src/consent/sessions/consent-session.dto.js';
import type { AuthorizationRequest } from '../../../src/protocol/authorization-request.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { after, Apps, Browser, configure, requestOf, Room, SECRET, START } from './room.js';

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
  /** A consent that is asked: whether it may be skipped, and its challenge. */
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

    it('is asked for again where it was not remembered', async () => {
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

    it('lets the newest one count alone', async () => {
      const subject = randomUUID();
      await giveAndRecord({ subject }, { remember: true });
      const asked = { subject, at: after(10), request: { prompt: ['consent'] } };
      await giveAndRecord(asked, { remember: true, grant_scope: ['openid'] });
      expect(await skips({ subject, at: after(20) })).toBe(false);
      expect(await skips({ subject, at: after(20), request: { scope: ['openid'] } })).toBe(true);
    });

    it('does not take the answer to a skipped one for another', async () => {
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
    it('is written once, even where the flow store brings the flow back', async () => {
      const granted = await giveAndRecord({ subject: randomUUID() });
      expect(await room.record(granted)).toEqual({ marked: 0, consented: 0 });
      await room.consents.revoke({ id: granted.consentId });
      expect(await room.record(granted)).toEqual({ marked: 0, consented: 0 });
    });

    it('is not written, nor its verifier used, where the login session has just ended', async () => {
      const granted = await give({ subject: randomUUID() });
      await room.sessions.end(granted.loginSessionId);
      expect(await room.record(granted)).toEqual({ marked: 0, consented: 0 });
    });

    it('is not written for a client that has changed or gone', async () => {
      const of = await room.client();
      const granted = await give({ subject: randomUUID(), of });
      expect(await room.record(granted, of.version + 1)).toEqual({ marked: 0, consented: 0 });
      await room.database.query('delete from client where key = $1', [of.key]);
      expect(await room.record(granted, of.version)).toEqual({ marked: 0, consented: 0 });
    });

    it('waits for a login session that is being ended, and is not written then', async () => {
      const granted = await give({ subject: randomUUID() });
      await room.record({ ...granted, consentId: randomUUID() }); // the partition is there
      const runner = room.database.createQueryRunner();
      await runner.startTransaction();
      await runner.query('delete from login_session where id = $1', [granted.loginSessionId]);
      const recorded = room.record(granted);
      await runner.commitTransaction();
      await runner.release();
      expect(await recorded).toEqual({ marked: 0, consented: 0 });
    });

    it('holds no claim, context or address in clear', async () => {
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

  describe('when they are listed', () => {
    it('shows what was granted, for whom and to whom, without handles and secrets', async () => {
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

    it('holds those that are not remembered, and not those whose time is over', async () => {
      const subject = randomUUID();
      await giveAndRecord({ subject });
      await giveAndRecord({ subject }, { remember: true, remember_for: 60 });
      expect(await list(subject, after(59))).toHaveLength(2);
      expect(await list(subject, after(60))).toHaveLength(1);
    });

    it('comes in pages, and may be narrowed to a login session', async () => {
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

    it('can still be seen where the secret that sealed the claims was taken away', async () => {
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

  it('are revoked one by one, for a client, or all of a person, and their grants with them', async () => {
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
