/**
 * What Hydra derives from its secrets, written once more for tests: the program's own code must not judge itself.
 * The names are those of Hydra's own code and documents.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  type JsonWebKey,
  sign,
  verify,
} from 'node:crypto';

const sha256 = (value: string | Buffer): Buffer => createHash('sha256').update(value).digest();
export const sha256Hex = (value: string): string => sha256(value).toString('hex');
export const sha384Hex = (value: string): string => createHash('sha384').update(value).digest('hex');

/** Random bytes that are the same at every run, so that a failure can be repeated. */
export class SeededBytes {
  private counter = 0;

  constructor(private readonly seed: string) {}

  next(length: number): Buffer {
    const block = createHash('sha512').update(`${this.seed} ${this.counter++}`).digest();
    return block.subarray(0, length);
  }

  uuid(): string {
    const hex = this.next(16).toString('hex');
    return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20)].join(
      '-',
    );
  }
}

/** base64url with padding, as Go's URLEncoding writes it. */
const padded = (bytes: Buffer): string => {
  const text = bytes.toString('base64url');
  return text + '='.repeat((4 - (text.length % 4)) % 4);
};

export function hydraSealed(text: string, secret: string, nonce: Buffer): string {
  const cipher = createCipheriv('aes-256-gcm', sha256(secret), nonce);
  return padded(Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]));
}

/** @throws Error if none of the secrets opens it */
export function hydraOpened(sealed: string, secrets: readonly string[]): string {
  const bytes = Buffer.from(sealed, 'base64url');
  for (const secret of secrets) {
    const decipher = createDecipheriv('aes-256-gcm', sha256(secret), bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(-16));
    const text = decipher.update(bytes.subarray(12, -16));
    try {
      return Buffer.concat([text, decipher.final()]).toString();
    } catch {
      continue; // another secret
    }
  }
  throw new Error('none of the secrets opens it');
}

/** An opaque token, code or device code. */
export function hydraToken(prefix: string, key: Buffer, secret: string): string {
  return `${prefix}${key.toString('base64url')}.${hydraMac(key, secret)}`;
}

const hydraMac = (key: Buffer, secret: string): string =>
  createHmac('sha512-256', sha256(secret)).update(key).digest('base64url');

export function isHydraToken(token: string, secrets: readonly string[]): boolean {
  const [key = '', mac = ''] = token.replace(/^ory_.t_/, '').split('.');
  return secrets.some((secret) => hydraMac(Buffer.from(key, 'base64url'), secret) === mac);
}

export interface NamedKey extends JsonWebKey {
  kid: string;
}

export const publicPart = ({ kid, kty, n, e }: NamedKey): NamedKey => ({ use: 'sig', kty, kid, alg: 'RS256', n, e });

/** Signs the claims anew; the header may name another key, as Hydra does after a new one was added. */
export function rs256(claims: unknown, key: NamedKey, kid: string): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'RS256', kid, typ: 'JWT' })}.${part(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), createPrivateKey({ key, format: 'jwk' }));
  return `${signed}.${signature.toString('base64url')}`;
}

export function isSignedBy(jwt: string, key: NamedKey): boolean {
  const [header, claims, signature = ''] = jwt.split('.');
  const publicKey = createPublicKey({ key, format: 'jwk' });
  return verify('sha256', Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, 'base64url'));
}

export const claimsOf = (jwt: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
