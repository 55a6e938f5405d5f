import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TOKEN_EXCHANGE } from '../../../src/protocol/constants.js';
import { CookieBrowser } from '../../support/cookie-browser.js';
import { freePort } from '../../support/free-ports.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { RelyingParty } from '../../support/relying-party.js';
import { type Answer, send } from '../../support/send.js';
import { ISSUER, startTestServer, type TestServer } from '../../support/server.js';
import { killAll, ostiary, program, Running } from './ostiary.js';

let database: TestDatabase;
let server: TestServer;
/** The same server with the login, consent and device pages of the local app. */
let demo: TestServer;
let port: number;
let app: string;

beforeAll(async () => {
  await program();
  database = await freshDatabase();
  port = await freePort();
  app = `http://127.0.0.1:${port}`;
  server = await startTestServer(database.dsn, { oauth2: { token_exchange: { enabled: true } } });
  const urls = {
    ...{ self: { issuer: ISSUER }, login: `${app}/login`, consent: `${app}/consent`, error: `${app}/error` },
    device: { verification: `${app}/device`, success: `${app}/device/done` },
  };
  demo = await startTestServer(database.dsn, { urls });
});

afterEach(killAll);

afterAll(async () => {
  await server.stop();
  await demo.stop();
  await database.drop();
});

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

function client(over: Record<string, unknown> = {}): Promise<RelyingParty> {
  return RelyingParty.register(server, { redirect_uris: [`${app}/callback`], ...over });
}

function credentials({ clientId, secret }: RelyingParty): string[] {
  return ['--client-id', clientId, ...(secret ? ['--client-secret', secret] : [])];
}

async function performCode(party: RelyingParty, at: TestServer, ...more: string[]): Promise<Running> {
  const flags = ['-p', String(port), '-e', at.admin, '--auth-url', `${at.public}/oauth2/auth`, '--no-open'];
  const tokenUrl = ['--token-url', `${at.public}/oauth2/token`, '--scope', 'openid,offline_access'];
  const all = ['perform', 'authorization-code', ...flags, ...tokenUrl, ...credentials(party), ...more];
  const running = new Running(all, {});
  await running.says('Open http');
  return running;
}

/** The address to which the app sends the browser first. */
async function begin(): Promise<string> {
  const { status, headers } = await send('GET', `${app}/perform-flow`);
  expect(status).toBe(302);
  return headers.get('location') ?? '';
}

const tokensOf = async (running: Running): Promise<Record<string, unknown>> => {
  const { code, stdout } = await running.ended;
  expect(code).toBe(0);
  return JSON.parse(stdout) as Record<string, unknown>;
};

/** The status of the first page under this host name. `fetch` would set the header itself. */
async function statusAt(host: string): Promise<number | undefined> {
  const asked = request(`${app}/`, { headers: { host } }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

describe('perform client-credentials', () => {
  it.each(['client_secret_basic', 'client_secret_post'])('finds out that a client uses %s', async (method) => {
    const party = await client({ token_endpoint_auth_method: method, audience: ['https://api.example'] });
    const flags = ['-e', server.public, '--audience', 'https://api.example', '--format', 'json'];
    const { code, stdout } = await ostiary(['perform', 'client-credentials', ...credentials(party), ...flags]);
    expect(code).toBe(0);
    const tokens = JSON.parse(stdout) as Record<string, string>;
    expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: expect.any(Number) as number });
    expect(Math.round((Date.parse(tokens.expiry ?? '') - Date.now()) / 60_000)).toBe(60);
    expect(await party.isActive(tokens.access_token ?? '')).toBe(true);
  });

  it('reads the client from the environment, and names missing values', async () => {
    const party = await client();
    const env = { OAUTH2_CLIENT_ID: party.clientId, OAUTH2_CLIENT_SECRET: party.secret, ORY_SDK_URL: server.public };
    const { stdout } = await ostiary(['perform', 'client-credentials'], env);
    expect(stdout).toMatch(/^ACCESS TOKEN +ory_at_\S+\nREFRESH TOKEN +<empty>\nID TOKEN +<empty>\nEXPIRY +\d{4}-/);
  });

  it('prints the error of the server, and no secret', async () => {
    const party = await client();
    const flags = ['-e', server.public, '--client-id', party.clientId, '--client-secret', 'a-wrong-secret'];
    const { code, stdout, stderr } = await ostiary(['perform', 'client-credentials', ...flags]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('answered 401:\ninvalid_client');
    expect(stderr).not.toContain('a-wrong-secret');
  });
});

/** As in docs/guides/token-exchange.md. */
describe('perform token-exchange', () => {
  it('exchanges a token, and prints the error of the server without a token', async () => {
    const party = await client({ grant_types: [TOKEN_EXCHANGE, 'client_credentials'], scope: 'read write' });
    const { json } = await party.token({ grant_type: 'client_credentials', scope: 'read write' });
    const token = String(json.access_token);
    const run = (...more: string[]) =>
      ostiary(['perform', 'token-exchange', ...credentials(party), '-e', server.public, '--format', 'json', ...more]);
    const asked = ['--subject-token', token, '--requested-token-type', 'jwt', '--scope', 'read'];
    const { code, stdout } = await run(...asked);
    expect(code).toBe(0);
    const tokens = JSON.parse(stdout) as Record<string, string>;
    expect(tokens).toMatchObject({ scope: 'read', access_token: expect.stringMatching(/^ey/) as string });
    expect(await party.isActive(tokens.access_token ?? '')).toBe(true);
    const actor = [
      '--actor-token',
      token,
      '--actor-token-type',
      'access_token',
      '--resource',
      'https://foreign.example',
    ];
    const refused = await run('--subject-token', token, ...actor);
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain('invalid_target');
    expect(refused.stderr).not.toContain(token);
  });
});

describe('introspect, revoke and delete of tokens', () => {
  it('work for confidential and for public clients', async () => {
    const party = await client();
    const { json } = await party.token({ grant_type: 'client_credentials' });
    const token = String(json.access_token);
    const look = async (): Promise<string> =>
      (await ostiary(['introspect', 'token', token, '-e', server.admin])).stdout;
    expect(await look()).toMatch(
      /^ACTIVE +true\nSUBJECT +\S+\nCLIENT ID +\S+\nSCOPE\nEXPIRY +\d{4}-[^\n]+Z\nTOKEN USE +access_token\n$/,
    );
    const gone = await ostiary(['delete', 'access-tokens', party.clientId, '-e', server.admin, '-q']);
    expect(gone).toMatchObject({ code: 0, stdout: `${party.clientId}\n` });
    expect(await look()).toBe('ACTIVE     false\nSUBJECT\nCLIENT ID\nSCOPE\nEXPIRY\nTOKEN USE\n');

    const open = await client({ token_endpoint_auth_method: 'none' });
    const revoked = await ostiary(['revoke', 'token', 'any-token', '-e', server.public, '--client-id', open.clientId]);
    expect(revoked).toMatchObject({ code: 0, stdout: 'ID  any-token\n' });
  });
});

describe('perform authorization-code', () => {
  it('prints the tokens and ends', async () => {
    const party = await client();
    const running = await performCode(party, server, '--format', 'json', '--prompt', 'login', '--max-age', '60');
    const start = await begin();
    const sent = Object.fromEntries(new URL(start).searchParams);
    expect(sent).toMatchObject({
      response_type: 'code',
      prompt: 'login',
      max_age: '60',
      code_challenge_method: 'S256',
    });
    expect([sent.state, sent.nonce]).toEqual([
      expect.stringMatching(/^[a-z]{24}$/),
      expect.stringMatching(/^[a-z]{24}$/),
    ]);
    const end = await new CookieBrowser(server).follow(start);
    const page = await send('GET', `${app}/callback?${end.toString()}`);
    expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const tokens = await tokensOf(running);
    expect(await party.isActive(String(tokens.access_token))).toBe(true);
    expect(tokens).toMatchObject({ scope: 'openid offline_access', id_token: expect.any(String) as string });
  });

  it('supports form_post, a public client and a server that enforces PKCE', async () => {
    const party = await client({ token_endpoint_auth_method: 'none' });
    const running = await performCode(party, server, '--format', 'json', '--response-mode', 'form_post');
    const { parameters } = await new CookieBrowser(server).walk(await begin());
    const page = await send('POST', `${app}/callback`, { body: new URLSearchParams(parameters) });
    expect(page.status).toBe(200);
    expect((await tokensOf(running)).refresh_token).toEqual(expect.any(String));
  });

  it('ignores answers to other requests, and continues', async () => {
    const party = await client();
    const running = await performCode(party, server, '--format', 'json');
    const stray = await send('GET', `${app}/callback?code=stolen&state=${'a'.repeat(24)}`);
    expect([stray.status, stray.text]).toEqual([400, expect.stringContaining('state is unknown') as string]);
    const end = await new CookieBrowser(server).follow(await begin());
    await send('GET', `${app}/callback?${end.toString()}`);
    expect((await tokensOf(running)).access_token).toEqual(expect.any(String));
  });

  it('shows the error of the server on stderr and on its page, where it is escaped', async () => {
    const running = await performCode(await client(), server);
    const { state } = Object.fromEntries(new URL(await begin()).searchParams);
    const answer = new URLSearchParams({ state: state ?? '', error: 'access_denied', error_description: '<b>No</b>' });
    const page = await send('GET', `${app}/callback?${answer.toString()}`);
    expect(page.text).toContain('&lt;b&gt;No&lt;/b&gt;');
    expect(page.text).not.toContain('<b>');
    const { code, stdout, stderr } = await running.ended;
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toContain('the error access_denied.\n<b>No</b>\n');
  });

  it('continues after a result with --no-shutdown', async () => {
    const running = await performCode(await client(), server, '--no-shutdown', '--format', 'jsonpath=token_type');
    for (let i = 0; i < 2; i++) {
      const end = await new CookieBrowser(server).follow(await begin());
      expect((await send('GET', `${app}/callback?${end.toString()}`)).status).toBe(200);
    }
    await running.says('"bearer"\n"bearer"\n');
    running.signal('SIGTERM');
    expect((await running.ended).code).not.toBe(0);
  });

  it('serves https with a self-signed certificate', async () => {
    const running = await performCode(await client(), server, '--https');
    expect(running.stderr).toContain(`https://127.0.0.1:${port}/`);
    await expect(send('GET', `https://127.0.0.1:${port}/`)).rejects.toThrow(); // no authority signed the certificate
  });

  it('reports a used port', async () => {
    await performCode(await client(), server);
    const second = await ostiary([
      'perform',
      'authorization-code',
      '-p',
      String(port),
      '-e',
      server.public,
      '--client-id',
      'a',
    ]);
    expect([second.code, second.stderr]).toEqual([
      1,
      expect.stringContaining(`Port ${port} cannot be opened`) as string,
    ]);
  });

  it('answers only under names of this machine, and only on existing pages', async () => {
    await performCode(await client(), server);
    expect(await statusAt('evil.example')).toBe(403);
    expect(await statusAt(`evil.example:${port}`)).toBe(403);
    expect(await statusAt(`localhost:${port}`)).toBe(200);
    expect((await send('GET', `${app}/no-such-page`)).status).toBe(404);
    expect((await send('GET', `${app}/`)).status).toBe(200);
  });
});

/** A browser on the pages of the local app. */
class Visitor {
  readonly browser = new CookieBrowser(demo);

  /** Follows redirects from an address to a page of the app. */
  async open(address: string): Promise<Answer> {
    let next = address;
    for (let i = 0; i < 10; i++) {
      const answer = next.startsWith(app) ? await send('GET', next) : await this.browser.go(next);
      const location = answer.headers.get('location');
      if (!location) return answer;
      next = new URL(location, next).href;
    }
    throw new Error('It goes round in circles.');
  }

  /** Fills in and sends the form of a page. */
  async submit(page: Answer, path: string, over: Record<string, string>): Promise<Answer> {
    const answer = await send('POST', app + path, { body: new URLSearchParams({ ...fieldsOf(page), ...over }) });
    const location = answer.headers.get('location');
    return location ? this.open(new URL(location, app).href) : answer;
  }
}

function fieldsOf({ text }: Answer): Record<string, string> {
  const inputs = [...text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)];
  return Object.fromEntries(inputs.map(([, name = '', value = '']) => [name, value]));
}

describe('the login and consent pages of perform authorization-code', () => {
  it('log in and consent', async () => {
    const party = await client({ client_name: '<i>An app</i>' });
    const running = await performCode(party, demo, '--format', 'json');
    const visitor = new Visitor();
    const login = await visitor.open(await begin());
    expect(login.text).toContain('&lt;i&gt;An app&lt;/i&gt;');
    const consent = await visitor.submit(login, '/login', { subject: 'alice', remember: '1', action: 'accept' });
    expect(consent.text).toContain('<strong>alice</strong>');
    const done = await visitor.submit(consent, '/consent', { scope: 'openid', action: 'accept' });
    expect(done.text).toContain('You may close this page.');
    const tokens = await tokensOf(running);
    expect(tokens).toMatchObject({ scope: 'openid' });
    expect(tokens.refresh_token).toBeUndefined();
  });

  it('show earlier consents, and revoke them', async () => {
    const party = await client();
    const running = await performCode(party, demo, '--no-shutdown');
    const visitor = new Visitor();
    const login = await visitor.open(await begin());
    const consent = await visitor.submit(login, '/login', { subject: 'carol', remember: '1', action: 'accept' });
    expect(consent.text).not.toContain('before');
    await visitor.submit(consent, '/consent', { scope: 'openid', remember: '1', action: 'accept' });
    const again = await visitor.submit(await visitor.open(await begin()), '/login', { action: 'accept' });
    expect(again.text).toContain('You consented to this application before.');
    const revoked = await visitor.submit(again, '/consent', { action: 'revoke' });
    expect(revoked.text).not.toContain('You consented to this application before.');
    expect(running.stderr).not.toContain('error');
  });

  it('ask a person only once with --skip', async () => {
    const party = await client();
    await performCode(party, demo, '--no-shutdown', '--skip');
    const visitor = new Visitor();
    const login = await visitor.open(await begin());
    const consent = await visitor.submit(login, '/login', { subject: 'dave', remember: '1', action: 'accept' });
    const body = new URLSearchParams({ ...fieldsOf(consent), remember: '1', action: 'accept' });
    for (const scope of ['openid', 'offline_access']) body.append('scope', scope);
    const { headers } = await send('POST', `${app}/consent`, { body });
    await visitor.open(headers.get('location') ?? '');
    expect((await visitor.open(await begin())).text).toContain('You may close this page.');
  });

  it.each(['login', 'consent'])('can refuse at the %s', async (step) => {
    const running = await performCode(await client(), demo);
    const visitor = new Visitor();
    const login = await visitor.open(await begin());
    if (step === 'login') await visitor.submit(login, '/login', { action: 'reject' });
    else {
      const consent = await visitor.submit(login, '/login', { subject: 'erin', action: 'accept' });
      await visitor.submit(consent, '/consent', { action: 'reject' });
    }
    expect((await running.ended).stderr).toContain('the error access_denied.');
  });

  it('refuse forms of other sites', async () => {
    await performCode(await client(), demo);
    const login = await new Visitor().open(await begin());
    const { login_challenge: challenge = '' } = fieldsOf(login);
    const forms: Record<string, string>[] = [{}, { form_token: 'guessed' }];
    for (const form of forms) {
      const body = new URLSearchParams({ ...form, login_challenge: challenge, subject: 'admin', action: 'accept' });
      const answer = await send('POST', `${app}/login`, { body });
      expect([answer.status, answer.text]).toEqual([
        400,
        expect.stringContaining('not from a page of this app') as string,
      ]);
    }
  });

  it('explain that a challenge does not exist', async () => {
    await performCode(await client(), demo);
    for (const path of ['/login?login_challenge=no', '/consent?consent_challenge=no', '/login']) {
      const { status, text } = await send('GET', app + path);
      expect([status, text]).toEqual([400, expect.stringContaining('This did not work') as string]);
    }
  });
});

describe('perform device-code', () => {
  it.each([
    ['public', 'none'],
    ['confidential', 'client_secret_basic'],
  ])('prints the tokens of a %s client after the person agreed on the trial page', async (_kind, method) => {
    const party = await client({ grant_types: [DEVICE_CODE, 'refresh_token'], token_endpoint_auth_method: method });
    const running = performDevice(party);
    await running.says('in a browser');
    const address = /Open (\S+) in/.exec(running.stderr)?.[1] ?? '';
    const visitor = new Visitor();
    const page = await visitor.open(address);
    const code = /name="user_code"[^>]* value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    expect(running.stderr).toContain(`the code ${code}.`);
    const answer = await send('POST', `${app}/device`, {
      body: new URLSearchParams({ ...fieldsOf(page), user_code: code }),
    });
    await visitor.browser.follow(answer.headers.get('location') ?? '');
    const tokens = await tokensOf(running);
    expect(await party.isActive(String(tokens.access_token))).toBe(true);
    expect(tokens.refresh_token).toEqual(expect.any(String));
  });

  it('ends with 1 if the person refuses', async () => {
    const party = await client({ grant_types: [DEVICE_CODE], token_endpoint_auth_method: 'none' });
    const running = performDevice(party);
    await running.says('in a browser');
    const visitor = new Visitor();
    const page = await visitor.open(/Open (\S+) in/.exec(running.stderr)?.[1] ?? '');
    const code = /name="user_code"[^>]* value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const body = new URLSearchParams({ ...fieldsOf(page), user_code: code });
    const { headers } = await send('POST', `${app}/device`, { body });
    const login = await visitor.browser.walk(headers.get('location') ?? '', { until: 'login' });
    const reject = `${demo.admin}/admin/oauth2/auth/requests/login/reject?login_challenge=${login.parameters.login_challenge ?? ''}`;
    const { json } = await send('PUT', reject, { body: '{"error":"access_denied"}' });
    await visitor.browser.go(String(json.redirect_to));
    const { code: exit, stdout, stderr } = await running.ended;
    expect([exit, stdout]).toEqual([1, '']);
    expect(stderr).toContain('access_denied');
  });
});

function performDevice(party: RelyingParty): Running {
  const urls = ['--device-auth-url', `${demo.public}/oauth2/device/auth`, '--token-url', `${demo.public}/oauth2/token`];
  const flags = ['-e', demo.admin, '-p', String(port), '--format', 'json', '--scope', 'openid,offline_access'];
  return new Running(['perform', 'device-code', ...flags, ...urls, ...credentials(party)], {});
}
