/**
 * An application that asks for one payment (RFC 9396), through the npm package openid-client:
 * `ISSUER=http://127.0.0.1:4444 CLIENT_ID=… CLIENT_SECRET=… node examples/rich-authorization-requests/main.mjs`
 * Its redirect URI is http://127.0.0.1:5557/callback, and the server knows the type `payment_initiation`.
 */
import * as oidc from 'openid-client';
import { listen } from '../pages/listen.mjs';

const { ISSUER = 'http://127.0.0.1:4444', CLIENT_ID = 'example-app', CLIENT_SECRET = '', PORT = '5557' } = process.env;
const ownUrl = `http://127.0.0.1:${PORT}`;

// Plain http is for examples on the loopback interface alone.
const execute = ISSUER.startsWith('http:') ? [oidc.allowInsecureRequests] : [];
const provider = await oidc.discovery(new URL(ISSUER), CLIENT_ID, undefined, oidc.ClientSecretBasic(CLIENT_SECRET), {
  execute,
});

const PAYMENT = {
  type: 'payment_initiation',
  actions: ['initiate', 'status'],
  instructedAmount: { currency: 'EUR', amount: '123.50' },
  creditorName: 'Merchant A',
  creditorAccount: { iban: 'DE02100100109307118603' },
  remittanceInformation: 'Ref Number <Merchant>',
};

/** The one payment that is going on. A real application keeps this in the session of the browser. */
let pending;

async function begin() {
  pending = { state: oidc.randomState(), verifier: oidc.randomPKCECodeVerifier() };
  return oidc.buildAuthorizationUrl(provider, {
    redirect_uri: `${ownUrl}/callback`,
    scope: 'offline_access',
    state: pending.state,
    code_challenge: await oidc.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: 'S256',
    authorization_details: JSON.stringify([PAYMENT]),
  });
}

/** What the person granted may differ from what was asked: the response says what the token is for (RFC 9396 §7). */
async function finish(url) {
  const tokens = await oidc.authorizationCodeGrant(provider, url, {
    pkceCodeVerifier: pending?.verifier,
    expectedState: pending?.state,
  });
  const [granted] = tokens.authorization_details ?? [];
  if (!granted) return { granted: 'nothing' };
  // Whoever only looks after the payment needs no token that makes it (RFC 9396 §6).
  const onlyStatus = JSON.stringify([{ ...granted, actions: ['status'] }]);
  const narrow = await oidc.refreshTokenGrant(provider, tokens.refresh_token, { authorization_details: onlyStatus });
  return { granted, narrowed: narrow.authorization_details[0] };
}

async function answer(request, response) {
  const url = new URL(request.url, ownUrl);
  if (url.pathname === '/') response.writeHead(302, { location: (await begin()).href }).end();
  else if (url.pathname === '/callback') {
    const seen = await finish(url);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(seen, undefined, 2));
  } else response.writeHead(404).end();
}

await listen((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error.error_description ?? error.message);
    response.writeHead(500, { 'content-type': 'text/plain' }).end('The payment failed; the console says why.\n');
  });
}, Number(PORT));
console.log(`Open ${ownUrl}/`);
