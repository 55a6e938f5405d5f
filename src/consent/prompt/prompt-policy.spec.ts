import { describe, expect, it } from 'vitest';
import type { RegisteredClient } from '../../clients/registered-client.js';
import type { AuthorizationRequest } from '../../protocol/authorization-request.js';
import type { OAuthError } from '../../protocol/oauth-error.js';
import type { LoginSession } from '../sessions/login-sessions.js';
import { type ConsentSituation, maySkipConsent } from './may-skip-consent.js';
import { knownSubject, maySkipLogin } from './may-skip-login.js';
import { type LoginOutcome, refuseLogin } from './refuse-login.js';

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
const stepUp = { enabled: false, acr_values: [] as string[] };
const session = (authenticatedAt: Date): LoginSession => ({
  id: '0195a000-0000-7000-8000-000000000000',
  subject: 'alice',
  authenticatedAt,
  remember: true,
  expiresAt: new Date('2027-01-01T00:00:00Z'),
  untilBrowserClosed: false,
});

describe('whether a login may be skipped', () => {
  const asked = (over: Partial<AuthorizationRequest>, authenticatedAt?: Date): boolean | string => {
    const situation = {
      request: request(over),
      session: authenticatedAt && session(authenticatedAt),
      now: NOW,
      stepUp,
    };
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
    ['with a login of a replica whose clock is ahead', { maxAge: 10 }, secondsAgo(-300), true],
    ['with a login from farther in the future', {}, secondsAgo(-301), false],
    [
      'with a login from farther in the future and prompt=none',
      { prompt: ['none'] },
      secondsAgo(-301),
      'login_required',
    ],
    ['with max_age=0, in the second of the login', { maxAge: 0 }, NOW, false],
    ['with max_age=0 and prompt=none', { maxAge: 0, prompt: ['none'] }, NOW, 'login_required'],
  ])('%s', (_, over: Partial<AuthorizationRequest>, authenticatedAt, expected) => {
    expect(asked(over, authenticatedAt)).toBe(expected);
  });
});

describe('the error for prompt=none explains the reason', () => {
  it.each([
    [false, 'nobody is logged in: ask without it'],
    [true, 'with a frame on another site: it blocks third-party cookies'],
  ])('without a session, in a frame on another site: %s', (framed, expected) => {
    const situation = { request: request({ prompt: ['none'] }), framed, now: NOW, stepUp };
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

describe('whether a login is skipped for a request that asks for an acr', () => {
  const essential = { requestedClaims: { id_token: { acr: { essential: true, values: ['gold'] } } } };
  const wished = { acrValues: ['gold', 'silver'] };
  const on = { enabled: true, acr_values: ['gold'] };
  const onWithoutList = { enabled: true, acr_values: [] };

  it.each([
    ['an essential one that the session reached', { over: essential, acr: 'gold', configured: stepUp }, 'skipped'],
    ['an essential one that it did not reach', { over: essential, acr: 'silver', configured: stepUp }, 'alice'],
    [
      'an essential one where the session has none',
      { over: essential, acr: undefined, configured: onWithoutList },
      'alice',
    ],
    ['a wished one that it reached', { over: wished, acr: 'silver', configured: on }, 'skipped'],
    ['a wished one that it did not reach', { over: wished, acr: 'bronze', configured: on }, 'alice'],
    [
      'a wished one where the session has none and the app knows some',
      { over: wished, acr: undefined, configured: on },
      'alice',
    ],
    [
      'a wished one where the session has none and the app knows none',
      { over: wished, acr: undefined, configured: onWithoutList },
      'skipped',
    ],
    ['a wished one while step-up is off', { over: wished, acr: 'bronze', configured: stepUp }, 'skipped'],
    ['none', { over: {}, acr: 'bronze', configured: on }, 'skipped'],
    ['a younger login', { over: { maxAge: 5 }, acr: 'gold', configured: on }, 'alice'],
    ['a younger login while step-up is off', { over: { maxAge: 5 }, acr: 'gold', configured: stepUp }, 'nobody'],
    ['a login of prompt=login', { over: { prompt: ['login'], ...essential }, acr: 'silver', configured: on }, 'nobody'],
  ])('%s', (_, { over, acr, configured }, expected) => {
    const of = (more: Partial<AuthorizationRequest>) => ({
      ...{ request: request({ ...over, ...more }), session: { ...session(secondsAgo(10)), acr } },
      ...{ now: NOW, stepUp: configured },
    });
    const known = expected === 'alice' ? 'alice' : undefined;
    expect([maySkipLogin(of({})), knownSubject(of({}))]).toEqual([expected === 'skipped', known]);
    if (expected !== 'alice') return;
    expect(() => maySkipLogin(of({ prompt: ['none'] }))).toThrow(expect.objectContaining({ code: 'login_required' }));
  });

  it('knows nobody without a session', () => {
    const situation = { request: request(essential), now: NOW, stepUp: on };
    expect([maySkipLogin(situation), knownSubject(situation)]).toEqual([false, undefined]);
  });
});

describe('whether a login is skipped for a request for one person', () => {
  const asked = { requestedClaims: { id_token: { sub: { value: 'pairwise-alice' } } } };

  it.each([
    ['pairwise-alice', true],
    ['alice', false],
    ['pairwise-bob', false],
    [undefined, false],
  ])('who is %s for the client', (subjectIdentifier, skip) => {
    const situation = {
      request: request(asked),
      session: session(secondsAgo(10)),
      now: NOW,
      stepUp,
      subjectIdentifier,
    };
    expect(maySkipLogin(situation)).toBe(skip);
    expect(knownSubject(situation)).toBeUndefined(); // the app must not offer the wrong person
  });
});

describe('whether a login satisfies its request', () => {
  const REQUESTED = 1_772_366_400;
  const outcome = (over: Partial<LoginOutcome> = {}): LoginOutcome => ({
    request: request(),
    client: { isPublic: false } as RegisteredClient,
    requestedAt: REQUESTED,
    fresh: true,
    authTime: REQUESTED + 5,
    names: ['alice'],
    subjectIdentifier: 'alice',
    acr: '',
    dev: false,
    ...over,
  });
  /** A login that was skipped because of a session that began `seconds` before the request. */
  const skipped = (seconds: number): Partial<LoginOutcome> => ({ fresh: false, authTime: REQUESTED - seconds });
  const GOLD = { requestedClaims: { id_token: { acr: { essential: true, value: 'gold' } } } };
  const ALICE = { requestedClaims: { id_token: { sub: { value: 'alice' } } } };
  const late: Partial<LoginOutcome> = { authTime: REQUESTED - 90 };
  const publicClient = { isPublic: true } as RegisteredClient;

  it.each<[string, Partial<LoginOutcome>, string | undefined]>([
    ['a login after the request', {}, undefined],
    ['a session as old as max_age allows', { ...skipped(60), request: request({ maxAge: 60 }) }, undefined],
    ['a session older than max_age allows', { ...skipped(61), request: request({ maxAge: 60 }) }, 'login_required'],
    [
      'a fresh login that seems older because of a slow clock',
      { ...late, request: request({ maxAge: 60 }) },
      undefined,
    ],
    ['prompt=none and a session', { ...skipped(1), request: request({ prompt: ['none'] }) }, undefined],
    [
      'prompt=none and a session of a replica whose clock is ahead',
      { ...skipped(-30), request: request({ prompt: ['none'] }) },
      undefined,
    ],
    ['prompt=none and a fresh login', { request: request({ prompt: ['none'] }) }, 'login_required'],
    ['prompt=login and a fresh login', { request: request({ prompt: ['login'] }) }, undefined],
    [
      'prompt=login and a fresh login of a replica whose clock is behind',
      { ...late, request: request({ prompt: ['login'] }) },
      undefined,
    ],
    ['prompt=login and a session', { ...skipped(1), request: request({ prompt: ['login'] }) }, 'login_required'],
    ['a hint of this person', { request: request({ idTokenHintClaims: { sub: 'alice' } }) }, undefined],
    [
      'a hint with the pairwise identifier',
      { request: request({ idTokenHintClaims: { sub: 'p' } }), names: ['alice', 'p'] },
      undefined,
    ],
    ['a hint of somebody else', { request: request({ idTokenHintClaims: { sub: 'bob' } }) }, 'login_required'],
    [
      'a public client with plain http and prompt=none',
      {
        client: publicClient,
        request: request({ redirectUri: 'http://app.example/cb', prompt: ['none'] }),
        fresh: false,
      },
      'consent_required',
    ],
    [
      'a public client with plain http and prompt=none, in development',
      {
        client: publicClient,
        request: request({ redirectUri: 'http://app.example/cb', prompt: ['none'] }),
        fresh: false,
        dev: true,
      },
      undefined,
    ],
    [
      'a public client with a loopback address and prompt=none',
      {
        client: publicClient,
        request: request({ redirectUri: 'http://127.0.0.1/cb', prompt: ['none'] }),
        fresh: false,
      },
      undefined,
    ],
    [
      'a public client of a device, which has no redirect URI',
      {
        client: publicClient,
        request: request({ redirectUri: '', deviceAuthorization: 'd', prompt: ['none'] }),
        fresh: false,
      },
      undefined,
    ],
    ['an essential acr that was reached', { request: request(GOLD), acr: 'gold' }, undefined],
    ['an essential acr that was not', { request: request(GOLD), acr: 'silver' }, 'unmet_authentication_requirements'],
    ['an essential acr of which the app told nothing', { request: request(GOLD) }, 'unmet_authentication_requirements'],
    [
      'an essential acr that was not, and prompt=none',
      { request: request({ ...GOLD, prompt: ['none'] }), fresh: false, acr: 'silver' },
      'login_required',
    ],
    ['acr_values that were not reached', { request: request({ acrValues: ['gold'] }), acr: 'silver' }, undefined],
    ['the person who is asked for', { request: request(ALICE) }, undefined],
    ['another person', { request: request(ALICE), subjectIdentifier: 'bob' }, 'login_required'],
    [
      'the person whom the client knows by another identifier',
      { request: request(ALICE), names: ['alice', 'p'], subjectIdentifier: 'p' },
      'login_required',
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

  const remembered = (scope: string[], audience: string[] = []) => ({ id: 'a-consent', scope, audience });
  const wanting = (...audience: string[]) => request({ audience });

  it.each<[string, Partial<ConsentSituation>, boolean | string]>([
    ['nothing remembered', {}, false],
    ['the same audience remembered', { remembered: remembered(['openid'], ['a', 'b']), request: wanting('b') }, true],
    ['another audience remembered', { remembered: remembered(['openid'], ['a']), request: wanting('b') }, false],
    ['one of two audiences', { remembered: remembered(['openid'], ['a']), request: wanting('a', 'b') }, false],
    [
      'an audience above the one that is asked for',
      { remembered: remembered(['openid'], ['https://a.example']), request: wanting('https://a.example/b') },
      false,
    ],
    ['nothing remembered and prompt=none', { request: none() }, 'consent_required'],
    ['the same scopes remembered', { remembered: remembered(['openid']) }, true],
    ['the same scopes remembered and prompt=none', { remembered: remembered(['openid']), request: none() }, true],
    ['more scopes remembered', { remembered: remembered(['openid', 'email']) }, true],
    [
      'fewer scopes remembered',
      { remembered: remembered(['openid']), request: request({ scope: ['openid', 'email'] }) },
      false,
    ],
    [
      'a pattern remembered',
      { remembered: remembered(['photos.*']), request: request({ scope: ['photos.read'] }) },
      true,
    ],
    [
      'a pattern remembered, by the exact strategy',
      { remembered: remembered(['photos.*']), request: request({ scope: ['photos.read'] }), scopeStrategy: 'exact' },
      false,
    ],
    ['no scope asked, none remembered', { remembered: remembered([]), request: request({ scope: [] }) }, true],
    ['prompt=consent', { remembered: remembered(['openid']), request: request({ prompt: ['consent'] }) }, false],
    ['a public client with https', { remembered: remembered(['openid']), client: publicClient }, true],
    [
      'a public client on a loopback address',
      {
        remembered: remembered(['openid']),
        client: publicClient,
        request: request({ redirectUri: 'http://[::1]:4300/cb' }),
      },
      true,
    ],
    [
      'a public client on localhost',
      {
        remembered: remembered(['openid']),
        client: publicClient,
        request: request({ redirectUri: 'http://app.localhost/cb' }),
      },
      true,
    ],
    [
      'a public client with plain http',
      {
        remembered: remembered(['openid']),
        client: publicClient,
        request: request({ redirectUri: 'http://app.example/cb' }),
      },
      false,
    ],
    [
      'a public client with a scheme of its own',
      { remembered: remembered(['openid']), client: publicClient, request: request({ redirectUri: 'myapp://cb' }) },
      false,
    ],
    [
      'a public client with a scheme of its own and prompt=none',
      { remembered: remembered(['openid']), client: publicClient, request: none({ redirectUri: 'myapp://cb' }) },
      'consent_required',
    ],
    [
      'a public client on a device',
      {
        remembered: remembered(['openid']),
        client: publicClient,
        request: request({ redirectUri: '', deviceAuthorization: 'd' }),
      },
      false,
    ],
    [
      'a confidential client on a device',
      { remembered: remembered(['openid']), request: request({ redirectUri: '', deviceAuthorization: 'd' }) },
      true,
    ],
  ])('%s', (_, over, expected) => {
    expect(asked(over)).toBe(expected);
  });
});
