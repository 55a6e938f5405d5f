/** An issuer that signs assertions, and that the server trusts where a test makes it so. */
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { send } from './send.js';
import { ISSUER, type TestServer } from './server.js';

type Claims = Record<string, unknown>;

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export class TrustedIssuer {
  private readonly pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly jwk = { ...this.pair.publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'ES256', use: 'sig' };
  readonly issuer = `https://${randomUUID()}.example`;

  /** @param over members of the trusted issuer */
  static async of(server: TestServer, over: Record<string, unknown> = {}): Promise<TrustedIssuer> {
    const issuer = new TrustedIssuer();
    const body = JSON.stringify({
      ...{ issuer: issuer.issuer, allow_any_subject: true, scope: [], expires_at: '2100-01-01T00:00:00Z' },
      ...{ jwk: issuer.jwk, ...over },
    });
    const { status, text } = await send('POST', `${server.admin}/admin/trust/grants/jwt-bearer/issuers`, { body });
    if (status !== 201) throw new Error(`The issuer is not trusted: ${text}`);
    return issuer;
  }

  /** A JWT about `bob` for the token endpoint, valid for a minute; claims may be replaced. */
  assertion(over: Claims = {}, header: { typ?: string } = {}): string {
    const now = Math.floor(Date.now() / 1000);
    const payload = {
      ...{ iss: this.issuer, sub: 'bob', aud: `${ISSUER}/oauth2/token`, jti: randomUUID(), iat: now, exp: now + 60 },
      ...over,
    };
    const input = `${part({ alg: 'ES256', kid: 'k', ...header })}.${part(payload)}`;
    const signature = sign('sha256', Buffer.from(input), { key: this.pair.privateKey, dsaEncoding: 'ieee-p1363' });
    return `${input}.${signature.toString('base64url')}`;
  }
}
