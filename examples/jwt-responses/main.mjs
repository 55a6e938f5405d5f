/**
 * An application that gets authorization responses as signed JWTs (JARM), through the npm package openid-client:
 * `ISSUER=http://127.0.0.1:4444 CLIENT_ID=… CLIENT_KEY=client-key.json node examples/jwt-responses/main.mjs`
 * Its redirect URI is http://127.0.0.1:5560/callback.
 */
import * as oidc from 'openid-client';
import { readKey } from '../keys/client-key.mjs';
import { listen } from '../pages/listen.mjs';

const {
  ISSUER = 'http://127.0.0.1:4444',
  CLIENT_ID = 'example-app',
  CLIENT_KEY = 'client-key.json',
  PORT = '5560',
} = process.env;
const ownUrl = `http://127.0.0.1:${PORT}`;

const clientKey = await readKey(CLIENT_KEY);
// Plain http is for examples on the loopback interface alone.
const insecure = ISSUER.startsWith('http:') ? [oidc.allowInsecureRequests] : [];
// The library asks for `response_mode=jwt`, and verifies the JWT of the response before it reads it.
const execute = [...insecure, oidc.useJwtResponseMode];
const provider = await oidc.discovery(new URL(ISSUER), CLIENT_ID, undefined, oidc.PrivateKeyJwt(clientKey), {
  execute,
});

/** The one log-in that is going on. A real application keeps this in the session of the browser. */
let pending;

async function begin() {
  pending = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier: oidc.randomPKCECodeVerifier() };
  return oidc.buildAuthorizationUrl(provider, {
    redirect_uri: `${ownUrl}/callback`,
    scope: 'openid profile',
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: 'S256',
  });
}

/** The address holds one parameter, `response`. A response that somebody else made, or made for another client, throws. */
async function finish(url) {
  const tokens = await oidc.authorizationCodeGrant(provider, url, {
    pkceCodeVerifier: pending?.verifier,
    expectedState: pending?.state,
    expectedNonce: pending?.nonce,
    idTokenExpected: true,
  });
  return { received: [...url.searchParams.keys()], claims: tokens.claims() };
}

async function answer(request, response) {
  const url = new URL(request.url, ownUrl);
  if (url.pathname === '/') response.writeHead(302, { location: (await begin()).href }).end();
  else if (url.pathname === '/callback') {
    const result = await finish(url);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result, undefined, 2));
  } else response.writeHead(404).end();
}

await listen((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error.error_description ?? error.message);
    response.writeHead(500, { 'content-type': 'text/plain' }).end('The log-in failed; the console says why.\n');
  });
}, Number(PORT));
console.log(`Open ${ownUrl}/`);
