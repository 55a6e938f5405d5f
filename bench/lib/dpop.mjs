// Proofs of possession (RFC 9449), as header lines. A key belongs to one connection, as to one client; each proof is a new one.
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { random } from './world.mjs';

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

class ProofKey {
  #key;
  #header;
  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#key = { key: privateKey, dsaEncoding: 'ieee-p1363' };
    this.#header = encoded({ typ: 'dpop+jwt', alg: 'ES256', jwk: publicKey.export({ format: 'jwk' }) });
  }
  /** @param token the access token that the proof belongs to, at a protected resource */
  line(method, url, token) {
    const ath = token && createHash('sha256').update(token).digest('base64url');
    const claims = { jti: random(), htm: method, htu: url, iat: Math.floor(Date.now() / 1000), ath };
    const input = `${this.#header}.${encoded(claims)}`;
    return `dpop: ${input}.${sign('sha256', Buffer.from(input), this.#key).toString('base64url')}\r\n`;
  }
}

export const keyOf = (user) => (user.proofKey ??= new ProofKey());
export const tokenProof = (user, world) => keyOf(user).line('POST', `${world.target.issuer}/oauth2/token`);
