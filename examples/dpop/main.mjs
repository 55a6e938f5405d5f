/**
 * An application without a secret whose tokens are bound to its key (DPoP, RFC 9449), through the npm package openid-client:
 * `ISSUER=http://127.0.0.1:4444 CLIENT_ID=… node examples/dpop/main.mjs`
 * Its redirect URI is http://127.0.0.1:5556/callback.
 */
import * as oidc from 'openid-client';
import { listen } from '../pages/listen.mjs';

const { ISSUER = 'http://127.0.0.1:4444', CLIENT_ID = 'example-app', PORT = '5556' } = process.env;
const ownUrl = `http://127.0.0.1:${PORT}`;

// Plain http is for examples on the loopback interface alone.
const execute = ISSUER.startsWith('http:') ? [oidc.allowInsecureRequests] : [];
const provider = await oidc.discovery(new URL(ISSUER), CLIENT_ID, undefined, oidc.None(), { execute });

/**
 * The key never leaves this process: the private half cannot be exported. A page in a browser keeps it in IndexedDB. The handle
 * remembers the nonces of the server, if it uses them.
 */
const DPoP = oidc.getDPoPHandle(provider, await oidc.randomDPoPKeyPair('ES256'));

/** The one log-in that is going on. A real application keeps this in the session of the browser. */
let pending;

/** `dpop_jkt` binds the code as well: whoever intercepts it has no use for it (RFC 9449 §10). */
async function begin() {
  pending = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier: oidc.randomPKCECodeVerifier() };
  return oidc.buildAuthorizationUrl(provider, {
    redirect_uri: `${ownUrl}/callback`,
    scope: 'openid offline_access profile',
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: 'S256',
    dpop_jkt: await DPoP.calculateThumbprint(),
  });
}

/** Each request carries a new proof, which openid-client makes. */
async function finish(url) {
  const checks = {
    pkceCodeVerifier: pending?.verifier,
    expectedState: pending?.state,
    expectedNonce: pending?.nonce,
    idTokenExpected: true,
  };
  const first = await oidc.authorizationCodeGrant(provider, url, checks, undefined, { DPoP });
  const { sub } = first.claims();
  const next = await oidc.refreshTokenGrant(provider, first.refresh_token, undefined, { DPoP });
  const person = await oidc.fetchUserInfo(provider, next.access_token, sub, { DPoP });
  return { token_type: next.token_type, person, stolen: await withoutKey(next) };
}

/** What a thief of both tokens gets. */
async function withoutKey({ access_token, refresh_token }) {
  const resource = await fetch(provider.serverMetadata().userinfo_endpoint, {
    headers: { authorization: `Bearer ${access_token}` },
  });
  const refreshed = await fetch(provider.serverMetadata().token_endpoint, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token, client_id: CLIENT_ID }),
  });
  return { userinfo: resource.status, refresh: (await refreshed.json()).error };
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
