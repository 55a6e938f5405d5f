import { describe, expect, it } from 'vitest';
import type { RegisteredClient } from '../../clients/registered-client.js';
import type { AuthorizationRequest } from '../../protocol/authorization-request.js';
import type { OAuthError } from '../../protocol/oauth-error.js';
import type { LoginSession } from '../sessions/login-sessions.js';
import type { ConsentSituation } from './consent-reasons/consent-reason.js';
import type { LoginOutcome } from './login-checks/login-check.js';
import { maySkipConsent, maySkipLogin, refuseLogin } from './prompt-policy.js';

const NOW = new Date('2026-03-01T12:00:00.400Z');
const secondsAgo = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1000);
const request = (over: Partial<AuthorizationRequest> = {}): AuthorizationRequest => ({
  clientId: 'shop',
  responseTypes: ['code'],
  responseMode: 'query',
  redirectUri: 'https://app.example/cb',
  redirectUriSent: true,
  scope: ['openid'],
  audience: [],
  state: 'a-state-of-the-test',
  prompt: [],
  acrValues: [],
  uiLocales: [],
  requestUrl: 'https://id.example/oauth2/auth',
  ...over,
});
const session = (authenticatedAt: Date): LoginSession => ({
  id: '0195a000-0000-7000-8000-000000000000',
  subject: 'alice',
  authenticatedAt,
  remember: true,
  expiresAt: new Date('2027-01-01T00:00:00Z'),
});

describe('whether a login may be skipped', () => {
  const asked = (over: Partial<AuthorizationRequest>, authenticatedAt?: Date): boolean | string => {
    const situation = { request: request(over), session: authenticatedAt && session(authenticatedAt), now: NOW };
    try {
      return maySkipLogin(situation);
    } catch (error) {
      return (error as OAuthError).code;
    }
  };

  it.each([
    ['without a session', {}, undefined, false],
    ['with a session', {}, secondsAgo(10), true],
    ['with a session and prompt=none', { prompt: ['none'] }, secondsAgo(10), true],
    ['with a session and prompt=consent', { prompt: ['consent'] }, secondsAgo(10), true],
    ['without a session and prompt=none', { prompt: ['none'] }, undefined, 'login_required'],
    ['with prompt=login', { prompt: ['login'] }, secondsAgo(10), false],
    ['with prompt=select_account', { prompt: ['select_account'] }, secondsAgo(10), false],
    ['with a login as old as max_age', { maxAge: 10 }, secondsAgo(10), true],
    ['with a login older than max_age', { maxAge: 10 }, secondsAgo(11), false],
    [
      'with a login older than max_age and prompt=none',
      { maxAge: 10, prompt: ['none'] },
      secondsAgo(11),
      'login_required',
    ],
    ['with max_age=0, in the second of the login', { maxAge: 0 }, NOW, false],
    ['with max_age=0 and prompt=none', { maxAge: 0, prompt: ['none'] }, NOW, 'login_required'],
  ])('%s', (_, over: Partial<AuthorizationRequest>, authenticatedAt, expected) => {
    expect(asked(over, authenticatedAt)).toBe(expected);
  });
});

describe('why nobody may be asked is explained', () => {
  it.each([
    [false, 'nobody is logged in: ask without it'],
    [true, 'with a frame on another site: it blocks third-party cookies'],
  ])('where no session came, in a frame on another site: %s', (framed, expected) => {
    const situation = { request: request({ prompt: ['none'] }), framed, now: NOW };
    const explained = (): string | undefined => {
      try {
        return String(maySkipLogin(situation));
      } catch (error) {
        return (error as OAuthError).hint;
      }
    };
    expect(explained()).toContain(expected);
  });
});

describe('whether a login does for its request', () => {
  const REQUESTED = 1_772_366_400;
  const outcome = (over: Partial<LoginOutcome> = {}): LoginOutcome => ({
    request: request(),
    client: { isPublic: false } as RegisteredClient,
    requestedAt: REQUESTED,
    authTime: REQUESTED + 5,
    now: REQUESTED + 10,
    names: ['alice'],
    dev: false,
    ...over,
  });
  const publicClient = { isPublic: true } as RegisteredClient;

  it.each<[string, Partial<LoginOutcome>, string | undefined]>([
    ['a login after the request', {}, undefined],
    ['a time of the login within the leeway of clocks', { authTime: REQUESTED + 15 }, undefined],
    ['a time of the login beyond it', { authTime: REQUESTED + 16 }, 'server_error'],
    ['a login as old as max_age allows', { request: request({ maxAge: 60 }), authTime: REQUESTED - 60 }, undefined],
    ['an older one', { request: request({ maxAge: 60 }), authTime: REQUESTED - 61 }, 'login_required'],
    ['prompt=none and a login before', { request: request({ prompt: ['none'] }), authTime: REQUESTED - 1 }, undefined],
    ['prompt=none and a login after', { request: request({ prompt: ['none'] }) }, 'login_required'],
    [
      'prompt=login and a login in the same second',
      { request: request({ prompt: ['login'] }), authTime: REQUESTED },
      undefined,
    ],
    [
      'prompt=login and a login before',
      { request: request({ prompt: ['login'] }), authTime: REQUESTED - 1 },
      'login_required',
    ],
    ['a hint of this person', { request: request({ idTokenHintClaims: { sub: 'alice' } }) }, undefined],
    [
      'a hint of the pairwise name',
      { request: request({ idTokenHintClaims: { sub: 'p' } }), names: ['alice', 'p'] },
      undefined,
    ],
    ['a hint of somebody else', { request: request({ idTokenHintClaims: { sub: 'bob' } }) }, 'login_required'],
    [
      'a public client with plain http and prompt=none',
      {
        client: publicClient,
        request: request({ redirectUri: 'http://app.example/cb', prompt: ['none'] }),
        authTime: REQUESTED,
      },
      'consent_required',
    ],
    [
      'the same in development',
      {
        client: publicClient,
        request: request({ redirectUri: 'http://app.example/cb', prompt: ['none'] }),
        authTime: REQUESTED,
        dev: true,
      },
      undefined,
    ],
    [
      'the same on a loopback address',
      {
        client: publicClient,
        request: request({ redirectUri: 'http://127.0.0.1/cb', prompt: ['none'] }),
        authTime: REQUESTED,
      },
      undefined,
    ],
    [
      'the same for a device, which has no redirect URI',
      {
        client: publicClient,
        request: request({ redirectUri: '', deviceAuthorization: 'd', prompt: ['none'] }),
        authTime: REQUESTED,
      },
      undefined,
    ],
  ])('%s', (_, over, code) => {
    expect(refuseLogin(outcome(over))?.code).toBe(code);
  });
});

describe('whether consent may be skipped', () => {
  const confidential = { isPublic: false } as RegisteredClient;
  const publicClient = { isPublic: true } as RegisteredClient;
  const asked = (over: Partial<ConsentSituation>): boolean | string => {
    const situation = { request: request(), client: confidential, scopeStrategy: 'wildcard' as const, ...over };
    const skip = maySkipConsent(situation);
    return typeof skip === 'boolean' ? skip : skip.code;
  };
  const none = (over: Partial<AuthorizationRequest> = {}) => request({ prompt: ['none'], ...over });

  it.each<[string, Partial<ConsentSituation>, boolean | string]>([
    ['nothing remembered', {}, false],
    ['nothing remembered and prompt=none', { request: none() }, 'consent_required'],
    ['the same scopes remembered', { rememberedScope: ['openid'] }, true],
    ['the same with prompt=none', { rememberedScope: ['openid'], request: none() }, true],
    ['more scopes remembered', { rememberedScope: ['openid', 'email'] }, true],
    [
      'fewer scopes remembered',
      { rememberedScope: ['openid'], request: request({ scope: ['openid', 'email'] }) },
      false,
    ],
    ['a pattern remembered', { rememberedScope: ['photos.*'], request: request({ scope: ['photos.read'] }) }, true],
    [
      'a pattern remembered, by the exact strategy',
      { rememberedScope: ['photos.*'], request: request({ scope: ['photos.read'] }), scopeStrategy: 'exact' },
      false,
    ],
    ['no scope asked, none remembered', { rememberedScope: [], request: request({ scope: [] }) }, true],
    ['prompt=consent', { rememberedScope: ['openid'], request: request({ prompt: ['consent'] }) }, false],
    ['a public client with https', { rememberedScope: ['openid'], client: publicClient }, true],
    [
      'a public client on a loopback address',
      { rememberedScope: ['openid'], client: publicClient, request: request({ redirectUri: 'http://[::1]:4300/cb' }) },
      true,
    ],
    [
      'a public client on localhost',
      {
        rememberedScope: ['openid'],
        client: publicClient,
        request: request({ redirectUri: 'http://app.localhost/cb' }),
      },
      true,
    ],
    [
      'a public client with plain http',
      { rememberedScope: ['openid'], client: publicClient, request: request({ redirectUri: 'http://app.example/cb' }) },
      false,
    ],
    [
      'a public client with a scheme of its own',
      { rememberedScope: ['openid'], client: publicClient, request: request({ redirectUri: 'myapp://cb' }) },
      false,
    ],
    [
      'the same with prompt=none',
      { rememberedScope: ['openid'], client: publicClient, request: none({ redirectUri: 'myapp://cb' }) },
      'consent_required',
    ],
    [
      'a public client on a device',
      {
        rememberedScope: ['openid'],
        client: publicClient,
        request: request({ redirectUri: '', deviceAuthorization: 'd' }),
      },
      false,
    ],
    [
      'a confidential client on a device',
      { rememberedScope: ['openid'], request: request({ redirectUri: '', deviceAuthorization: 'd' }) },
      true,
    ],
  ])('%s', (_, over, expected) => {
    expect(asked(over)).toBe(expected);
  });
});
