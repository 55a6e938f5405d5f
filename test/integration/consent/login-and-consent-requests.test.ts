import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { HotRoutes } from '../../../src/http/listener/routes/hot-routes.js';
import { type RunningServer, startServer } from '../../../src/server.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { configure } from './room.js';

const LOGIN = '/admin/oauth2/auth/requests/login';
const CONSENT = '/admin/oauth2/auth/requests/consent';
const LOGOUT = '/admin/oauth2/auth/requests/logout';
const CONSENTS = '/admin/oauth2/auth/sessions/consent';
const LOGINS = '/admin/oauth2/auth/sessions/login';
const CALLBACK = 'https://app.example/cb';

interface Answer {
  status: number;
  text: string;
  headers: Headers;
  json: Record<string, unknown>;
}

describe('the admin API of login, consent and logout', () => {
  let database: TestDatabase;
  let server: RunningServer;
  let clientId: string;

  beforeAll(async () => {
    database = await freshDatabase();
    const configuration = structuredClone(configure(database.dsn, undefined, { dev: true, log: { level: 'error' } }));
    for (const listener of [configuration.serve.public, configuration.serve.admin]) {
      Object.assign(listener, { host: '127.0.0.1', port: 0 });
    }
    server = await startServer({ configuration, listeners: ['public', 'admin'] });
    const client = { redirect_uris: [CALLBACK], scope: 'openid email', response_types: ['code'] };
    clientId = String((await admin('POST', '/admin/clients', client)).json['client_id']);
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const admin = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const sent = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(server.address('admin') + path, { method, body: sent });
    const text = await response.text();
    return {
      status: response.status,
      text,
      headers: response.headers,
      json: text ? (JSON.parse(text) as object as Answer['json']) : {},
    };
  };
  /** A request of a browser to the public listener: the redirect and the cookies. */
  const browser = () => {
    const jar = new Map<string, string>();
    return async (path: string): Promise<URL> => {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await fetch(server.address('public') + path, {
        redirect: 'manual',
        headers: { cookie, host: 'id.example' },
      });
      for (const line of response.headers.getSetCookie()) {
        const [pair = ''] = line.split(';');
        jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
      }
      return new URL(response.headers.get('location') ?? 'about:blank');
    };
  };
  const path = (url: unknown): string => new URL(String(url)).pathname + new URL(String(url)).search;
  const request = (): string => {
    const query = {
      client_id: clientId,
      response_type: 'code',
      redirect_uri: CALLBACK,
      scope: 'openid',
      state: randomUUID(),
    };
    return `/oauth2/auth?${new URLSearchParams(query).toString()}`;
  };
  const challengeIn = (url: URL, name: string): string => url.searchParams.get(name) ?? '';
  const beginLogin = async (go = browser()): Promise<string> => challengeIn(await go(request()), 'login_challenge');
  const beginConsent = async (subject = 'alice', go = browser()): Promise<string> => {
    const accepted = await admin('PUT', `${LOGIN}/accept?login_challenge=${await beginLogin(go)}`, { subject });
    return challengeIn(await go(path(accepted.json['redirect_to'])), 'consent_challenge');
  };

  it.each([
    ['GET', LOGIN],
    ['PUT', `${LOGIN}/accept`],
    ['PUT', `${LOGIN}/reject`],
    ['GET', CONSENT],
    ['PUT', `${CONSENT}/accept`],
    ['PUT', `${CONSENT}/reject`],
    ['GET', LOGOUT],
    ['PUT', `${LOGOUT}/accept`],
    ['PUT', `${LOGOUT}/reject`],
  ])('%s %s: 400 without a challenge, 404 for an unknown one', async (method, at) => {
    const [, kind] = /requests\/(\w+)/.exec(at) ?? [];
    const body = method === 'PUT' ? { subject: 'alice' } : undefined;
    const missing = await admin(method, at, body);
    expect([missing.status, missing.json['error']]).toEqual([400, 'invalid_request']);
    expect(missing.json['error_description']).toContain(`${kind ?? ''}_challenge`);
    for (const unknown of ['nope', 'x'.repeat(43), 'x'.repeat(400), "'; drop table flow; --", '../../etc']) {
      const answer = await admin(method, `${at}?${kind ?? ''}_challenge=${encodeURIComponent(unknown)}`, body);
      expect([answer.status, Object.keys(answer.json)]).toEqual([404, ['error', 'error_description']]);
    }
    expect((await admin(method, `${at}?${kind ?? ''}_challenge=%00`, body)).status).toBe(400);
  });

  /** Express handles a request that matches no hot route. */
  it.each<[string, string, unknown]>([
    ['GET', LOGIN, undefined],
    ['HEAD', LOGIN, undefined],
    ['PUT', `${LOGIN}/accept`, { subject: 'alice', acr: '1' }],
    ['PUT', `${LOGIN}/accept`, { subject: 1 }],
    ['PUT', `${LOGIN}/accept`, '{"subject"'],
    ['PUT', `${LOGIN}/accept`, undefined],
    ['PUT', `${LOGIN}/accept`, `{"subject": "${'x'.repeat(2 ** 20)}"}`],
    ['GET', CONSENT, undefined],
    ['PUT', `${CONSENT}/accept`, { grant_scope: ['openid'], context: { big: 1 }, session: { id_token: { a: null } } }],
    ['PUT', `${CONSENT}/accept`, { grant_scope: 'openid' }],
  ])('%s %s answers the same ahead of Express and by its controller: %j', async (method, at, body) => {
    const isLogin = at.startsWith(LOGIN);
    const challenge = isLogin ? await beginLogin() : await beginConsent();
    const query = `?${isLogin ? 'login' : 'consent'}_challenge=${challenge}`;
    const answers = [await admin(method, at + query, body)];
    const found = vi.spyOn(HotRoutes.prototype, 'find').mockReturnValueOnce(undefined);
    answers.push(await admin(method, at + query, body));
    expect(found).toHaveBeenCalledOnce();
    found.mockRestore();
    const shown = answers.map(({ status, text, headers }) => {
      const kept = [...headers].filter(
        ([name]) => !['date', 'x-request-id', 'connection', 'keep-alive'].includes(name),
      );
      return { status, text, headers: Object.fromEntries(kept) };
    });
    expect(shown[0]).toEqual(shown[1]);
    expect(shown[0]?.status).not.toBe(500);
  });

  it('accepts the older name of the challenge', async () => {
    const challenge = await beginLogin();
    expect((await admin('GET', `${LOGIN}?challenge=${challenge}`)).json['challenge']).toBe(challenge);
  });

  it.each<[string, unknown]>([
    ['no body', undefined],
    ['broken JSON', '{'],
    ['a list', []],
    ['no subject', {}],
    ['an empty subject', { subject: '' }],
    ['a subject that is null', { subject: null }],
    ['a subject that is a number', { subject: 1 }],
    ['a subject longer than the database takes', { subject: 'x'.repeat(256) }],
    ['a subject with a NUL character', { subject: 'a\u0000b' }],
    ['remember as a text', { subject: 'a', remember: 'yes' }],
    ['remember_for as a text', { subject: 'a', remember_for: '5' }],
    ['remember_until another thing', { subject: 'a', remember_until: 'tomorrow' }],
    ['remember_until in a list', { subject: 'a', remember_until: ['browser_closed'] }],
    ['remember_for with a fraction', { subject: 'a', remember_for: 1.5 }],
    ['acr as a number', { subject: 'a', acr: 1 }],
    ['amr as a text', { subject: 'a', amr: 'pwd' }],
    ['amr with a number', { subject: 'a', amr: [1] }],
    ['a forced subject longer than the database takes', { subject: 'a', force_subject_identifier: 'x'.repeat(256) }],
  ])('refuses to accept a login with %s, and the challenge can still be accepted', async (_, body) => {
    const challenge = await beginLogin();
    const refused = await admin('PUT', `${LOGIN}/accept?login_challenge=${challenge}`, body);
    expect([refused.status, refused.json['error']]).toEqual([400, 'invalid_request']);
    expect(refused.json['error_description']).not.toBe('');
    const accepted = await admin('PUT', `${LOGIN}/accept?login_challenge=${challenge}`, {
      subject: 'alice',
      unknown: 1,
    });
    expect([accepted.status, Object.keys(accepted.json)]).toEqual([200, ['redirect_to']]);
  });

  it.each<[string, unknown]>([
    ['no body', undefined],
    ['grant_scope as a text', { grant_scope: 'openid' }],
    ['grant_scope with a number', { grant_scope: [1] }],
    ['session as a text', { session: 'x' }],
    ['claims as a text', { session: { id_token: 'x' } }],
    ['claims as a list', { session: { access_token: [] } }],
    ['remember as a text', { remember: 'yes' }],
  ])('refuses to accept a consent with %s', async (_, body) => {
    const refused = await admin('PUT', `${CONSENT}/accept?consent_challenge=${await beginConsent()}`, body);
    expect([refused.status, refused.json['error']]).toEqual([400, 'invalid_request']);
  });

  it('ignores members that older apps send, and treats null as absent', async () => {
    const challenge = await beginConsent();
    const body = {
      grant_scope: [null, 'openid'],
      grant_access_token_audience: [null],
      remember: null,
      remember_for: null,
      handled_at: '2020-01-01T00:00:00Z',
      session: { id_token: null },
      context: null,
    };
    expect((await admin('PUT', `${CONSENT}/accept?consent_challenge=${challenge}`, body)).status).toBe(200);
  });

  it.each<[string, unknown]>([
    ['error as a number', { error: 1 }],
    ['status_code as a text', { status_code: '400' }],
    ['no body', undefined],
  ])('refuses to reject with %s', async (_, body) => {
    expect((await admin('PUT', `${LOGIN}/reject?login_challenge=${await beginLogin()}`, body)).status).toBe(400);
    expect((await admin('PUT', `${CONSENT}/reject?consent_challenge=${await beginConsent()}`, body)).status).toBe(400);
  });

  it('keeps the digits of large integers from the apps to the lists', async () => {
    const subject = randomUUID();
    const go = browser();
    const big = '9007199254740993123';
    const login = `{"subject":"${subject}","context":{"tenant":${big}}}`;
    const accepted = await admin('PUT', `${LOGIN}/accept?login_challenge=${await beginLogin(go)}`, login);
    const challenge = challengeIn(await go(path(accepted.json['redirect_to'])), 'consent_challenge');
    expect((await admin('GET', `${CONSENT}?consent_challenge=${challenge}`)).text).toContain(`"tenant":${big}`);
    const consent = `{"grant_scope":["openid"],"session":{"id_token":{"account":${big}}}}`;
    const on = await admin('PUT', `${CONSENT}/accept?consent_challenge=${challenge}`, consent);
    expect((await go(path(on.json['redirect_to']))).searchParams.get('code')).toMatch(/^ory_ac_/);
    const listed = await admin('GET', `${CONSENTS}?subject=${subject}`);
    expect(listed.text).toContain(`"account":${big}`);
    expect(listed.text).toContain(`"tenant":${big}`);
  });

  it('answers 410 with the URL of the request once the flow has ended', async () => {
    const go = browser();
    const login = await beginLogin(go);
    const { request_url } = (await admin('GET', `${LOGIN}?login_challenge=${login}`)).json;
    const rejected = await admin('PUT', `${LOGIN}/reject?login_challenge=${login}`, { error: 'access_denied' });
    expect((await go(path(rejected.json['redirect_to']))).searchParams.get('error')).toBe('access_denied');
    for (const [method, tail, body] of [
      ['GET', '', undefined],
      ['PUT', '/accept', { subject: 'alice' }],
      ['PUT', '/reject', {}],
    ] as const) {
      const gone = await admin(method, `${LOGIN}${tail}?login_challenge=${login}`, body);
      expect([gone.status, gone.json]).toEqual([410, { redirect_to: request_url }]);
    }
  });

  it('lists consents in pages by the Link header; an empty list is [] without the header', async () => {
    const subject = randomUUID();
    for (let i = 0; i < 3; i++) {
      const go = browser();
      const on = await admin('PUT', `${CONSENT}/accept?consent_challenge=${await beginConsent(subject, go)}`, {});
      await go(path(on.json['redirect_to']));
    }
    const ids: unknown[] = [];
    let next: string | undefined = `${CONSENTS}?subject=${subject}&page_size=2`;
    let pages = 0;
    for (; next; pages++) {
      const page: Answer = await admin('GET', next);
      ids.push(...(page.json as unknown as { consent_request_id: string }[]).map((item) => item.consent_request_id));
      next = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
    }
    expect([pages, new Set(ids).size]).toEqual([2, 3]);
    const none = await admin('GET', `${CONSENTS}?subject=${randomUUID()}`);
    expect([none.status, none.text, none.headers.get('link')]).toEqual([200, '[]\n', null]);
    const bad = await admin('GET', `${CONSENTS}?subject=${subject}&page_token=nope`);
    expect([bad.status, bad.json['error']]).toEqual([400, 'invalid pagination token']);
    expect((await admin('GET', CONSENTS)).json['error']).toBe('invalid_request');
  });

  it('revokes with 204, even if nothing matches, but requires a selection', async () => {
    for (const query of [
      `subject=${randomUUID()}&all=true`,
      'consent_request_id=nope',
      `subject=a&client=${clientId}`,
    ]) {
      const answer = await admin('DELETE', `${CONSENTS}?${query}`);
      expect([answer.status, answer.text]).toEqual([204, '']);
    }
    expect((await admin('DELETE', `${CONSENTS}?subject=a`)).status).toBe(400);
    for (const query of ['sid=nope', `sid=${randomUUID()}`, `subject=${randomUUID()}`]) {
      expect((await admin('DELETE', `${LOGINS}?${query}`)).status).toBe(204);
    }
    expect((await admin('DELETE', LOGINS)).status).toBe(400);
  });
});
