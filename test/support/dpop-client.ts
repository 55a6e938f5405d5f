/** A key of a client that makes proofs of possession (RFC 9449), right ones and wrong ones. */
import { createHash, generateKeyPairSync, type JsonWebKey, type KeyObject, randomUUID, sign } from 'node:crypto';
import { constants } from 'node:crypto';

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** RFC 7638 §3.2. */
const MEMBERS: Record<string, string[]> = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
};

export type ProofAlgorithm = 'ES256' | 'ES384' | 'ES512' | 'EdDSA' | 'Ed25519' | 'PS256' | 'RS256';

function pairOf(alg: ProofAlgorithm): { privateKey: KeyObject; publicKey: KeyObject } {
  const curves = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' } as const;
  if (alg in curves) return generateKeyPairSync('ec', { namedCurve: curves[alg as keyof typeof curves] });
  if (alg.startsWith('Ed')) return generateKeyPairSync('ed25519');
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}

/** What the proof says. Members that are undefined are left out. */
export interface ProofOptions {
  /** The access token that it belongs to. */
  token?: string;
  nonce?: string;
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
}

export class ProofKey {
  readonly privateKey: KeyObject;
  readonly jwk: JsonWebKey;
  readonly jkt: string;

  constructor(readonly alg: ProofAlgorithm = 'ES256') {
    const { privateKey, publicKey } = pairOf(alg);
    this.privateKey = privateKey;
    this.jwk = publicKey.export({ format: 'jwk' });
    const names = MEMBERS[this.jwk.kty ?? ''] ?? [];
    this.jkt = sha256(JSON.stringify(Object.fromEntries(names.map((name) => [name, this.jwk[name]]))));
  }

  /** @param url as `htu` */
  proof(method: string, url: string, { token, nonce, claims, header }: ProofOptions = {}): string {
    const ath = token === undefined ? undefined : sha256(token);
    const iat = Math.floor(Date.now() / 1000);
    const payload = { jti: randomUUID(), htm: method, htu: url, iat, ath, nonce, ...claims };
    return this.sign({ typ: 'dpop+jwt', alg: this.alg, jwk: this.jwk, ...header }, payload);
  }

  sign(header: unknown, payload: unknown): string {
    const input = `${typeof header === 'string' ? header : encoded(header)}.${typeof payload === 'string' ? payload : encoded(payload)}`;
    return `${input}.${this.signature(Buffer.from(input)).toString('base64url')}`;
  }

  private signature(input: Buffer): Buffer {
    const { alg, privateKey: key } = this;
    if (alg.startsWith('ES')) return sign(`sha${alg.slice(2)}`, input, { key, dsaEncoding: 'ieee-p1363' });
    if (alg.startsWith('Ed')) return sign(undefined, input, key);
    if (alg === 'RS256') return sign('sha256', input, key);
    return sign('sha256', input, {
      ...{ key, padding: constants.RSA_PKCS1_PSS_PADDING },
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    });
  }
}
