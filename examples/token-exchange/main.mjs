/**
 * A web application, an API gateway and a service behind it. Each acts for the person with a token of its own (RFC 8693), bound
 * to its own key (RFC 9449), through the npm packages openid-client and oauth4webapi:
 * `ISSUER=http://127.0.0.1:4444 SECRET=… node examples/token-exchange/main.mjs`
 * The clients are `web` (redirect URI http://127.0.0.1:5560/callback), `gateway` and `orders`, here with one secret for all.
 */
import * as oidc from 'openid-client';
import { listen } from '../pages/listen.mjs';
import { caller } from './caller.mjs';

const { ISSUER = 'http://127.0.0.1:4444', SECRET = '' } = process.env;
const { PORT = '5560', GATEWAY_PORT = '5561', ORDERS_PORT = '5562' } = process.env;
const url = (port) => `http://127.0.0.1:${port}`;

// Plain http is for examples on the loopback interface alone.
const execute = ISSUER.startsWith('http:') ? [oidc.allowInsecureRequests] : [];

/** A client of the server, with its key. */
async function party(id) {
  const config = await oidc.discovery(new URL(ISSUER), id, undefined, oidc.ClientSecretBasic(SECRET), { execute });
  return { id, config, DPoP: oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256')) };
}
const [web, gateway, orders] = await Promise.all(['web', 'gateway', 'orders'].map(party));

/** Exchanges a token that is meant for the party for one of its own. `audience` is who may use it next. */
async function exchanged({ config, DPoP }, token, audience) {
  const parameters = {
    subject_token: token,
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    scope: 'read',
    ...(audience && { audience }),
  };
  const grant = 'urn:ietf:params:oauth:grant-type:token-exchange';
  return (await oidc.genericGrantRequest(config, grant, parameters, { DPoP })).access_token;
}

/** The last token of each party, for the page that shows whether they live. A real service keeps none. */
const tokens = {};

const call = async ({ config, DPoP }, token, address) =>
  (await oidc.fetchProtectedResource(config, token, new URL(address), 'GET', undefined, undefined, { DPoP })).json();

/** The service: it verifies the token and the proof, and gets a token of its own for what lies behind it. */
async function answerOrders(request) {
  const { token, claims } = await caller(request, orders, url(ORDERS_PORT));
  tokens.orders = await exchanged(orders, token);
  return { orders: ['a difference engine'], for: claims.sub, asked_by: claims.act };
}

/** The gateway: the token of the application is meant for it alone, so it exchanges it for one for the service. */
async function answerGateway(request) {
  const { token } = await caller(request, gateway, url(GATEWAY_PORT));
  tokens.gateway = await exchanged(gateway, token, orders.id);
  return call(gateway, tokens.gateway, `${url(ORDERS_PORT)}/orders`);
}

let pending;

async function begin() {
  pending = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier: oidc.randomPKCECodeVerifier() };
  return oidc.buildAuthorizationUrl(web.config, {
    redirect_uri: `${url(PORT)}/callback`,
    scope: 'openid read',
    audience: gateway.id,
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: 'S256',
  });
}

async function finish(address) {
  const { verifier: pkceCodeVerifier, state: expectedState, nonce: expectedNonce } = pending ?? {};
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
  const { DPoP } = web;
  tokens.web = (await oidc.authorizationCodeGrant(web.config, address, checks, undefined, { DPoP })).access_token;
  return call(web, tokens.web, `${url(GATEWAY_PORT)}/orders`);
}

/** What introspection tells each party of its own token (`oauth2.introspection.public`). */
async function introspected() {
  const all = Object.entries(tokens).map(async ([id, token]) => {
    const headers = { authorization: `Basic ${Buffer.from(`${id}:${encodeURIComponent(SECRET)}`).toString('base64')}` };
    const body = new URLSearchParams({ token });
    const { active, sub, act } = await (
      await fetch(`${ISSUER}/oauth2/introspect`, { method: 'POST', headers, body })
    ).json();
    return [id, { active, sub, act }];
  });
  return Object.fromEntries(await Promise.all(all));
}

async function answerWeb(request, response) {
  const { pathname } = new URL(request.url, url(PORT));
  if (pathname === '/callback') return finish(new URL(request.url, url(PORT)));
  if (pathname === '/tokens') return introspected();
  response.writeHead(302, { location: (await begin()).href }).end();
  return undefined;
}

const json = (answer) => (request, response) => {
  answer(request, response).then(
    (body) => body && response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
    (error) => {
      console.error(error.error_description ?? error.message);
      response.writeHead(error.status === 401 ? 401 : 500, { 'content-type': 'application/json' }).end('{}');
    },
  );
};

await listen(json(answerOrders), Number(ORDERS_PORT));
await listen(json(answerGateway), Number(GATEWAY_PORT));
await listen(json(answerWeb), Number(PORT));
console.log(`Open ${url(PORT)}/ and then ${url(PORT)}/tokens`);
