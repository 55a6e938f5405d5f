import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEVICE_CODE, JWT_BEARER } from '../../../src/protocol/constants.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type Answer, CALLBACK, RelyingParty, type Tokens } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const FORM = 'application/x-www-form-urlencoded';
const MIB = 1_048_576;

/** The request: a body of bytes or text. The client authenticates in the header unless the request says otherwise. */
interface Sent {
  method?: string;
  path?: string;
  body?: string | Buffer;
  type?: string;
}

type Expected = [status: number, error: string];

const INVALID_REQUEST: Expected = [400, 'invalid_request'];
const TOO_LARGE: Expected = [413, 'invalid_request'];

describe('bad input at the client endpoints', () => {
  let database: TestDatabase;
  let server: TestServer;
  let client: RelyingParty;
  let foreign: RelyingParty;

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(database.dsn);
    const all = {
      client_secret: 'a-secret-of-the-tests',
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_CODE, JWT_BEARER],
    };
    client = (await RelyingParty.register(server, all)).withSecret(all.client_secret);
    foreign = (await RelyingParty.register(server, all)).withSecret(all.client_secret);
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  async function send({ method = 'POST', path = '/oauth2/token', body, type = FORM }: Sent): Promise<Answer> {
    const authorization = `Basic ${Buffer.from(`${client.clientId}:${client.secret}`).toString('base64')}`;
    const headers = { authorization, ...(body === undefined ? {} : { 'content-type': type }) };
    const response = await fetch(server.public + path, { method, headers, body });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parsed(text) };
  }

  function expectRefusal({ status, json, headers, text }: Answer, [wanted, error]: Expected): void {
    expect([status, json.error], text).toEqual([wanted, error]);
    expect(json.error_description).toMatch(/\w'?\.(\.\.)?$/);
    expect((json.error_description as string).length).toBeLessThan(1_000); // however long what it quotes was
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('pragma')).toBe('no-cache');
  }

  const ENDPOINTS = ['/oauth2/token', '/oauth2/revoke', '/oauth2/device/auth'];
  const grant = 'grant_type=client_credentials';
  const FORMS: [what: string, sent: Sent, expected: Expected][] = [
    ['JSON', { body: `{"grant_type":"client_credentials"}`, type: 'application/json' }, INVALID_REQUEST],
    ['a body without its type', { body: grant, type: 'text/plain' }, INVALID_REQUEST],
    ['no body', {}, INVALID_REQUEST],
    ['an encoded NUL', { body: `${grant}&client_id=a%00b&token=a%00b` }, INVALID_REQUEST],
    ['a raw NUL', { body: Buffer.from(`${grant}&scope=a\0b`) }, INVALID_REQUEST],
    [
      'bytes that are no UTF-8',
      { body: Buffer.concat([Buffer.from(`${grant}&scope=`), Buffer.from([0xff, 0xfe])]) },
      INVALID_REQUEST,
    ],
    ['encoded bytes that are no UTF-8', { body: `${grant}&scope=%ff%fe` }, INVALID_REQUEST],
    ['a broken percent sign', { body: `${grant}&scope=100%` }, INVALID_REQUEST],
    ['a form over a mebibyte', { body: `${grant}&scope=${'a'.repeat(MIB)}` }, TOO_LARGE],
    ['a multipart form without boundary', { body: 'x', type: 'multipart/form-data' }, INVALID_REQUEST],
    [
      'a multipart form that breaks off',
      { body: '--x\r\nContent-Dis', type: 'multipart/form-data; boundary=x' },
      INVALID_REQUEST,
    ],
  ];
  const everywhere = ENDPOINTS.flatMap((path) =>
    FORMS.map(([what, sent, expected]) => ({ path, what, sent, expected })),
  );

  it.each(everywhere)('$path refuses $what', async ({ path, sent, expected }) => {
    expectRefusal(await send({ ...sent, path }), expected);
  });

  it.each(ENDPOINTS.flatMap((path) => ['GET', 'PUT', 'DELETE'].map((method) => ({ path, method }))))(
    '$path does not answer $method',
    async ({ path, method }) => {
      const { status, text } = await send({ method, path: `${path}?${grant}` });
      expect(status).toBe(404);
      expect(text).not.toContain('access_token');
    },
  );

  it.each([
    ['no grant type', 'scope=openid', INVALID_REQUEST],
    ['a grant type that is unknown', 'grant_type=password', [400, 'unsupported_grant_type']],
    ['a grant type that differs in case', 'grant_type=Client_Credentials', [400, 'unsupported_grant_type']],
    ['a scope just below the limit of forms', `${grant}&scope=${'s'.repeat(MIB - 200)}`, [400, 'invalid_scope']],
    ['a hundred thousand scopes', `${grant}&scope=${'s+'.repeat(100_000)}`, [400, 'invalid_scope']],
    ['an audience that is not registered', `${grant}&audience=https://other.example`, INVALID_REQUEST],
    ['no code', 'grant_type=authorization_code', [400, 'invalid_grant']],
    ['a device code that is none', `grant_type=${DEVICE_CODE}&device_code=x`, [400, 'invalid_grant']],
    ['an assertion that is none', `grant_type=${JWT_BEARER}&assertion=a.b.c`, [400, 'invalid_grant']],
  ] as [string, string, Expected][])('the token endpoint refuses %s', async (_, body, expected) => {
    expectRefusal(await send({ body }), expected);
  });

  it.each([
    `${grant}&grant_type=password`,
    `${grant}&grant_type=client_credentials`,
    `${grant}&scope=openid&scope=openid`,
    `${grant}&scope=&scope=openid`,
    `${grant}&unknown=1&unknown=2`,
  ])('a repeated parameter is refused (RFC 6749 §3.2): %s', async (body) => {
    expectRefusal(await send({ body }), INVALID_REQUEST);
  });

  describe('credentials', () => {
    let tokens: Tokens;
    let code: string;

    beforeAll(async () => {
      tokens = await client.tokens();
      code = await client.code();
    });

    /** A text that looks like the token. */
    const FORGERIES: [what: string, make: (token: string) => string][] = [
      ['altered at its end', (token) => token.slice(0, -4) + (token.endsWith('AAAA') ? 'BBBB' : 'AAAA')],
      ['altered at its begin', (token) => token.replace(/^(.{7}).{4}/, '$1AAAA')],
      ['cut off', (token) => token.slice(0, -1)],
      ['made longer', (token) => `${token}A`],
      ['without its prefix', (token) => token.slice(7)],
      ['with the prefix of another kind', (token) => `ory_at_${token.slice(7)}`],
      ['with white space around it', (token) => ` ${token} `],
      ['an access token', () => tokens.access_token],
      ['an ID token', () => tokens.id_token],
      ['a long text', () => 'x'.repeat(100_000)],
      ['a text in other letters', () => 'ключ🔑'],
    ];

    it.each(FORGERIES)('a code %s is invalid_grant and revokes nothing', async (_, forge) => {
      expectRefusal(await client.redeem(forge(code)), [400, 'invalid_grant']);
    });

    it.each(FORGERIES)('a refresh token %s is invalid_grant and revokes nothing', async (_, forge) => {
      expectRefusal(await client.refresh(forge(tokens.refresh_token)), [400, 'invalid_grant']);
      expect(await client.isActive(tokens.refresh_token)).toBe(true);
    });

    it.each(FORGERIES.filter(([what]) => !/^an access token|prefix of another/.test(what)))(
      'a token %s is revoked in vain, and inactive',
      async (_, forge) => {
        const token = forge(tokens.access_token);
        expect(await client.isActive(token)).toBe(false);
        const { status, text, headers } = await client.revoke(token);
        expect([status, text, headers.get('cache-control')]).toEqual([200, '', 'no-store']);
        expect(await client.isActive(tokens.access_token)).toBe(true);
      },
    );

    it('of another client are refused and stay as they were', async () => {
      expectRefusal(await foreign.redeem(code), [400, 'invalid_grant']);
      expectRefusal(await foreign.refresh(tokens.refresh_token), [400, 'invalid_grant']);
      for (const token of [tokens.access_token, tokens.refresh_token]) {
        expect((await foreign.revoke(token)).status).toBe(200);
        expect(await client.isActive(token)).toBe(true);
      }
    });

    it('survive all of these attempts, and are revoked by a second use', async () => {
      const redeemed = (await client.redeem(code)).json as unknown as Tokens;
      expect(await client.isActive(redeemed.access_token)).toBe(true);
      expectRefusal(await client.redeem(code), [400, 'invalid_grant']);
      expect(await client.isActive(redeemed.access_token)).toBe(false);
      expect((await client.refresh(tokens.refresh_token)).status).toBe(200);
      expectRefusal(await client.refresh(tokens.refresh_token), [400, 'invalid_grant']);
      expect(await client.isActive(tokens.access_token)).toBe(false);
    });

    it('that have expired are refused', async () => {
      const short = await RelyingParty.register(server, {
        client_secret: 'a-secret-of-the-tests',
        authorization_code_grant_access_token_lifespan: '1ms',
        authorization_code_grant_refresh_token_lifespan: '1ms',
      });
      const party = short.withSecret('a-secret-of-the-tests');
      const late = await party.tokens({ redirect_uri: CALLBACK });
      expect([await party.isActive(late.access_token), await party.isActive(late.refresh_token)]).toEqual([
        false,
        false,
      ]);
      expectRefusal(await party.refresh(late.refresh_token), [400, 'invalid_grant']);
    });

    it('that do not authenticate the client are invalid_client', async () => {
      const wrong = await client.withSecret('not-the-secret').token({ grant_type: 'client_credentials' });
      expectRefusal(wrong, [401, 'invalid_client']);
      expect(wrong.headers.get('www-authenticate')).toMatch(/^Basic /);
    });
  });
});

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
