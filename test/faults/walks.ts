/**
 * Whole flows, step by step: each step is one request (or one answer of an app), and knows only what the person, the
 * app or the client would have kept from the steps before.
 */
import { decodeJwt } from 'jose';
import { expect } from 'vitest';
import { CookieBrowser } from '../support/cookie-browser.js';
import type { Receiver } from '../support/receiver.js';
import { type Answer, RelyingParty, send, type Tokens } from '../support/relying-party.js';
import type { TestServer } from '../support/server.js';

const BYE = 'https://app.example/bye';
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

/** The state outside the server while a flow is in progress. */
export class Walker {
  readonly browser: CookieBrowser;
  /** Where the browser was sent last. */
  at = '';
  /** The `request_uri` that the client was given for its request. */
  requestUri = '';
  tokens: Partial<Tokens> = {};
  device: Record<string, string> = {};

  constructor(
    private client: RelyingParty,
    readonly receiver: Receiver,
  ) {
    this.browser = new CookieBrowser(client.server);
  }

  static async arrive(server: TestServer, receiver: Receiver): Promise<Walker> {
    const client = await RelyingParty.register(server, {
      grant_types: ['authorization_code', 'refresh_token', DEVICE_CODE],
      post_logout_redirect_uris: [BYE],
      backchannel_logout_uri: `${receiver.url}/out`,
    });
    return new Walker(client, receiver);
  }

  get app(): RelyingParty {
    return this.client;
  }

  /** Continues with the server that replaced the earlier one. */
  meet(server: TestServer): void {
    this.client = this.client.at(server);
    this.browser.server = server;
  }

  async go(address: string): Promise<void> {
    const answer = await this.browser.go(address);
    this.at = answer.headers.get('location') ?? '';
    expect(this.at, `${address.slice(0, 60)} ended with ${String(answer.status)}: ${answer.text}`).not.toBe('');
  }

  parameter(name: string): string {
    return new URL(this.at).searchParams.get(name) ?? expect.fail(`No ${name} in ${this.at}`);
  }

  async accept(step: 'login' | 'consent', over: object = {}): Promise<void> {
    this.at = await this.browser.accept(step, this.parameter(`${step}_challenge`), { remember: true, ...over });
  }

  keep({ status, json, text }: Answer): void {
    expect(status, text).toBe(200);
    this.tokens = json;
  }

  async subjectAtUserinfo(): Promise<unknown> {
    const headers = { authorization: `Bearer ${this.tokens.access_token ?? ''}` };
    return (await send('GET', `${this.app.server.public}/userinfo`, { headers })).json.sub;
  }
}

export interface Step {
  name: string;
  take: (walker: Walker) => Promise<unknown>;
}

const step = (name: string, take: Step['take']): Step => ({ name, take });

const loginAndConsent: Step[] = [
  step('the login app accepts', (walker) => walker.accept('login')),
  step('the browser brings the login verifier', (walker) => walker.go(walker.at)),
  step('the consent app accepts', (walker) => walker.accept('consent')),
  step('the browser brings the consent verifier', (walker) => walker.go(walker.at)),
];

const codeSteps: Step[] = [
  step('the browser visits', (walker) => walker.go(walker.app.address())),
  ...loginAndConsent,
  step('the client redeems the code', async (walker) => {
    walker.keep(await walker.app.redeem(walker.parameter('code')));
  }),
];

const refresh = step('the client refreshes', async (walker) => {
  const before = walker.tokens.access_token ?? '';
  walker.keep(await walker.app.refresh(walker.tokens.refresh_token ?? ''));
  expect(await walker.app.isActive(before)).toBe(false);
});

const CODE: Step[] = [
  ...codeSteps,
  step('the client asks userinfo', async (walker) => {
    expect(await walker.subjectAtUserinfo()).toBe('alice');
  }),
  refresh,
  step('a resource server introspects', async (walker) => {
    expect(await walker.app.isActive(walker.tokens.access_token ?? '')).toBe(true);
  }),
  step('the person comes again, with login and consent remembered', async (walker) => {
    const { parameters, login, consent } = await walker.browser.walk(walker.app.address({ prompt: 'none' }));
    expect([login?.skip, consent?.skip]).toEqual([true, true]);
    expect((await walker.app.redeem(parameters.code ?? '')).status).toBe(200);
  }),
  step('the client refreshes what it refreshed before', (walker) => refresh.take(walker)),
  step('the client revokes', async (walker) => {
    expect((await walker.app.revoke(walker.tokens.refresh_token ?? '')).status).toBe(200);
  }),
  step('revoked tokens are not valid', async (walker) => {
    expect(await walker.app.isActive(walker.tokens.access_token ?? '')).toBe(false);
    expect((await walker.app.refresh(walker.tokens.refresh_token ?? '')).json.error).toBe('invalid_grant');
  }),
];

/** RFC 9126 §4, §7.3: visits only read a pushed request, and the response spends it. */
const PUSHED: Step[] = [
  step('the client pushes its request', async (walker) => {
    const parameters = Object.fromEntries(new URL(walker.app.address(), BYE).searchParams);
    const { status, json, text } = await walker.app.push(parameters);
    expect(status, text).toBe(201);
    walker.requestUri = json.request_uri as string;
  }),
  step('the browser visits', (walker) => walker.go(walker.app.pushedAddress(walker.requestUri))),
  step('the browser reloads the page', (walker) => walker.go(walker.app.pushedAddress(walker.requestUri))),
  ...loginAndConsent,
  step('another browser finds the request spent', async (walker) => {
    const other = new CookieBrowser(walker.app.server);
    const { headers } = await other.go(walker.app.pushedAddress(walker.requestUri));
    expect(new URL(headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_request_uri');
  }),
  step('the client redeems the code', async (walker) => {
    walker.keep(await walker.app.redeem(walker.parameter('code')));
  }),
  refresh,
];

const poll = (walker: Walker): Promise<Answer> =>
  walker.app.token({ grant_type: DEVICE_CODE, device_code: walker.device.device_code ?? '' });

const DEVICE: Step[] = [
  step('the device asks for its codes', async (walker) => {
    walker.device = (await walker.app.startDevice()).json as Record<string, string>;
  }),
  step('the device polls too early', async (walker) => {
    expect((await poll(walker)).json.error).toBe('authorization_pending');
  }),
  step('the browser visits', (walker) => walker.go('/oauth2/device/verify')),
  step('the device app accepts the user code', async (walker) => {
    const path = `/oauth2/auth/requests/device/accept?device_challenge=${walker.parameter('device_challenge')}`;
    const { json, text } = await walker.app.admin('PUT', path, { user_code: walker.device.user_code });
    expect(json.redirect_to, text).toBeDefined();
    walker.at = json.redirect_to as string;
  }),
  step('the browser brings the device verifier', (walker) => walker.go(walker.at)),
  ...loginAndConsent,
  step('the device polls', async (walker) => {
    walker.keep(await poll(walker));
  }),
  step('the device asks userinfo', async (walker) => {
    expect(await walker.subjectAtUserinfo()).toBe('alice');
  }),
  refresh,
  step('the device code is spent', async (walker) => {
    expect((await poll(walker)).json.error).toBe('invalid_grant');
  }),
];

const LOGOUT: Step[] = [
  step('the person logs in', async (walker) => {
    for (const { take } of codeSteps) await take(walker);
  }),
  step('the browser begins the logout', (walker) => {
    const parameters = { id_token_hint: walker.tokens.id_token ?? '', post_logout_redirect_uri: BYE, state: 'a-state' };
    return walker.go(`/oauth2/sessions/logout?${new URLSearchParams(parameters).toString()}`);
  }),
  step('the logout app accepts', async (walker) => {
    const path = `/oauth2/auth/requests/logout/accept?logout_challenge=${walker.parameter('logout_challenge')}`;
    walker.at = (await walker.app.admin('PUT', path)).json.redirect_to as string;
  }),
  step('the browser brings the logout verifier', async (walker) => {
    await walker.go(walker.at);
    expect(walker.at).toBe(`${BYE}?state=a-state`);
  }),
  step('nobody is logged in', async (walker) => {
    await walker.go(walker.app.address({ prompt: 'none' }));
    expect(walker.parameter('error')).toBe('login_required');
  }),
  step('the client is notified through the back channel', async (walker) => {
    const sid = decodeJwt(walker.tokens.id_token ?? '')['sid'];
    const told = (await walker.receiver.received(1)).map(
      ({ form }) => decodeJwt(form.get('logout_token') ?? '')['sid'],
    );
    expect(new Set(told)).toEqual(new Set([sid]));
  }),
];

export const WALKS: Record<string, Step[]> = {
  'the code flow': CODE,
  'a pushed request': PUSHED,
  'the device flow': DEVICE,
  'the logout': LOGOUT,
};
