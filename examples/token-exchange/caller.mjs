/** Who calls an API: the token is verified here (RFC 9068), and the proof that its sender holds the key (RFC 9449, section 7). */
import * as oauth from 'oauth4webapi';

/**
 * @param api its client id is the audience of its tokens
 * @param base the address of the API, which the proof names
 * @throws Error with status 401
 */
export async function caller({ method, url, headers }, { id, config }, base) {
  const request = new globalThis.Request(new URL(url, base), { method, headers });
  const server = config.serverMetadata();
  const options = { requireDPoP: true, [oauth.allowInsecureRequests]: server.issuer.startsWith('http:') };
  const claims = await oauth.validateJwtAccessToken(server, request, id, options).catch((cause) => {
    throw Object.assign(new Error('The token or its proof is refused.', { cause }), { status: 401 });
  });
  return { claims, token: headers.authorization.split(' ')[1] };
}
