/**
 * An application that gets ID tokens and userinfo encrypted to its own key (JWE), through the npm package openid-client:
 * `ISSUER=http://127.0.0.1:4444 CLIENT_ID=… CLIENT_KEY=encryption-key.json node examples/encrypted-tokens/main.mjs`
 * Its redirect URI is http://127.0.0.1:5561/callback.
 */
import * as oidc from 'openid-client';
import { readEncryptionKey } from './encryption-key.mjs';
import { listen } from '../pages/listen.mjs';

const {
  ISSUER = 'http://127.0.0.1:4444',
  CLIENT_ID = 'example-app',
  CLIENT_KEY = 'encryption-key.json',
  PORT = '5561',
} = process.env;
const ownUrl = `http://127.0.0.1:${PORT}`;

const key = await readEncryptionKey(CLIENT_KEY);
// Plain http is for examples on the loopback interface alone.
const execute = ISSUER.startsWith('http:') ? [oidc.allowInsecureRequests] : [];
const metadata = { userinfo_signed_response_alg: 'RS256' };
const provider = await oidc.discovery(new URL(ISSUER), CLIENT_ID, metadata, oidc.None(), { execute });
// From here on the library decrypts what it gets, and refuses other algorithms for the content.
oidc.enableDecryptingResponses(provider, ['A256GCM'], key);

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

/** Both answers are decrypted by the library. The parts of the ID token tell that it was encrypted. */
async function finish(url) {
  const tokens = await oidc.authorizationCodeGrant(provider, url, {
    pkceCodeVerifier: pending?.verifier,
    expectedState: pending?.state,
    expectedNonce: pending?.nonce,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  const userinfo = await oidc.fetchUserInfo(provider, tokens.access_token, claims.sub);
  return { parts: tokens.id_token.split('.').length, claims, userinfo };
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
