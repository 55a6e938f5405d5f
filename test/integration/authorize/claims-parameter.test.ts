/** The parameter `claims` (OpenID Connect Core §5.5). */
import fc from 'fast-check';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { type End } from '../../support/cookie-browser.js';
import { CALLBACK, type RelyingParty, send, type Tokens } from '../../support/relying-party.js';
import { overBothStores } from '../../support/stores.js';
import { Stage, stopped } from './stage.js';

const ASKED = {
  userinfo: { email: { essential: true }, picture: null },
  id_token: { nickname: null, auth_time: { essential: true } },
};
const CLAIMS = { email: 'a@example.org', name: 'Alice', nickname: 'Al' };
const CONSENT = { session: { id_token: CLAIMS, userinfo: { phone_number: '+41 44' } } };

async function userinfo({ server }: RelyingParty, { access_token }: Tokens): Promise<Record<string, unknown>> {
  return (await send('GET', `${server.public}/userinfo`, { headers: { authorization: `Bearer ${access_token}` } }))
    .json;
}

const names = (claims: Record<string, unknown>): string[] =>
  ['email', 'name', 'nickname', 'phone_number'].filter((name) => name in claims);

overBothStores('the parameter claims', (redis) => {
  const stage = new Stage(redis, {
    oidc: { claims_parameter: { enabled: true } },
    oauth2: { pushed_authorization_requests: { enabled: true } },
  });
  const address = (claims: unknown, over: Record<string, string> = {}): string =>
    stage.client.address({ claims: typeof claims === 'string' ? claims : JSON.stringify(claims), ...over });

  it('is shown to both apps as it was sent, without members that are not defined', async () => {
    const end = await stage.browser().walk(address({ ...ASKED, other: true }));
    expect([end.login?.['requested_claims'], end.consent?.['requested_claims']]).toEqual([ASKED, ASKED]);
  });

  it('is shown when it was pushed, and in a request object as an object or as text', async () => {
    const { json } = await stage.client.push({
      ...{ response_type: 'code', redirect_uri: CALLBACK, scope: 'openid', state: 'a-long-state' },
      claims: JSON.stringify(ASKED),
    });
    const pushed = stage.client.pushedAddress(json['request_uri'] as string);
    const unsigned = await stage.register({ request_object_signing_alg: 'none' });
    const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const objects = [ASKED, JSON.stringify(ASKED)].map((claims) =>
      unsigned.address({ request: `${encoded({ alg: 'none' })}.${encoded({ claims })}.` }),
    );
    for (const where of [pushed, ...objects]) {
      const { asked } = await stopped(stage.browser(), where, 'login');
      expect(asked['requested_claims']).toEqual(ASKED);
    }
  });

  it('is refused in a request object that names a member twice', async () => {
    const unsigned = await stage.register({ request_object_signing_alg: 'none' });
    const part = (text: string): string => Buffer.from(text).toString('base64url');
    const claims = '{"claims":{"id_token":{"acr":null,"acr":{"essential":true}}}}';
    const end = await stage.browser().walk(unsigned.address({ request: `${part('{"alg":"none"}')}.${part(claims)}.` }));
    expect(end.parameters['error']).toBe('invalid_request_object');
    expect(end.login).toBeUndefined();
  });

  it('survives a restart of the login for another person', async () => {
    const browser = stage.browser();
    await browser.walk(address(ASKED), { answers: { login: { remember: true } } });
    const { challenge, asked } = await stopped(browser, address(ASKED), 'login');
    expect(asked['skip']).toBe(true);
    const next = await browser.accept('login', challenge, { subject: 'bob' });
    const anew = await stopped(browser, next, 'login');
    expect(anew.asked).toMatchObject({ skip: false, requested_claims: ASKED });
  });

  it('decides where claims are delivered, also after a refresh, and never asks in vain for auth_time', async () => {
    const claims = { userinfo: { email: null, name: null }, id_token: { name: null, nickname: null, auth_time: null } };
    const end = await stage.browser().walk(address(claims), { answers: { consent: CONSENT } });
    let tokens = (await stage.client.redeem(end.parameters['code'] ?? '')).json as unknown as Tokens;
    for (let round = 0; round < 3; round++) {
      const idToken = decodeJwt(tokens.id_token);
      expect(names(idToken)).toEqual(['name', 'nickname']);
      expect(idToken).toHaveProperty('auth_time');
      expect(names(await userinfo(stage.client, tokens))).toEqual(['email', 'name', 'phone_number']);
      tokens = (await stage.client.refresh(tokens.refresh_token)).json as unknown as Tokens;
    }
  });

  it('decides in front-channel ID tokens too', async () => {
    const claims = { userinfo: { email: null }, id_token: { nickname: null } };
    const hybrid = address(claims, { response_type: 'code id_token' });
    const end = await stage.browser().walk(hybrid, { answers: { consent: CONSENT } });
    expect(names(decodeJwt(end.parameters['id_token'] ?? ''))).toEqual(['name', 'nickname']);
  });

  it('changes nothing for a grant without it', async () => {
    const tokens = await stage.client.tokens({}, CONSENT);
    expect(names(decodeJwt(tokens.id_token))).toEqual(['email', 'name', 'nickname']);
    expect(names(await userinfo(stage.client, tokens))).toEqual(['email', 'name', 'nickname', 'phone_number']);
  });

  it('asks in vain for an essential claim that the app does not know: that is no error', async () => {
    const end = await stage.browser().walk(address(ASKED));
    expect(end.parameters).toHaveProperty('code');
  });

  it.each([
    ['no json', {}],
    ['[]', {}],
    ['{"id_token":[]}', {}],
    ['{"userinfo":"email"}', {}],
    ['{"id_token":{"acr":"gold"}}', {}],
    ['{"id_token":{"acr":null,"acr":null}}', {}],
    [`{"id_token":{"a":${'['.repeat(200)}${']'.repeat(200)}}}`, {}],
    [`{"userinfo":{"a":{"value":"${'x'.repeat(16_384)}"}}}`, {}],
    ['{"userinfo":{"email":null}}', { scope: 'photos.read' }],
    ['{"userinfo":{"email":null}}', { response_type: 'id_token' }],
  ])('is refused as invalid_request: %.60s with %j', async (claims, over) => {
    const end = await stage.browser().walk(address(claims, over));
    expect(end.parameters).toMatchObject({ error: 'invalid_request', state: 'a-long-state' });
    expect(end.login).toBeUndefined();
    const parameters = { response_type: 'code', redirect_uri: CALLBACK, scope: 'openid', state: 'a-long-state' };
    const pushed = await stage.client.push({ ...parameters, nonce: 'a-long-nonce', claims, ...over });
    expect([pushed.status >= 400 && pushed.status < 500, pushed.json['error']]).toEqual([true, 'invalid_request']);
  });

  it('for one person is not answered about another, whoever logs in', async () => {
    const alice = { id_token: { sub: { value: 'alice' } } };
    const browser = stage.browser();
    const other = await browser.walk(address(alice), { answers: { login: { subject: 'bob', remember: true } } });
    expect(other.parameters['error']).toBe('login_required');
    const right = await browser.walk(address(alice), { answers: { login: { subject: 'alice', remember: true } } });
    expect(right.parameters).toHaveProperty('code');
    expect((await browser.walk(address(alice))).login).toMatchObject({ skip: true });
    const bob = { userinfo: { sub: { value: 'bob' } } };
    const silent = await browser.walk(address(bob, { prompt: 'none' }));
    expect(silent.parameters['error']).toBe('login_required');
    const asked = await browser.walk(address(bob), { answers: { login: { subject: 'bob' } } });
    expect(asked.login).toMatchObject({ skip: false });
    expect(asked.login).not.toHaveProperty('known_subject');
    expect(asked.parameters).toHaveProperty('code');
  });

  it('and acr_values of any content are answered without a fault of the server', async () => {
    const near = fc
      .tuple(fc.constantFrom('userinfo', 'id_token'), fc.constantFrom('acr', 'sub', '__proto__', 'x'), fc.jsonValue())
      .map(([member, name, value]) => JSON.stringify({ [member]: { [name]: { essential: true, value } } }));
    const sent = fc.oneof(fc.string(), fc.json({ maxDepth: 6 }), near);
    await fc.assert(
      fc.asyncProperty(sent, fc.string({ unit: 'binary' }), async (claims, acr_values) => {
        const { status } = await stage.ask('GET', stage.client.address({ claims, acr_values }));
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 150 },
    );
    const end = await stage.browser().walk(address(ASKED, { acr_values: 'a '.repeat(200) }));
    expect(end.parameters).toHaveProperty('code'); // the same word is one value
    const many = Array.from({ length: 101 }, (_, i) => `a${i}`).join(' ');
    expect((await stage.browser().walk(address({}, { acr_values: many }))).parameters['error']).toBe('invalid_request');
  });
});

describe('for a pairwise client the parameter claims', () => {
  const stage = new Stage(undefined, {
    oidc: {
      claims_parameter: { enabled: true },
      subject_identifiers: { supported_types: ['public', 'pairwise'], pairwise: { salt: 'a-salt-of-the-tests' } },
    },
  });

  it('names a person by the identifier that the client knows, and reveals no other', async () => {
    const client = await stage.register({ subject_type: 'pairwise' });
    const browser = stage.browser();
    const ends: End[] = [await browser.walk(client.address(), { answers: { login: { remember: true } } })];
    const sub = decodeJwt((await client.redeem(ends[0]?.parameters['code'] ?? '')).json['id_token'] as string).sub;
    expect(sub).not.toBe('alice');
    const asked = (value: unknown) => client.address({ claims: JSON.stringify({ id_token: { sub: { value } } }) });
    expect((await browser.walk(asked(sub))).login).toMatchObject({ skip: true, subject: 'alice' });
    const guessed = await browser.walk(asked('alice'));
    expect(guessed.login).toMatchObject({ skip: false });
    expect(guessed.parameters['error']).toBe('login_required');
  });
});

describe('while the parameter claims is off', () => {
  const off = new Stage();

  it('it means nothing, however malformed', async () => {
    const claims = '{"id_token":{"acr":{"essential":true,"value":"gold"},"sub":{"value":"nobody"}}}';
    for (const sent of [claims, 'no json']) {
      const end = await off.browser().walk(off.client.address({ claims: sent }));
      expect(end.parameters).toHaveProperty('code');
      for (const asked of [end.login, end.consent]) expect(asked).not.toHaveProperty('requested_claims');
    }
  });
});
