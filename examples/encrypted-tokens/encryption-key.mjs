/** The encryption key of an application: a private JWK in a file. The server gets to know its public half alone. */
import { webcrypto as crypto } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const ALGORITHM = { name: 'ECDH', namedCurve: 'P-256' };

/** Makes a key, writes it for this user alone, and returns its public half. @throws where the file exists */
export async function makeEncryptionKey(file) {
  const { privateKey } = await crypto.subtle.generateKey(ALGORITHM, true, ['deriveBits']);
  const { kty, crv, x, y, d } = await crypto.subtle.exportKey('jwk', privateKey);
  const jwk = { kty, crv, x, y, kid: 'encryption', alg: 'ECDH-ES', use: 'enc' };
  writeFileSync(file, JSON.stringify({ ...jwk, d }), { mode: 0o600, flag: 'wx' });
  return jwk;
}

/** The private key and its `kid`, as openid-client takes them. */
export async function readEncryptionKey(file) {
  const { kty, crv, x, y, d, kid, alg } = JSON.parse(readFileSync(file, 'utf8'));
  const key = await crypto.subtle.importKey('jwk', { kty, crv, x, y, d }, ALGORITHM, false, ['deriveBits']);
  return { key, kid, alg };
}
