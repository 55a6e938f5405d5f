/** What both resource servers have in common: an HTTP server that asks for a token with a scope (RFC 6750). */
import { createServer } from 'node:http';

/**
 * @param read resolves to `{ sub, scope }` of a token that counts, and to nothing for any other
 * @param scope that `GET /orders` needs
 */
export function serveOrders({ read, scope, port }) {
  const server = createServer((request, response) => {
    answer(request, { read, scope }).then(
      ({ status, challenge, body }) => {
        if (challenge) response.setHeader('www-authenticate', challenge);
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      },
      (error) => {
        console.error(error.message); // not the token's fault: the keys or the answer could not be fetched
        response.writeHead(503).end();
      },
    );
  });
  server.listen(port, '127.0.0.1', () => console.log(`The API listens on http://127.0.0.1:${server.address().port}`));
}

async function answer({ headers, url }, { read, scope }) {
  const [scheme, token] = (headers.authorization ?? '').split(' ');
  if (scheme.toLowerCase() !== 'bearer' || !token) return refused(401, 'Bearer');
  const access = await read(token);
  if (!access) return refused(401, 'Bearer error="invalid_token"');
  if (!access.scope.split(' ').includes(scope))
    return refused(403, `Bearer error="insufficient_scope", scope="${scope}"`);
  return { status: url === '/orders' ? 200 : 404, body: { orders: [], for: access.sub } };
}

const refused = (status, challenge) => ({ status, challenge, body: { error: challenge } });
