/**
 * An application under FAPI 2.0 Message Signing, through the npm package openid-client: it authenticates with its key
 * (private_key_jwt), pushes a signed request (PAR, JAR), takes a signed response (JARM), and binds its tokens (DPoP).
 * `ISSUER=https://id.example.com CLIENT_ID=… CLIENT_KEY=client-key.json node examples/fapi/main.mjs`
 * Its redirect URI is http://127.0.0.1:5557/callback.
 */
import * as oidc from 'openid-client';
import { listen } from '../pages/listen.mjs';
import { readKey } from '../keys/client-key.mjs';

const {
  ISSUER = 'http://127.0.0.1:4444',
  CLIENT_ID = 'example-app',
  CLIENT_KEY = 'client-key.json',
  PORT = '5557',
} = process.env;
const ownUrl = `http://127.0.0.1:${PORT}`;

const clientKey = await readKey(CLIENT_KEY);
// Plain http is for examples on the loopback interface alone.
const execute = [oidc.useJwtResponseMode, ...(ISSUER.startsWith('http:') ? [oidc.allowInsecureRequests] : [])];
const metadata = { id_token_signed_response_alg: 'ES256', authorization_signed_response_alg: 'ES256' };
const provider = await oidc.discovery(new URL(ISSUER), CLIENT_ID, metadata, oidc.PrivateKeyJwt(clientKey), { execute });

/** Signs the proofs of this process. Its tokens are worth nothing without it. */
const DPoP = oidc.getDPoPHandle(provider, await oidc.randomDPoPKeyPair('ES256'));

/** The one log-in that is going on. A real application keeps this in the session of the browser. */
let pending;

/** Signs the request, and pushes the object. The address for the browser holds `client_id` and `request_uri` only. */
async function begin() {
  pending = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier: oidc.randomPKCECodeVerifier() };
  const parameters = {
    redirect_uri: `${ownUrl}/callback`,
    scope: 'openid offline_access profile',
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: 'S256',
  };
  const signed = await oidc.buildAuthorizationUrlWithJAR(provider, parameters, clientKey);
  return oidc.buildAuthorizationUrlWithPAR(provider, { request: signed.searchParams.get('request') }, { DPoP });
}

/** openid-client verifies the JWT of the response. Every token request has a proof of the same key. */
async function finish(url) {
  const checks = {
    pkceCodeVerifier: pending?.verifier,
    expectedState: pending?.state,
    expectedNonce: pending?.nonce,
    idTokenExpected: true,
  };
  const tokens = await oidc.authorizationCodeGrant(provider, url, checks, undefined, { DPoP });
  const fresh = await oidc.refreshTokenGrant(provider, tokens.refresh_token, undefined, { DPoP });
  const claims = await oidc.fetchUserInfo(provider, fresh.access_token, tokens.claims().sub, { DPoP });
  return { token_type: fresh.token_type, isRotated: fresh.refresh_token !== tokens.refresh_token, claims };
}

async function answer(request, response) {
  const url = new URL(request.url, ownUrl);
  if (url.pathname === '/') response.writeHead(303, { location: (await begin()).href }).end();
  else if (url.pathname === '/callback') {
    const result = await finish(url);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result, undefined, 2));
  } else response.writeHead(404).end();
}

await listen((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error.error_description ?? error.message, error.cause ?? '');
    response.writeHead(500, { 'content-type': 'text/plain' }).end('The log-in failed; the console says why.\n');
  });
}, Number(PORT));
console.log(`Open ${ownUrl}/`);
