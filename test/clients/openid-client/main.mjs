/** A web application with openid-client: code flow with PKCE, state and nonce, a client secret in the header. */
import assert from 'node:assert/strict';
import * as oidc from 'openid-client';
import { check, visited } from '../runner.mjs';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, POST_LOGOUT_REDIRECT_URI, SCOPE } = process.env;

// The library's own default is client_secret_post: the method has to be the registered one.
const authentication = oidc.ClientSecretBasic(CLIENT_SECRET);
const config = await oidc.discovery(new URL(ISSUER), CLIENT_ID, undefined, authentication, {
  execute: [oidc.allowInsecureRequests], // the server of this run is on plain http
});
assert.equal(config.serverMetadata().issuer, ISSUER);
check('discovery', 'the issuer of the document is the one that was asked');

const [state, nonce, verifier] = [oidc.randomState(), oidc.randomNonce(), oidc.randomPKCECodeVerifier()];
const address = oidc.buildAuthorizationUrl(config, {
  ...{ redirect_uri: REDIRECT_URI, scope: SCOPE, state, nonce },
  ...{ code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
});
const expected = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
const tokens = await oidc.authorizationCodeGrant(config, await visited(address), expected);
const { sub, email } = tokens.claims();
assert.equal(email, 'ada@example.com');
check('login', 'code with PKCE redeemed, iss, state and nonce right, ID token names ada@example.com');

const fresh = await oidc.refreshTokenGrant(config, tokens.refresh_token);
assert.notEqual(fresh.access_token, tokens.access_token);
assert.notEqual(fresh.refresh_token, tokens.refresh_token);
assert.equal(fresh.claims().sub, sub);
check('refresh', 'new access, refresh and ID token for the same person');

const again = await oidc.refreshTokenGrant(config, tokens.refresh_token);
assert.ok(again.access_token);
check('refresh', 'the refresh token from before works once more within the grace period');

const info = await oidc.fetchUserInfo(config, fresh.access_token, sub);
assert.equal(info.name, 'Ada Lovelace');
check('userinfo', 'the subject is that of the ID token, and the name is there');

await oidc.tokenRevocation(config, fresh.refresh_token);
await assert.rejects(oidc.refreshTokenGrant(config, fresh.refresh_token), { error: 'invalid_grant' });
check('revocation', 'a revoked refresh token is invalid_grant');

const end = oidc.buildEndSessionUrl(config, {
  ...{ post_logout_redirect_uri: POST_LOGOUT_REDIRECT_URI, id_token_hint: fresh.id_token, state },
});
const back = await visited(end);
assert.equal(back.href, `${POST_LOGOUT_REDIRECT_URI}?state=${state}`);
check('logout', 'the browser is back at the registered address, with the state');
