/**
 * An application that pushes its authorization requests (RFC 9126), through the npm package openid-client:
 * `ISSUER=http://127.0.0.1:4444 CLIENT_ID=… CLIENT_SECRET=… node examples/pushed-requests/main.mjs`
 * Its redirect URI is http://127.0.0.1:5556/callback.
 */
import * as oidc from 'openid-client';
import { listen } from '../pages/listen.mjs';

const { ISSUER = 'http://127.0.0.1:4444', CLIENT_ID = 'example-app', CLIENT_SECRET = '', PORT = '5556' } = process.env;
const ownUrl = `http://127.0.0.1:${PORT}`;

// Plain http is for examples on the loopback interface alone.
const execute = ISSUER.startsWith('http:') ? [oidc.allowInsecureRequests] : [];
const provider = await oidc.discovery(new URL(ISSUER), CLIENT_ID, undefined, oidc.ClientSecretBasic(CLIENT_SECRET), {
  execute,
});

/** The one log-in that is going on. A real application keeps this in the session of the browser. */
let pending;

/** Sends the whole request to the server. The address for the browser holds `client_id` and `request_uri` only. */
async function begin() {
  pending = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier: oidc.randomPKCECodeVerifier() };
  return oidc.buildAuthorizationUrlWithPAR(provider, {
    redirect_uri: `${ownUrl}/callback`,
    scope: 'openid profile',
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: 'S256',
  });
}

/** The same as without a pushed request. */
async function finish(url) {
  const tokens = await oidc.authorizationCodeGrant(provider, url, {
    pkceCodeVerifier: pending?.verifier,
    expectedState: pending?.state,
    expectedNonce: pending?.nonce,
    idTokenExpected: true,
  });
  return tokens.claims();
}

async function answer(request, response) {
  const url = new URL(request.url, ownUrl);
  if (url.pathname === '/') response.writeHead(302, { location: (await begin()).href }).end();
  else if (url.pathname === '/callback') {
    const claims = await finish(url);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(claims, undefined, 2));
  } else response.writeHead(404).end();
}

await listen((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error.error_description ?? error.message);
    response.writeHead(500, { 'content-type': 'text/plain' }).end('The log-in failed; the console says why.\n');
  });
}, Number(PORT));
console.log(`Open ${ownUrl}/`);
