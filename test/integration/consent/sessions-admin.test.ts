import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CookieBrowser } from '../../support/cookie-browser.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { RelyingParty, type Tokens } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const LOGINS = '/oauth2/auth/sessions/login';
const GRANTS = '/oauth2/grants';
const query = (values: Record<string, string | number>) =>
  new URLSearchParams(
    Object.entries(values).map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();

describe('the administration of login sessions and grants', () => {
  let database: TestDatabase;
  let server: TestServer;
  let shop: RelyingParty;
  let mail: RelyingParty;

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(database.dsn);
    shop = await RelyingParty.register(server);
    mail = await RelyingParty.register(server);
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  /** One login of the subject on a device of its own, with tokens for the client. */
  const device = async (subject: string, login: Record<string, unknown> = {}, client = shop) => {
    const consent = { remember: true };
    const browser = new CookieBrowser(server, { login: { subject, remember: true, ...login }, consent });
    return { browser, ...(await tokensFor(browser, client)) };
  };
  const tokensFor = async (browser: CookieBrowser, client: RelyingParty) => {
    const code = (await browser.follow(client.address())).get('code') ?? '';
    const tokens = (await client.redeem(code)).json as unknown as Tokens;
    const claims = Buffer.from(tokens.id_token.split('.')[1] ?? '', 'base64url').toString();
    return { tokens, sid: (JSON.parse(claims) as { sid: string }).sid };
  };
  type Listed = Record<string, unknown>;
  const list = async (path: string, values: Record<string, string | number>) => {
    const answer = await shop.admin('GET', `${path}?${query(values)}`);
    return { ...answer, items: JSON.parse(answer.text) as Listed[] };
  };
  /** Every page of a list. */
  const pages = async (path: string, values: Record<string, string | number>): Promise<Listed[][]> => {
    const found: Listed[][] = [];
    let next: string | undefined = `${path}?${query(values)}`;
    while (next !== undefined) {
      const answer = await shop.admin('GET', next);
      found.push(JSON.parse(answer.text) as Listed[]);
      next = /<\/admin([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
    }
    return found;
  };
  const activity = (...tokens: string[]) => Promise.all(tokens.map((token) => shop.isActive(token)));

  describe('the list of login sessions', () => {
    it('shows the data of the login app about the browser, and the clients of the session', async () => {
      const subject = randomUUID();
      const { browser, sid } = await device(subject, { user_agent: 'Browser/1.0', address: '192.0.2.1, Zürich' });
      await tokensFor(browser, mail);
      const { status, items } = await list(LOGINS, { subject });
      expect([status, items]).toEqual([
        200,
        [
          {
            ...{ sid, subject, remember: true, user_agent: 'Browser/1.0', address: '192.0.2.1, Zürich' },
            authenticated_at: expect.stringMatching(/Z$/) as string,
            last_used_at: expect.stringMatching(/Z$/) as string,
            expires_at: expect.stringMatching(/Z$/) as string,
            client_ids: [shop.clientId, mail.clientId].sort(),
          },
        ],
      ]);
      expect((await shop.admin('GET', `${LOGINS}/${sid}`)).json).toEqual(items[0]);
    });

    it('contains no data from the browser itself', async () => {
      const subject = randomUUID();
      await device(subject);
      const [session] = (await list(LOGINS, { subject })).items;
      expect([session?.user_agent, session?.address]).toEqual([undefined, undefined]);
    });

    it('shows the time of the last skipped login, and the data of the app about the browser at that time', async () => {
      const subject = randomUUID();
      const { browser, sid } = await device(subject, { user_agent: 'Browser/1.0', address: 'Bern' });
      await inDatabase(
        "update login_session set authenticated_at = authenticated_at - interval '1 day' where id = $1",
        [sid],
      );
      const [before] = (await list(LOGINS, { subject })).items;
      expect(before?.last_used_at).toBe(before?.authenticated_at);
      await browser.walk(mail.address(), { answers: { login: { user_agent: 'Browser/2.0' } } });
      const [after] = (await list(LOGINS, { subject })).items;
      expect(String(after?.last_used_at) > String(after?.authenticated_at)).toBe(true);
      expect([after?.user_agent, after?.address]).toEqual(['Browser/2.0', 'Bern']);
    });

    it('contains the sessions of the subject that have not ended, newest first, in pages', async () => {
      const subject = randomUUID();
      const sids: string[] = [];
      for (let i = 0; i < 4; i++) sids.push((await device(subject)).sid);
      await device(randomUUID());
      await inDatabase('update login_session set expires_at = authenticated_at where id = $1', [sids[0]]);
      const found = await pages(LOGINS, { subject, page_size: 2 });
      expect(found.map((page) => page.map(({ sid }) => sid))).toEqual([[sids[3], sids[2]], [sids[1]]]);
    });

    it.each([
      ['without a subject', ''],
      ['with an empty subject', '?subject='],
      ['with a subject that no database holds', '?subject=a%00b'],
      ['with a subject that is no UTF-8', '?subject=%ff'],
      ['with a bad page size', '?subject=a&page_size=x'],
      ['with a page token of another list', '?subject=a&page_token=x'],
    ])('%s is refused with a hint', async (_, search) => {
      const { status, json } = await shop.admin('GET', LOGINS + search);
      expect([status, json.error]).toEqual([400, 'invalid_request']);
      expect(String(json.error_description).length + String(json.error_hint).length).toBeGreaterThan(40);
    });

    it.each(['nope', 'a%20b', '0195a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b'])('contains no session %s', async (sid) => {
      const answers = [await shop.admin('GET', `${LOGINS}/${sid}`), await shop.admin('DELETE', `${LOGINS}/${sid}`)];
      expect(answers.map(({ status }) => status)).toEqual([404, 404]);
    });

    it.each([
      { user_agent: 'x'.repeat(1025) },
      { address: 'x'.repeat(256) },
      { user_agent: 7 },
      { address: 'a\u0000b' },
    ])('refuses %j of the login app', async (said) => {
      const browser = new CookieBrowser(server, { login: { subject: randomUUID(), ...said } });
      await expect(browser.walk(shop.address())).rejects.toThrow('400');
    });
  });

  describe('the end of a login session', () => {
    it('requires a new login and leaves tokens valid', async () => {
      const subject = randomUUID();
      const [one, other] = [await device(subject), await device(subject)];
      expect((await shop.admin('DELETE', `${LOGINS}/${one.sid}`)).status).toBe(204);
      expect((await list(LOGINS, { subject })).items.map(({ sid }) => sid)).toEqual([other.sid]);
      const silently = shop.address({ prompt: 'none' });
      expect((await one.browser.walk(silently)).parameters.error).toBe('login_required');
      expect((await other.browser.walk(silently)).parameters.code).toBeDefined();
      expect(await activity(one.tokens.access_token, one.tokens.refresh_token)).toEqual([true, true]);
    });

    it('revokes the tokens of every client if requested, and those of no other device', async () => {
      const subject = randomUUID();
      const [one, other] = [await device(subject), await device(subject)];
      const second = await tokensFor(one.browser, mail);
      expect((await shop.admin('DELETE', `${LOGINS}/${one.sid}?revoke_tokens=true`)).status).toBe(204);
      const gone = await activity(one.tokens.access_token, one.tokens.refresh_token, second.tokens.access_token);
      expect(gone).toEqual([false, false, false]);
      expect(await activity(other.tokens.access_token, other.tokens.refresh_token)).toEqual([true, true]);
      expect((await shop.refresh(one.tokens.refresh_token)).json.error).toBe('invalid_grant');
      expect((await shop.admin('DELETE', `${LOGINS}/${one.sid}?revoke_tokens=true`)).status).toBe(404);
    });

    it('ends a session that was not remembered as well', async () => {
      const { sid, tokens } = await device(randomUUID(), { remember: false });
      expect((await shop.admin('DELETE', `${LOGINS}/${sid}?revoke_tokens=true`)).status).toBe(204);
      expect(await activity(tokens.access_token)).toEqual([false]);
    });

    it('is refused if it is unclear whether tokens end', async () => {
      const { sid, tokens } = await device(randomUUID());
      const { status, json } = await shop.admin('DELETE', `${LOGINS}/${sid}?revoke_tokens=1`);
      expect([status, json.error]).toEqual([400, 'invalid_request']);
      expect((await shop.admin('GET', `${LOGINS}/${sid}`)).status).toBe(200);
      expect(await activity(tokens.access_token)).toEqual([true]);
    });

    it('revokes a grant that the browser got while the session was ending', async () => {
      const { browser, sid } = await device(randomUUID());
      const holder = new Client(database.dsn);
      await holder.connect();
      await holder.query('begin');
      await holder.query('select from login_session where id = $1 for key share', [sid]);
      const ending = shop.admin('DELETE', `${LOGINS}/${sid}?revoke_tokens=true`);
      while (!(await isSomebodyWaiting())); // its grants are deleted, the deletion of its row waits for this transaction
      const late = await tokensFor(browser, mail);
      expect([late.sid, await activity(late.tokens.access_token)]).toEqual([sid, [true]]);
      await holder.query('commit');
      await holder.end();
      expect((await ending).status).toBe(204);
      expect(await activity(late.tokens.access_token, late.tokens.refresh_token)).toEqual([false, false]);
    });

    it('revokes such a grant too if the clock of the granting server is behind', async () => {
      const subject = randomUUID();
      const { browser, sid } = await device(subject);
      const holder = new Client(database.dsn);
      await holder.connect();
      await holder.query('begin');
      await holder.query('select from login_session where id = $1 for key share', [sid]);
      const ending = shop.admin('DELETE', `${LOGINS}/${sid}?revoke_tokens=true`);
      while (!(await isSomebodyWaiting()));
      const late = await tokensFor(browser, mail);
      const [grant] = (await list(GRANTS, { subject })).items;
      await inDatabase("update authorization_grant set created_at = created_at - interval '1 hour' where id = $1", [
        grant?.id,
      ]);
      await holder.query('commit');
      await holder.end();
      expect((await ending).status).toBe(204);
      expect(await activity(late.tokens.access_token)).toEqual([false]);
    });

    it('leaves grants of another session valid that has just ended', async () => {
      const subject = randomUUID();
      const [one, other] = [await device(subject), await device(subject)];
      expect((await shop.admin('DELETE', `${LOGINS}/${other.sid}`)).status).toBe(204);
      expect((await shop.admin('DELETE', `${LOGINS}/${one.sid}?revoke_tokens=true`)).status).toBe(204);
      expect(await activity(one.tokens.access_token, other.tokens.access_token)).toEqual([false, true]);
    });
  });

  describe('the list of grants', () => {
    it('shows scopes, client and login session of a grant, and the number of active refresh tokens', async () => {
      const subject = randomUUID();
      const { sid, tokens } = await device(subject);
      await shop.refresh(tokens.refresh_token);
      const { items } = await list(GRANTS, { subject });
      expect(items).toEqual([
        {
          id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
          ...{ client_id: shop.clientId, subject, scope: ['openid', 'offline_access'], audience: [] },
          ...{ refresh_tokens: 1, login_session_id: sid },
          consent_request_id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
          created_at: expect.stringMatching(/Z$/) as string,
          last_used_at: expect.stringMatching(/Z$/) as string,
          refresh_token_expires_at: expect.stringMatching(/Z$/) as string,
        },
      ]);
    });

    it('is filtered by subject, by client, by both, or by one login session of the subject', async () => {
      const subject = randomUUID();
      const client = await RelyingParty.register(server);
      const { browser, sid } = await device(subject, {}, client);
      await tokensFor(browser, mail);
      await device(subject, {}, mail);
      await device(randomUUID(), {}, client);
      const filters: Record<string, string>[] = [
        { subject },
        { subject, client: client.clientId },
        { client: client.clientId },
        { subject, login_session_id: sid },
        { subject: 'nobody' },
        { client: 'none' },
      ];
      const counts = await Promise.all(filters.map(async (filter) => (await list(GRANTS, filter)).items.length));
      expect(counts).toEqual([3, 1, 2, 2, 0, 0]);
    });

    it.each(['subject', 'client'] as const)('comes in pages, newest first, by %s', async (by) => {
      const client = await RelyingParty.register(server);
      const subject = randomUUID();
      for (let i = 0; i < 3; i++) await device(subject, {}, client);
      const found = await pages(GRANTS, { [by]: by === 'client' ? client.clientId : subject, page_size: 2 });
      expect(found.map((page) => page.length)).toEqual([2, 1]);
      const ids = found.flat().map(({ id }) => id);
      expect(ids).toEqual([...new Set(ids)].sort().reverse());
    });

    it('leaves out ended grants: revoked, expired, replayed', async () => {
      const subject = randomUUID();
      const [revoked, , replayed] = [await device(subject), await device(subject), await device(subject)];
      const expired = await device(subject);
      await shop.revoke(revoked.tokens.access_token);
      await shop.refresh(replayed.tokens.refresh_token);
      await shop.refresh(replayed.tokens.refresh_token);
      await inDatabase(
        `with old as (
  update authorization_grant set keep_until = now() where consent_id in (select id from consent where login_session_id = $1)
  returning id
) update refresh_chain set expires_at = now() - interval '1 day', keep_until = now() where grant_id in (select id from old)`,
        [expired.sid],
      );
      expect((await list(GRANTS, { subject })).items).toHaveLength(1);
    });

    it('keeps a grant whose refresh tokens outlive the first tokens', async () => {
      const { sid } = await device(randomUUID());
      const rows = await inDatabase<{ subject: string }>(
        `update authorization_grant set keep_until = now() - interval '1 hour'
where consent_id in (select id from consent where login_session_id = $1) returning subject`,
        [sid],
      );
      expect((await list(GRANTS, { subject: rows[0]?.subject ?? '' })).items).toHaveLength(1);
    });

    it.each([
      '',
      '?subject=',
      '?subject=a%00b',
      '?client=%ff',
      '?login_session_id=0195a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b',
      '?subject=a&login_session_id=nope',
      '?subject=a&page_size=x',
      '?subject=a&page_token=x',
    ])('%j is refused', async (search) => {
      const { status, json } = await shop.admin('GET', GRANTS + search);
      expect([status, json.error]).toEqual([400, 'invalid_request']);
    });
  });

  describe('the revocation of a grant', () => {
    it('ends its tokens and no others, once; the consent stays', async () => {
      const subject = randomUUID();
      const [one, other] = [await device(subject), await device(subject)];
      const [grant] = (await list(GRANTS, { subject, login_session_id: one.sid })).items;
      const address = `${GRANTS}/${String(grant?.id)}`;
      expect((await shop.admin('DELETE', address)).status).toBe(204);
      expect(await activity(one.tokens.access_token, one.tokens.refresh_token)).toEqual([false, false]);
      expect(await activity(other.tokens.access_token)).toEqual([true]);
      expect((await shop.admin('DELETE', address)).status).toBe(404);
      const consents = await list('/oauth2/auth/sessions/consent', { subject });
      expect(consents.items).toHaveLength(1); // the second one was skipped
    });

    it.each(['nope', 'a%20b', '0195a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b'])('knows no %s', async (id) => {
      expect((await shop.admin('DELETE', `${GRANTS}/${id}`)).status).toBe(404);
    });
  });

  async function isSomebodyWaiting(): Promise<boolean> {
    const text = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    return (await inDatabase(text, [])).length > 0;
  }

  async function inDatabase<Row extends object>(text: string, values: unknown[]): Promise<Row[]> {
    const client = new Client(database.dsn);
    await client.connect();
    try {
      return (await client.query<Row>(text, values)).rows;
    } finally {
      await client.end();
    }
  }
});
