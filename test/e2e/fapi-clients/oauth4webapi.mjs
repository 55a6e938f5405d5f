/** A client under FAPI 2.0 by the npm package oauth4webapi, which leaves each request and each check to the application. */
import * as oauth from 'oauth4webapi';
import { clientKey, fetchWithCertificate, report, settings, visited } from './protocol.mjs';

const { issuer, clientId, redirectUri, binding } = settings;
const isMtls = binding === 'mtls';
const own = isMtls ? { [oauth.customFetch]: fetchWithCertificate } : {};
const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, own));
const client = { client_id: clientId, id_token_signed_response_alg: 'ES256', use_mtls_endpoint_aliases: isMtls };
const authentication = oauth.PrivateKeyJwt(await clientKey());
const options = isMtls ? own : { DPoP: oauth.DPoP(client, await oauth.generateKeyPair('ES256')) };

const [state, nonce, verifier] = [
  oauth.generateRandomState(),
  oauth.generateRandomNonce(),
  oauth.generateRandomCodeVerifier(),
];
const parameters = new URLSearchParams({
  ...{ client_id: clientId, response_type: 'code', redirect_uri: redirectUri, scope: 'openid offline_access' },
  ...{ state, nonce, code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
});
const pushed = await oauth.processPushedAuthorizationResponse(
  server,
  client,
  await oauth.pushedAuthorizationRequest(server, client, authentication, parameters, options),
);
const address = new URL(server.authorization_endpoint);
address.search = new URLSearchParams({ client_id: clientId, request_uri: pushed.request_uri });

const response = oauth.validateAuthResponse(server, client, await visited(address), state);
const tokens = await oauth.processAuthorizationCodeResponse(
  server,
  client,
  await oauth.authorizationCodeGrantRequest(server, client, authentication, response, redirectUri, verifier, options),
  { expectedNonce: nonce, requireIdToken: true },
);
const fresh = await oauth.processRefreshTokenResponse(
  server,
  client,
  await oauth.refreshTokenGrantRequest(server, client, authentication, tokens.refresh_token, options),
);
const { sub } = oauth.getValidatedIdTokenClaims(tokens);
const userinfo = await oauth.userInfoRequest(server, client, fresh.access_token, options);
const claims = await oauth.processUserInfoResponse(server, client, sub, userinfo);
report({
  ...{ tokenType: fresh.token_type, accessToken: fresh.access_token, sub: claims.sub },
  isKept: fresh.refresh_token === tokens.refresh_token,
});
