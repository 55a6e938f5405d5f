/** Authorization responses as JWTs (JARM). */
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify, type JWTVerifyResult } from 'jose';
import { describe, expect, it } from 'vitest';
import { CALLBACK, type RelyingParty } from '../../support/relying-party.js';
import { ISSUER } from '../../support/server.js';
import { overBothStores } from '../../support/stores.js';
import { Stage } from './stage.js';

const TEXT: unknown = expect.any(String);
const NUMBER: unknown = expect.any(Number);
const MODES = ['jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt'];

overBothStores('authorization responses as JWTs', (redis) => {
  const on = { jarm: { enabled: true }, pushed_authorization_requests: { enabled: true } };
  const stage = new Stage(redis, { oauth2: on, ttl: { authorization_response: '2m' } });

  /** The only parameter of the response, verified as a client verifies it. */
  const verified = async (parameters: Record<string, string>, client = stage.client): Promise<JWTVerifyResult> => {
    expect(Object.keys(parameters)).toEqual(['response']);
    const keys = (await stage.ask('GET', '/.well-known/jwks.json')).json as unknown as JSONWebKeySet;
    const expected = { issuer: ISSUER, audience: client.clientId, requiredClaims: ['exp'] };
    return jwtVerify(parameters['response'] ?? '', createLocalJWKSet(keys), expected);
  };
  const end = (client: RelyingParty, over: Record<string, string>) => stage.browser().walk(client.address(over));

  it.each([
    ['jwt', 'code', '?'],
    ['query.jwt', 'code', '?'],
    ['fragment.jwt', 'code', '#'],
    ['jwt', 'code id_token', '#'],
    ['jwt', 'id_token token', '#'],
    ['fragment.jwt', 'code id_token token', '#'],
  ])('%s of %s is one parameter of the redirect', async (response_mode, response_type, separator) => {
    const { url, parameters } = await end(stage.client, { response_mode, response_type });
    expect(url?.href.startsWith(`${CALLBACK}${separator}response=`)).toBe(true);
    const { payload, protectedHeader } = await verified(parameters);
    expect(Object.keys(protectedHeader).sort()).toEqual(['alg', 'kid']);
    expect(protectedHeader.alg).toBe('RS256');
    const words = response_type.split(' ');
    const token = { access_token: TEXT, token_type: 'bearer', expires_in: '3600' };
    expect(payload).toEqual({
      ...{ iss: ISSUER, aud: stage.client.clientId, exp: NUMBER, state: 'a-long-state' },
      ...(words.includes('code') && { code: TEXT }),
      ...(words.includes('id_token') && { id_token: TEXT }),
      ...(words.includes('token') && token),
      ...((words.length === 1 || words.includes('token')) && { scope: 'openid offline_access' }),
    });
    const lifetime = (payload.exp ?? 0) - Date.now() / 1000;
    expect(lifetime).toBeLessThanOrEqual(120);
    if (words.includes('code')) expect((await stage.client.redeem(String(payload['code']))).status).toBe(200);
  });

  it('form_post.jwt is one field of the form', async () => {
    const { parameters } = await end(stage.client, { response_mode: 'form_post.jwt' });
    expect((await verified(parameters)).payload).toMatchObject({ state: 'a-long-state', code: TEXT });
  });

  it('have no state if the request has none', async () => {
    const pkce = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWBuGJSstw-cM', code_challenge_method: 'S256' };
    const { parameters } = await end(stage.client, { response_mode: 'jwt', state: '', ...pkce });
    expect((await verified(parameters)).payload).not.toHaveProperty('state');
  });

  it('are signed as the client registered', async () => {
    for (const alg of ['ES256', 'PS256']) {
      await stage.client.admin('POST', '/keys/hydra.openid.id-token', { alg });
      const client = await stage.register({ authorization_signed_response_alg: alg });
      const { parameters } = await end(client, { response_mode: 'jwt' });
      expect((await verified(parameters, client)).protectedHeader.alg).toBe(alg);
    }
  });

  it.each([
    ['login_required', { prompt: 'none' }],
    ['invalid_scope', { scope: 'openid nowhere' }],
    ['invalid_request', { response_mode: 'query.jwt', response_type: 'token' }],
    ['invalid_request', { response_mode: 'query.jwt', response_type: 'code id_token' }],
    ['unsupported_response_type', { response_type: 'nope' }],
  ])('tell the error %s', async (error, over) => {
    const { url, parameters } = await end(stage.client, { response_mode: 'query.jwt', ...over });
    expect(url?.search).toMatch(/^\?response=/);
    const { payload } = await verified(parameters);
    expect(payload).toMatchObject({ error, error_description: TEXT, state: 'a-long-state' });
    expect(payload).not.toHaveProperty('code');
  });

  it('tell that the person refused', async () => {
    const browser = stage.browser();
    const { login } = await browser.walk(stage.client.address({ response_mode: 'fragment.jwt' }), { until: 'login' });
    const challenge = String(login?.['challenge']);
    const path = `/oauth2/auth/requests/login/reject?login_challenge=${encodeURIComponent(challenge)}`;
    const { json } = await stage.client.admin('PUT', path, { error: 'access_denied', error_description: 'No.' });
    const { url, parameters } = await browser.walk(String(json['redirect_to']));
    expect(url?.hash).toMatch(/^#response=/);
    expect((await verified(parameters)).payload).toMatchObject({ error: 'access_denied', state: 'a-long-state' });
  });

  it('are for the error page where the redirect URI is not proven', async () => {
    const { url, parameters } = await end(stage.client, { response_mode: 'jwt', redirect_uri: 'https://evil.example' });
    expect([url?.origin, parameters['error']]).toEqual(['http://ui.example', 'invalid_request']);
  });

  it('may be asked for in a pushed request', async () => {
    const asked = { response_type: 'code', redirect_uri: CALLBACK, scope: 'openid', state: 'a-long-state' };
    const pushed = await stage.client.push({ ...asked, response_mode: 'jwt' });
    const { parameters } = await stage.browser().walk(stage.client.pushedAddress(String(pushed.json['request_uri'])));
    expect((await verified(parameters)).payload).toMatchObject({ state: 'a-long-state' });
    expect((await stage.client.push({ ...asked, response_mode: 'nope.jwt' })).json['error']).toBe(
      'unsupported_response_mode',
    );
  });

  it('are taken neither for an ID token nor for an access token', async () => {
    const { parameters } = await end(stage.client, { response_mode: 'jwt' });
    const jwt = parameters['response'] ?? '';
    expect(decodeJwt(jwt).iss).toBe(ISSUER);
    const hinted = await end(stage.client, { id_token_hint: jwt });
    expect(hinted.parameters['error']).toBe('invalid_request');
    expect(await stage.client.isActive(jwt)).toBe(false);
  });

  it('are announced in discovery', async () => {
    const { json } = await stage.ask('GET', '/.well-known/openid-configuration');
    expect(json['response_modes_supported']).toEqual(expect.arrayContaining(MODES));
    expect(json['authorization_signing_alg_values_supported']).toEqual(json['id_token_signing_alg_values_supported']);
  });
});

describe('without oauth2.jarm.enabled', () => {
  const stage = new Stage();

  it('the modes are unknown', async () => {
    for (const response_mode of MODES) {
      const { url, parameters } = await stage.browser().walk(stage.client.address({ response_mode }));
      expect([url?.origin, parameters['error']]).toEqual(['http://ui.example', 'unsupported_response_mode']);
    }
    const { json } = await stage.ask('GET', '/.well-known/openid-configuration');
    expect(json['response_modes_supported']).toEqual(['query', 'fragment', 'form_post']);
    expect(json).not.toHaveProperty('authorization_signing_alg_values_supported');
  });
});
