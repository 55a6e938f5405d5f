/**
 * A resource server that demands a recent login with a second factor for payments (RFC 9470). It checks access tokens
 * itself (RFC 9068), through the npm package jose.
 */
import { createRemoteJWKSet, jwtVerify } from 'jose';

/** What the paths demand of the login. `max_age` is in seconds. */
const DEMANDS = { '/balance': {}, '/payments': { acr_values: 'mfa', max_age: 300 } };

/** @param issuer the authorization server @param jwksUri its keys @param audience the name of this resource server */
export function resourceServer({ issuer, jwksUri, audience }) {
  const keys = createRemoteJWKSet(new URL(jwksUri));
  return async (request, response) => {
    const demand = DEMANDS[new URL(request.url, audience).pathname];
    if (!demand) return send(response, 404, { error: 'not_found' });
    const claims = await verified(request, { keys, issuer, audience });
    if (!claims) return challenge(response, { error: 'invalid_token' });
    if (!meets(claims, demand)) {
      const error_description = 'Sign in with a second factor, or again.';
      return challenge(response, { error: 'insufficient_user_authentication', error_description, ...demand });
    }
    send(response, 200, { subject: claims.sub, acr: claims.acr });
  };
}

async function verified({ headers }, { keys, issuer, audience }) {
  const [, token] = /^Bearer (.+)$/i.exec(headers.authorization ?? '') ?? [];
  if (!token) return undefined;
  // The type tells an access token from an ID token of the same issuer (RFC 9068, section 4).
  const options = { issuer, audience, typ: 'at+jwt', requiredClaims: ['exp', 'sub', 'client_id'] };
  return jwtVerify(token, keys, options).then(
    ({ payload }) => payload,
    () => undefined,
  );
}

function meets({ acr, auth_time: authTime = 0 }, { acr_values: wanted, max_age: maxAge }) {
  const isStrong = wanted === undefined || wanted.split(' ').includes(acr);
  return isStrong && (maxAge === undefined || authTime + maxAge >= Date.now() / 1000);
}

/** RFC 9470, section 3. */
function challenge(response, parameters) {
  const list = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`);
  send(response, 401, parameters, { 'www-authenticate': `Bearer ${list.join(', ')}` });
}

function send(response, status, body, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
