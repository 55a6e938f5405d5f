/**
 * A web application with oauth4webapi, with a client secret in the form, and the API that it calls: a resource server that
 * checks JWT access tokens by RFC 9068.
 */
import assert from 'node:assert/strict';
import * as oauth from 'oauth4webapi';
import { check, visited } from '../runner.mjs';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, POST_LOGOUT_REDIRECT_URI, SCOPE } = process.env;
const API = 'https://api.example.com';

const options = { [oauth.allowInsecureRequests]: true }; // the server of this run is on plain http
const issuer = new URL(ISSUER);
const client = { client_id: CLIENT_ID };
const authentication = oauth.ClientSecretPost(CLIENT_SECRET);

const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options));
assert.ok(as.token_endpoint_auth_methods_supported.includes('client_secret_post'));
check('discovery', 'the issuer of the document is the one that was asked; client_secret_post is supported');

const [state, nonce, verifier] = [
  oauth.generateRandomState(),
  oauth.generateRandomNonce(),
  oauth.generateRandomCodeVerifier(),
];
const address = new URL(as.authorization_endpoint);
address.search = new URLSearchParams({
  ...{ client_id: CLIENT_ID, response_type: 'code', redirect_uri: REDIRECT_URI, scope: SCOPE, audience: API },
  ...{ state, nonce, code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
});
const answer = oauth.validateAuthResponse(as, client, await visited(address), state);
const tokens = await oauth.processAuthorizationCodeResponse(
  as,
  client,
  await oauth.authorizationCodeGrantRequest(as, client, authentication, answer, REDIRECT_URI, verifier, options),
  { expectedNonce: nonce, requireIdToken: true },
);
const { sub, email } = oauth.getValidatedIdTokenClaims(tokens);
assert.equal(email, 'ada@example.com');
check('login', 'code with PKCE redeemed, iss, state and nonce right, ID token names ada@example.com');

const refreshed = await oauth.refreshTokenGrantRequest(as, client, authentication, tokens.refresh_token, options);
const fresh = await oauth.processRefreshTokenResponse(as, client, refreshed);
assert.notEqual(fresh.refresh_token, tokens.refresh_token);
assert.equal(oauth.getValidatedIdTokenClaims(fresh).sub, sub);
check('refresh', 'new access, refresh and ID token for the same person');

const asked = await oauth.userInfoRequest(as, client, fresh.access_token, options);
const info = await oauth.processUserInfoResponse(as, client, sub, asked);
assert.equal(info.name, 'Ada Lovelace');
check('userinfo', 'the subject is that of the ID token, and the name is there');

const call = new globalThis.Request(`${API}/orders`, { headers: { authorization: `Bearer ${fresh.access_token}` } });
const claims = await oauth.validateJwtAccessToken(as, call, API, options);
assert.deepEqual([claims.sub, claims.client_id, claims.scope.includes('profile')], [sub, CLIENT_ID, true]);
await assert.rejects(oauth.validateJwtAccessToken(as, call, 'https://other.example.com', options), /aud/);
check('api', 'the access token is a JWT of RFC 9068 for this API (typ at+jwt, aud, scope) and for no other');

const end = new URL(as.end_session_endpoint);
const hint = { id_token_hint: fresh.id_token, post_logout_redirect_uri: POST_LOGOUT_REDIRECT_URI, state };
end.search = new URLSearchParams(hint);
assert.equal((await visited(end)).href, `${POST_LOGOUT_REDIRECT_URI}?state=${state}`);
const again = await oauth.refreshTokenGrantRequest(as, client, authentication, fresh.refresh_token, options);
assert.equal(again.status, 200);
check('logout', 'the browser is back with the state; offline_access outlives the session');
