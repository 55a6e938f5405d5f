/** An application with the npm package openid-client, as an integrator would write it. */
import { randomUUID } from 'node:crypto';
import * as oidc from 'openid-client';
import type { Demo } from './demo-process.js';
import type { Page, Visitor } from './visitor.mjs';

/** No server listens at this address. The visitor stops there. */
export const CALLBACK = 'http://127.0.0.1:9/callback';
export const AFTER_LOGOUT = 'http://127.0.0.1:9/after-logout';
export const ADA = { email: 'ada@example.com', password: 'difference-engine' };

export interface Begun {
  url: URL;
  checks: { pkceCodeVerifier: string; expectedState: string; expectedNonce: string; idTokenExpected: true };
}

/** Registers a client through the admin API and discovers the provider. */
export async function registerApp(demo: Demo, change: object = {}): Promise<oidc.Configuration> {
  const secret = randomUUID();
  const client = {
    client_name: 'Test app',
    client_secret: secret,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    scope: 'openid profile email offline_access',
    redirect_uris: [CALLBACK],
    post_logout_redirect_uris: [AFTER_LOGOUT],
    token_endpoint_auth_method: 'client_secret_basic',
    ...change,
  };
  const response = await fetch(`${demo.urls.admin}/admin/clients`, { method: 'POST', body: JSON.stringify(client) });
  if (response.status !== 201) throw new Error(`The client was refused: ${await response.text()}`);
  const { client_id: id } = (await response.json()) as { client_id: string };
  const isPublic = client.token_endpoint_auth_method === 'none';
  const method = isPublic ? oidc.None() : oidc.ClientSecretBasic(secret);
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked only as a warning; the tests use plain http
  const execute = [oidc.allowInsecureRequests];
  return oidc.discovery(new URL(demo.urls.issuer), id, undefined, method, { execute });
}

export async function begin(app: oidc.Configuration, parameters: Record<string, string> = {}): Promise<Begun> {
  const verifier = oidc.randomPKCECodeVerifier();
  const checks = {
    pkceCodeVerifier: verifier,
    expectedState: oidc.randomState(),
    expectedNonce: oidc.randomNonce(),
    idTokenExpected: true as const,
  };
  const url = oidc.buildAuthorizationUrl(app, {
    redirect_uri: CALLBACK,
    scope: 'openid profile email offline_access',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...parameters,
  });
  return { url, checks };
}

/** Goes from the login page to the application: signs in and allows everything. */
export async function signInAndAllow(visitor: Visitor, loginPage: Page, remember?: 'yes'): Promise<Page> {
  const consentPage = await visitor.submit(loginPage, { ...ADA, answer: 'sign-in', remember });
  return visitor.submit(consentPage, { answer: 'allow', remember });
}

export type Tokens = Awaited<ReturnType<typeof oidc.authorizationCodeGrant>>;

/** Runs the whole flow. */
export async function logIn(app: oidc.Configuration, visitor: Visitor): Promise<Tokens> {
  const { url, checks } = await begin(app);
  const callback = await signInAndAllow(visitor, await visitor.open(url));
  return oidc.authorizationCodeGrant(app, callback.url, checks);
}

/** Introspects a token like a resource server. */
export async function introspect(demo: Demo, token: string): Promise<Record<string, unknown>> {
  const body = new URLSearchParams({ token });
  const response = await fetch(`${demo.urls.admin}/admin/oauth2/introspect`, { method: 'POST', body });
  if (response.status !== 200) throw new Error(`Introspection answered ${response.status}`);
  return (await response.json()) as Record<string, unknown>;
}
