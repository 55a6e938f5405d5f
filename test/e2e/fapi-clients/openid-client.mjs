/** A client under FAPI 2.0 by the npm package openid-client: private_key_jwt, PAR, and DPoP or a certificate. */
import * as oidc from 'openid-client';
import { clientKey, fetchWithCertificate, report, settings, visited } from './protocol.mjs';

const { issuer, clientId, redirectUri, binding } = settings;
const isMtls = binding === 'mtls';
const metadata = { id_token_signed_response_alg: 'ES256', use_mtls_endpoint_aliases: isMtls };
const options = isMtls ? { [oidc.customFetch]: fetchWithCertificate } : undefined;
const provider = await oidc.discovery(issuer, clientId, metadata, oidc.PrivateKeyJwt(await clientKey()), options);
const DPoP = isMtls ? undefined : oidc.getDPoPHandle(provider, await oidc.randomDPoPKeyPair('ES256'));

const [state, nonce, verifier] = [oidc.randomState(), oidc.randomNonce(), oidc.randomPKCECodeVerifier()];
const parameters = {
  ...{ redirect_uri: redirectUri, scope: 'openid offline_access', state, nonce },
  ...{ code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
};
const callback = await visited(await oidc.buildAuthorizationUrlWithPAR(provider, parameters, { DPoP }));
const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
const tokens = await oidc.authorizationCodeGrant(provider, callback, checks, undefined, { DPoP });
const fresh = await oidc.refreshTokenGrant(provider, tokens.refresh_token, undefined, { DPoP });
const { sub } = await oidc.fetchUserInfo(provider, fresh.access_token, tokens.claims().sub, { DPoP });
const { token_type: tokenType, access_token: accessToken } = fresh;
report({ tokenType, accessToken, sub, isKept: fresh.refresh_token === tokens.refresh_token });
