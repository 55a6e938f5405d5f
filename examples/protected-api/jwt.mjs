/** A resource server that verifies JWT access tokens with jose (docs/guides/protect-an-api.md). */
import { serveOrders } from './bearer.mjs';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';

const issuer = process.env.ISSUER ?? 'http://127.0.0.1:4444';
const audience = process.env.AUDIENCE ?? 'https://api.example.com';
const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', issuer));

async function read(token) {
  try {
    const { payload } = await jwtVerify(token, keys, { issuer, audience, typ: 'at+jwt' });
    return { sub: payload.sub, scope: payload.scope ?? '' };
  } catch (error) {
    // What is wrong with the token. An unreachable server is no fault of the token, and is thrown on.
    if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)) return undefined;
    throw error;
  }
}

serveOrders({ read, scope: 'orders.read', port: Number(process.env.PORT ?? 8080) });
