/**
 * An application whose resource server may demand a stronger login (RFC 9470), through the npm package openid-client:
 * `ISSUER=http://127.0.0.1:4444 CLIENT_ID=… CLIENT_SECRET=… node examples/step-up/main.mjs`
 * Its redirect URI is http://127.0.0.1:5557/callback; its resource server is http://127.0.0.1:5558, which is the audience.
 */
import * as oidc from 'openid-client';
import { listen } from '../pages/listen.mjs';
import { resourceServer } from './resource-server.mjs';

const { ISSUER = 'http://127.0.0.1:4444', CLIENT_ID = 'example-app', CLIENT_SECRET = '' } = process.env;
const { PORT = '5557', API_PORT = '5558' } = process.env;
const ownUrl = `http://127.0.0.1:${PORT}`;
const audience = `http://127.0.0.1:${API_PORT}`;

// Plain http is for examples on the loopback interface alone.
const execute = ISSUER.startsWith('http:') ? [oidc.allowInsecureRequests] : [];
const provider = await oidc.discovery(new URL(ISSUER), CLIENT_ID, undefined, oidc.ClientSecretBasic(CLIENT_SECRET), {
  execute,
});
const { issuer, jwks_uri: jwksUri } = provider.serverMetadata();

/** The one person of this example. A real application keeps this in the session of the browser. */
let accessToken;
let pending;

/** @param wanted the path to show afterwards @param demand `acr_values` and `max_age` of the resource server */
async function logIn(wanted, demand = {}) {
  pending = { wanted, state: oidc.randomState(), nonce: oidc.randomNonce(), verifier: oidc.randomPKCECodeVerifier() };
  return oidc.buildAuthorizationUrl(provider, {
    redirect_uri: `${ownUrl}/callback`,
    scope: 'openid',
    audience,
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: 'S256',
    ...demand,
  });
}

async function finish(url) {
  const tokens = await oidc.authorizationCodeGrant(provider, url, {
    pkceCodeVerifier: pending?.verifier,
    expectedState: pending?.state,
    expectedNonce: pending?.nonce,
    idTokenExpected: true,
  });
  accessToken = tokens.access_token;
  return pending.wanted;
}

/** Asks the resource server, or sends the browser to log in as it demands. */
async function show(path, response) {
  if (!accessToken) return redirect(response, await logIn(path));
  try {
    const answer = await oidc.fetchProtectedResource(provider, accessToken, new URL(path, audience), 'GET');
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
  } catch (error) {
    redirect(response, await logIn(path, demandOf(error)));
  }
}

/** The challenge of the resource server (RFC 9470, section 3). Any other error is thrown again. */
function demandOf(error) {
  if (!(error instanceof oidc.WWWAuthenticateChallengeError)) throw error;
  const parameters = error.cause.map((challenge) => challenge.parameters);
  const { acr_values, max_age } = parameters.find((one) => one.error === 'insufficient_user_authentication') ?? {};
  return { ...(acr_values && { acr_values }), ...(max_age && { max_age }) };
}

async function answer(request, response) {
  const url = new URL(request.url, ownUrl);
  if (url.pathname === '/callback') redirect(response, await finish(url));
  else if (['/balance', '/payments'].includes(url.pathname)) await show(url.pathname, response);
  else response.writeHead(404).end();
}

function redirect(response, location) {
  response.writeHead(302, { location: String(location) }).end();
}

await listen(resourceServer({ issuer, jwksUri, audience }), Number(API_PORT));
await listen((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error.error_description ?? error.message);
    response.writeHead(500, { 'content-type': 'text/plain' }).end('The log-in failed; the console says why.\n');
  });
}, Number(PORT));
console.log(`Open ${ownUrl}/balance and then ${ownUrl}/payments`);
