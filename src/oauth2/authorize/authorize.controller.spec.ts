import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClientEntity } from '../../clients/client.entity.js';
import type { ClientsService } from '../../clients/clients.service.js';
import type { MetadataDocuments } from '../../clients/metadata-documents/metadata-documents.service.js';
import type { UnchangedClient } from '../../clients/unchanged-client.js';
import { RegisteredClient } from '../../clients/registered-client.js';
import type { ConfigHolder } from '../../config/config-holder.js';
import type { StoredFlow } from '../../consent/flow/flow-repository.js';
import type { Granted } from '../../consent/consents/granted.js';
import type { AlsoPut } from '../../consent/interaction/flow-ending.js';
import type { GrantedInteraction, Interaction } from '../../consent/interaction/interaction.js';
import type { FoundFlow, InteractionDispatcher } from '../../consent/interaction/interaction-dispatcher.js';
import { FlowStoreUnavailable } from '../../flow-store/flow-store.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import type { Reply } from '../../http/replies/reply.js';
import { FaultPages } from '../../http/replies/fault-pages.js';
import { FormParams } from '../../http/exchange/form-params.js';
import { accessDenied, invalidRequest, OAuthError, requestForbidden } from '../../protocol/oauth-error.js';
import type { AuthorizationDraft, AuthorizationIssuance } from '../issuance/authorization-issuance.js';
import type { RequestedTokens } from '../issuance/front-channel-tokens.js';
import { AuthorizationRequests } from './authorization-requests.js';
import { AuthorizeController } from './authorize.controller.js';
import { AuthorizeService } from './authorize.service.js';
import { AuthorizationResponses } from './authorization-responses.js';
import { GrantedResponses } from './granted-responses.js';
import type { IdTokenHints } from '../../jwt/id-token-hints.js';
import type { RequestObjects } from './request-objects.js';
import { FreshClients } from '../issuance/fresh-clients.js';
import type { JwtResponses } from './jwt-responses.js';
import type { PushedRequests } from './pushed/pushed-requests.js';
import type { PushedVisits } from './pushed/pushed-visits.js';
import { ResumedFlows } from './resumed-flows.js';
import { AuthorizationResumption } from './authorization-resumption.js';

const CALLBACK = 'https://app.example/cb';
const GOOD = {
  client_id: 'shop',
  response_type: 'code',
  redirect_uri: CALLBACK,
  scope: 'openid',
  state: 'a-long-state',
};
const STORED = {
  clientId: 'shop',
  responseTypes: ['code', 'id_token', 'token'],
  responseMode: 'fragment',
  redirectUri: CALLBACK,
  scope: ['openid'],
  audience: [],
  state: 'stored-state',
};

const config = {
  current: {
    dev: false,
    limits: { authorize_query: 1000 },
    strategies: { scope: 'wildcard' },
    oauth2: {
      ...{ resource_indicators: { enabled: false }, protected_resources: [] },
      pkce: { enforced: false, enforced_for_public_clients: false },
      pushed_authorization_requests: { enabled: false, required: false },
      request_objects: { require_signed: false },
      dpop: { enabled: false },
      mtls: { enabled: false },
      jarm: { enabled: false },
      encryption: { enabled: false },
    },
    urls: {
      self: { issuer: 'https://id.example/', public: 'https://id.example/' },
      error: 'https://ui.example/error?tenant=a&error=none',
    },
  },
} as unknown as ConfigHolder;

const shop = (key = '1', redirectUris = [CALLBACK]): RegisteredClient =>
  new RegisteredClient({
    key,
    clientId: 'shop',
    rotatedSecretHashes: [],
    metadata: {
      redirect_uris: redirectUris,
      grant_types: ['authorization_code', 'implicit'],
      response_types: ['code', 'token', 'id_token', 'code id_token token'],
      scope: 'openid',
      audience: [],
    },
  } as unknown as ClientEntity);

const granted = (over: object = {}, scope = ['openid']): GrantedInteraction => ({
  kind: 'granted',
  granted: { request: { ...STORED, ...over }, grantedScope: scope } as unknown as Granted,
  cookies: ['session=s; HttpOnly'],
  stored: {} as StoredFlow,
  isRepeated: false,
});
const TO_LOGIN: Interaction = {
  kind: 'redirect',
  location: 'https://ui.example/login?login_challenge=C',
  cookies: ['a=b'],
};

interface Stand {
  client?: RegisteredClient;
  flow?: Partial<FoundFlow>;
  begin?: Interaction | Error;
  resume?: Interaction | Error;
  issue?: Error;
}

/** The endpoint with fakes of login and consent, issuance and the clients. */
function stand({ client = shop(), flow, begin = TO_LOGIN, resume = TO_LOGIN, issue }: Stand = {}) {
  const seen = { verifiers: [] as unknown[], wanted: [] as RequestedTokens[], kept: 0 };
  const settle = (outcome: Interaction | Error) =>
    outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
  const dispatcher = {
    begin: () => settle(begin),
    resume: (_found: FoundFlow, _client: RegisteredClient, _exchange: Exchange, alsoPut: AlsoPut) => {
      if ('granted' in resume) alsoPut(resume.granted); // a try that comes too late is followed by another
      return settle(resume);
    },
    find: (verifier: unknown) => {
      seen.verifiers.push(verifier);
      return Promise.resolve(flow && { request: STORED, clientKey: '1', ...flow });
    },
  } as unknown as InteractionDispatcher;
  const issuance = {
    draft: (_granted: Granted, _client: RegisteredClient, now: Date, wanted: RequestedTokens) => ({ now, wanted }),
    keep: () => Promise.resolve(seen.kept++),
    issue: (granted: Granted, _client: RegisteredClient, { wanted }: AuthorizationDraft) => {
      seen.wanted.push(wanted);
      if (issue) return Promise.reject(issue);
      return Promise.resolve({
        ...(wanted.code && { code: 'CODE' }),
        ...(wanted.accessToken && { accessToken: { token: 'TOKEN', expiresIn: 3600, scope: granted.grantedScope } }),
        ...(wanted.idToken && { idToken: 'ID' }),
      });
    },
  } as unknown as AuthorizationIssuance;
  const find = (id: string) => Promise.resolve(id === 'shop' ? client : undefined);
  const clients = {
    find,
    cached: find,
    remembered: () => client,
    forget: () => undefined,
  } as unknown as ClientsService;
  const unchanged = { during: (_: string, work: () => unknown) => work() } as UnchangedClient;
  const objects = { apply: (parameters: FormParams) => Promise.resolve(parameters) } as unknown as RequestObjects;
  const notPushed = { begin: () => Promise.resolve(undefined) } as unknown as PushedVisits;
  const responses = new AuthorizationResponses(config, {} as PushedRequests, {} as JwtResponses);
  const requests = new AuthorizationRequests(
    { client: find } as unknown as MetadataDocuments,
    objects,
    {} as IdTokenHints,
    config,
  );
  const resumption = new AuthorizationResumption(
    requests,
    new ResumedFlows(dispatcher, clients, config),
    new FreshClients(clients, unchanged),
    dispatcher,
    new GrantedResponses(issuance, responses),
    responses,
  );
  const service = new AuthorizeService(requests, notPushed, resumption, dispatcher, responses);
  const controller = new AuthorizeController(service, new FaultPages(config));
  const visit = (parameters: Record<string, string>, headers: Record<string, string> = {}) =>
    controller.authorize(exchange(parameters, headers));
  return { visit, seen };
}

function exchange(parameters: Record<string, string>, headers: Record<string, string>): Exchange {
  const rawQuery = new URLSearchParams(parameters).toString();
  return {
    ...{ method: 'GET', path: '/oauth2/auth', rawQuery, headers, requestId: 'r', arrivedAt: new Date() },
    query: () => FormParams.parse(rawQuery),
  } as unknown as Exchange;
}

function outcome(reply: Reply) {
  const url = new URL(String(reply.headers['location']));
  const parameters = Object.fromEntries(url.hash ? new URLSearchParams(url.hash.slice(1)) : url.searchParams);
  return { status: reply.status, at: url.origin + url.pathname, in: url.hash ? 'fragment' : 'query', parameters };
}

beforeEach(() => {
  for (const level of ['error', 'warn'] as const) vi.spyOn(Logger.prototype, level).mockImplementation(() => undefined);
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the first request', () => {
  it('redirects to the login app with 302, the cookies of the flow, and no-store', async () => {
    const reply = await stand().visit(GOOD);
    expect(reply).toEqual({
      status: 302,
      headers: {
        location: 'https://ui.example/login?login_challenge=C',
        'set-cookie': ['a=b'],
        'cache-control': 'no-store',
        pragma: 'no-cache',
      },
    });
  });

  it('shows what is wrong with client or redirect URI on the error page, whose own parameters are kept', async () => {
    const reply = await stand().visit({ ...GOOD, redirect_uri: 'https://evil.example/cb' });
    const { status, at, parameters } = outcome(reply);
    expect([status, at]).toEqual([302, 'https://ui.example/error']);
    expect(parameters).toEqual({
      tenant: 'a',
      error: 'invalid_request',
      error_description: expect.any(String) as string,
    });
    expect(reply.headers['cache-control']).toBe('no-store');
  });

  it('sends other errors to the client with state and issuer, by 303 and with no-store', async () => {
    const reply = await stand().visit({ ...GOOD, scope: 'admin', response_type: 'code id_token token' });
    expect(outcome(reply)).toMatchObject({
      ...{ status: 303, at: CALLBACK, in: 'fragment' },
      parameters: { error: 'invalid_scope', state: 'a-long-state', iss: 'https://id.example/' },
    });
    expect(reply.headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
  });

  it('sends errors of login and consent to the client', async () => {
    const reply = await stand({ begin: new OAuthError('login_required', { status: 400, description: 'Who?' }) }).visit(
      GOOD,
    );
    expect(outcome(reply).parameters).toMatchObject({ error: 'login_required', error_description: 'Who?' });
  });

  it.each([{ ...GOOD, state: '' }, Object.fromEntries(Object.entries(GOOD).filter(([name]) => name !== 'state'))])(
    'sends no state back where none came',
    async (sent) => {
      const { parameters } = outcome(await stand().visit(sent));
      expect(parameters).toMatchObject({ error: 'invalid_state' });
      expect(parameters).not.toHaveProperty('state');
    },
  );
});

describe('the return from login or consent', () => {
  it.each([
    ['was stored by the step that ended the flow', false, 0],
    ['is stored if another request ended the flow first', true, 1],
  ])('issues a code whose record %s', async (_, isRepeated, kept) => {
    const { visit, seen } = stand({ flow: { step: 'consent' }, resume: { ...granted(), isRepeated } });
    expect(outcome(await visit({ consent_verifier: 'C' })).parameters['code']).toBe('CODE');
    expect(seen.kept).toBe(kept);
  });

  it.each([
    [{ login_verifier: 'L', consent_verifier: 'C' }, { login: 'L' }],
    [{ consent_verifier: 'C' }, { consent: 'C' }],
    [{ login_verifier: '', consent_verifier: 'C' }, { consent: 'C' }],
  ])('%j looks for %j', async (parameters, verifier) => {
    const { visit, seen } = stand({ flow: {} });
    await visit(parameters);
    expect(seen.verifiers).toEqual([verifier]);
  });

  it('uses the stored request, whatever the address contains', async () => {
    const { visit } = stand({ flow: {}, resume: requestForbidden('No cookie.') });
    const reply = await visit({ ...GOOD, redirect_uri: 'https://evil.example', state: 'other', login_verifier: 'L' });
    expect(outcome(reply)).toMatchObject({
      ...{ status: 303, at: CALLBACK, in: 'fragment' },
      parameters: { error: 'request_forbidden', state: 'stored-state' },
    });
  });

  it('with an unknown verifier sends access_denied to the client of the address', async () => {
    const { parameters, at } = outcome(await stand().visit({ ...GOOD, scope: 'nope', login_verifier: 'x' }));
    expect([at, parameters.error, parameters.state]).toEqual([CALLBACK, 'access_denied', 'a-long-state']);
  });

  it.each([
    ['with an unknown verifier and no client', { consent_verifier: 'x' }, {}, 'invalid_client'],
    ['of another client', { ...GOOD, client_id: 'other', login_verifier: 'L' }, { flow: {} }, 'invalid_client'],
    ['of a deleted client', { ...GOOD, login_verifier: 'L' }, { flow: { clientKey: '2' } }, 'invalid_client'],
    [
      'whose redirect URI was taken off the client',
      { ...GOOD, login_verifier: 'L' },
      { flow: {}, client: shop('1', ['https://app.example/new']) },
      'invalid_request',
    ],
  ])('%s ends on the error page', async (_, parameters, over, code) => {
    const reply = await stand(over).visit(parameters);
    expect(outcome(reply)).toMatchObject({ at: 'https://ui.example/error', parameters: { error: code } });
  });

  it('of a device flow is refused by this endpoint', async () => {
    const flow = { request: { ...STORED, redirectUri: '', deviceAuthorization: 'd' } } as unknown as FoundFlow;
    const { parameters } = outcome(await stand({ flow }).visit({ ...GOOD, consent_verifier: 'C' }));
    expect(parameters.error).toBe('access_denied');
  });
});

describe('after consent', () => {
  const finish = (resume: Interaction, over: Stand = {}) => {
    const { visit, seen } = stand({ flow: {}, resume, ...over });
    return visit({ consent_verifier: 'C' }).then((reply) => ({ reply, seen }));
  };

  it('the response has the parameters of the response type, scope, state and issuer, and sets the cookies', async () => {
    const { reply, seen } = await finish(granted());
    expect(outcome(reply)).toEqual({
      ...{ status: 303, at: CALLBACK, in: 'fragment' },
      parameters: {
        ...{ code: 'CODE', access_token: 'TOKEN', expires_in: '3600', token_type: 'bearer', scope: 'openid' },
        ...{ id_token: 'ID', state: 'stored-state', iss: 'https://id.example/' },
      },
    });
    expect(reply.headers['set-cookie']).toEqual(['session=s; HttpOnly']);
    expect(seen.wanted).toEqual([{ code: true, accessToken: true, idToken: true }]);
  });

  it('without openid a hybrid response has no ID token', async () => {
    const { reply, seen } = await finish(granted({}, []));
    expect(Object.keys(outcome(reply).parameters)).not.toContain('id_token');
    expect(seen.wanted).toEqual([{ code: true, accessToken: true, idToken: false }]);
  });

  it('without openid response_type=id_token is unsupported_response_type, and nothing is issued', async () => {
    const { reply, seen } = await finish(granted({ responseTypes: ['id_token'] }, []));
    expect(outcome(reply).parameters.error).toBe('unsupported_response_type');
    expect(seen.wanted).toEqual([]);
  });

  it('an error of issuing is sent to the client', async () => {
    const { reply } = await finish(granted(), { issue: accessDenied('Used before.') });
    expect(outcome(reply).parameters).toMatchObject({ error: 'access_denied', state: 'stored-state' });
  });
});

describe('server errors', () => {
  const GONE = new FlowStoreUnavailable('gone');

  it.each([
    [{ begin: GONE }, GOOD],
    [{ flow: {}, resume: GONE }, { login_verifier: 'L' }],
  ])('an unreachable store is a 503, as JSON for programs and as a page for browsers', async (over, query) => {
    const { visit } = stand(over);
    const json = await visit(query);
    expect([json.status, json.headers['retry-after']]).toEqual([503, '1']);
    expect(JSON.parse(String(json.body))).toMatchObject({ error: 'temporarily_unavailable' });
    const html = await visit(query, { accept: 'text/html,*/*' });
    expect(html.status).toBe(503);
    expect(html.headers['content-type']).toMatch(/^text\/html/);
    expect(html.headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('any other error is sent to the client as server_error without its cause', async () => {
    const { parameters } = outcome(await stand({ begin: new Error('secret detail') }).visit(GOOD));
    expect(parameters.error).toBe('server_error');
    expect(JSON.stringify(parameters)).not.toContain('secret detail');
  });

  it('a rejection by the app with status 503 is sent to the client', async () => {
    const busy = new OAuthError('temporarily_unavailable', { status: 503, description: 'The app is busy.' });
    expect(outcome(await stand({ flow: {}, resume: busy }).visit({ login_verifier: 'L' })).at).toBe(CALLBACK);
  });
});

describe('an unreadable request', () => {
  it('is 414 if it is too long', async () => {
    expect((await stand().visit({ ...GOOD, claims: 'x'.repeat(1000) })).status).toBe(414);
  });

  it('is shown on the error page otherwise', async () => {
    const { visit } = stand({ begin: invalidRequest('never reached') });
    expect(outcome(await visit({})).parameters.error).toBe('invalid_client');
  });
});
