/** A resource server that asks Ostiary about each access token, opaque or JWT (docs/guides/protect-an-api.md). */
import { serveOrders } from './bearer.mjs';

const introspection = process.env.INTROSPECTION ?? 'http://127.0.0.1:4445/admin/oauth2/introspect';
const audience = process.env.AUDIENCE ?? 'https://api.example.com';

async function read(token) {
  const answer = await fetch(introspection, { method: 'POST', body: new URLSearchParams({ token }) });
  if (!answer.ok) throw new Error(`Introspection answered ${answer.status}`);
  const { active, token_use, aud = [], sub, scope = '' } = await answer.json();
  // A refresh token is active as well, and a token for another API is none for this one.
  if (!active || token_use !== 'access_token' || ![aud].flat().includes(audience)) return undefined;
  return { sub, scope };
}

serveOrders({ read, scope: 'orders.read', port: Number(process.env.PORT ?? 8080) });
