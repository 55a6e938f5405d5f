/**
 * An application with one login and a token of its own for each of two APIs (RFC 8707), through the npm package openid-client:
 * `ISSUER=http://127.0.0.1:4444 ADMIN=http://127.0.0.1:4445 CLIENT_ID=… CLIENT_SECRET=… node examples/resource-indicators/main.mjs`
 * Its redirect URI is http://127.0.0.1:5557/callback; the APIs are http://127.0.0.1:5558/orders and http://127.0.0.1:5558/bills.
 */
import * as oidc from 'openid-client';
import { listen } from '../pages/listen.mjs';
import { api } from './api.mjs';

const {
  ISSUER = 'http://127.0.0.1:4444',
  ADMIN = 'http://127.0.0.1:4445',
  PORT = '5557',
  API_PORT = '5558',
} = process.env;
const { CLIENT_ID = 'example-app', CLIENT_SECRET = '' } = process.env;
const ownUrl = `http://127.0.0.1:${PORT}`;
const apis = `http://127.0.0.1:${API_PORT}`;
/** The address of an API is its name, letter by letter. */
const [ORDERS, BILLS] = [`${apis}/orders`, `${apis}/bills`];

// Plain http is for examples on the loopback interface alone.
const execute = ISSUER.startsWith('http:') ? [oidc.allowInsecureRequests] : [];
const provider = await oidc.discovery(new URL(ISSUER), CLIENT_ID, undefined, oidc.ClientSecretBasic(CLIENT_SECRET), {
  execute,
});

/** The one login that is going on. A real application keeps this in the session of the browser. */
let pending;

/** The person consents once to both. */
async function begin() {
  pending = { state: oidc.randomState(), verifier: oidc.randomPKCECodeVerifier() };
  const parameters = new URLSearchParams({
    redirect_uri: `${ownUrl}/callback`,
    scope: 'offline_access',
    state: pending.state,
    code_challenge: await oidc.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: 'S256',
  });
  for (const resource of [ORDERS, BILLS]) parameters.append('resource', resource);
  return oidc.buildAuthorizationUrl(provider, parameters);
}

/** Each token is for one API, so that no API can use it at the other one. */
async function finish(url) {
  const checks = { pkceCodeVerifier: pending?.verifier, expectedState: pending?.state };
  const forOrders = await oidc.authorizationCodeGrant(provider, url, checks, { resource: ORDERS });
  const orders = await status(ORDERS, forOrders);
  // The refresh ends the access token before it, and keeps everything that was granted.
  const forBills = await oidc.refreshTokenGrant(provider, forOrders.refresh_token, { resource: BILLS });
  return {
    orders,
    bills: await status(BILLS, forBills),
    'the token for bills, at orders': await status(ORDERS, forBills),
    'a resource that was not asked for': await refusal(forBills.refresh_token),
  };
}

async function status(address, { access_token: token }) {
  return (await fetch(address, { headers: { authorization: `Bearer ${token}` } })).status;
}

/** What was not granted is refused, and the refresh token stays good. */
async function refusal(refreshToken) {
  return oidc.refreshTokenGrant(provider, refreshToken, { resource: `${apis}/salaries` }).then(
    () => 'granted',
    ({ error }) => error,
  );
}

async function answer(request, response) {
  const url = new URL(request.url, ownUrl);
  if (url.pathname === '/') response.writeHead(302, { location: (await begin()).href }).end();
  else if (url.pathname === '/callback') {
    const seen = await finish(url);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(seen, undefined, 2));
  } else response.writeHead(404).end();
}

const introspection = `${ADMIN}/admin/oauth2/introspect`;
const served = new Map(
  [ORDERS, BILLS].map((resource) => [new URL(resource).pathname, api({ resource, introspection })]),
);
await listen((request, response) => {
  const serve = served.get(request.url) ?? ((_, missing) => missing.writeHead(404).end());
  Promise.resolve(serve(request, response)).catch(() => response.writeHead(500).end());
}, Number(API_PORT));
await listen((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error.error_description ?? error.message);
    response.writeHead(500, { 'content-type': 'text/plain' }).end('The login failed; the console says why.\n');
  });
}, Number(PORT));
console.log(`Open ${ownUrl}/`);
