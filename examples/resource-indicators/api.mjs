/**
 * An API that takes only tokens for itself (RFC 8707): its own address must be an audience of the token. It asks the
 * authorization server about each token (RFC 7662).
 */

/** @param resource the address of this API @param introspection the introspection endpoint of the admin listener */
export function api({ resource, introspection }) {
  return async (request, response) => {
    const token = await introspected(request.headers.authorization, introspection);
    const isMeant = token.active === true && [token.aud ?? []].flat().includes(resource);
    const challenge = { 'www-authenticate': 'Bearer error="invalid_token"' };
    response.writeHead(isMeant ? 200 : 401, { 'content-type': 'application/json', ...(isMeant ? {} : challenge) });
    response.end(JSON.stringify(isMeant ? { subject: token.sub, scope: token.scope } : { error: 'invalid_token' }));
  };
}

async function introspected(header = '', introspection) {
  const [, token] = /^Bearer (.+)$/i.exec(header) ?? [];
  if (!token) return { active: false };
  const answer = await fetch(introspection, { method: 'POST', body: new URLSearchParams({ token }) });
  return answer.json();
}
