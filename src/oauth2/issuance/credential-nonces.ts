/**
 * The nonce of a verifiable credential's proof (OpenID for Verifiable Credential Issuance, draft 00): stateless, its expiry
 * sealed and bound to one access token.
 */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { open, seal } from '../../crypto/aead.js';
import { equalBytes, sha256 } from '../../crypto/digest.js';

const PURPOSE = 'credential nonce';
const TIME_BYTES = 8;

@Injectable()
export class CredentialNonces {
  constructor(private readonly config: ConfigHolder) {}

  /** Valid for `ttl.vc_nonce`; `expiresIn` in whole seconds. */
  make(accessToken: string, now: Date): { nonce: string; expiresIn: number } {
    const { ttl, secrets } = this.config.current;
    const expiry = Buffer.alloc(TIME_BYTES);
    expiry.writeBigInt64BE(BigInt(Math.floor(now.getTime() + ttl.vc_nonce * 1000)));
    const nonce = seal(secrets.system, PURPOSE, Buffer.concat([expiry, sha256(accessToken)]));
    return { nonce: nonce.toString('base64url'), expiresIn: Math.floor(ttl.vc_nonce) };
  }

  /** Whether the nonce was made for this access token and has not expired. */
  verify(nonce: string, accessToken: string, now: Date): boolean {
    const plain = open(this.config.current.secrets.system, PURPOSE, Buffer.from(nonce, 'base64url'));
    if (!plain) return false;
    const expired = Number(plain.readBigInt64BE()) <= now.getTime();
    return !expired && equalBytes(plain.subarray(TIME_BYTES), sha256(accessToken));
  }
}
