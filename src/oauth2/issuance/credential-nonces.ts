/**
 * The nonce for the proof of a verifiable credential (OpenID for Verifiable Credential Issuance, draft 00). It is
 * stateless: it contains its encrypted expiry, bound to one access token.
 */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { open, seal, type SealedPlace } from '../../crypto/aead.js';
import { equalBytes, sha256 } from '../../crypto/digest.js';

/** The place is empty, because the encrypted value itself names its access token. */
const PLACE: SealedPlace = { purpose: 'credential nonce', at: '' };
const TIME_BYTES = 8;

@Injectable()
export class CredentialNonces {
  constructor(private readonly config: ConfigHolder) {}

  /** Creates a nonce that is valid for `ttl.vc_nonce`; `expiresIn` is in whole seconds. */
  make(accessToken: string, now: Date): { nonce: string; expiresIn: number } {
    const { ttl, secrets } = this.config.current;
    const expiry = Buffer.alloc(TIME_BYTES);
    expiry.writeBigInt64BE(BigInt(Math.floor(now.getTime() + ttl.vc_nonce * 1000)));
    const nonce = seal(secrets.system, PLACE, Buffer.concat([expiry, sha256(accessToken)]));
    return { nonce: nonce.toString('base64url'), expiresIn: Math.floor(ttl.vc_nonce) };
  }

  /** Whether the nonce was made for this access token and has not expired. */
  verify(nonce: string, accessToken: string, now: Date): boolean {
    const plain = open(this.config.current.secrets.system, PLACE, Buffer.from(nonce, 'base64url'), 'accept');
    if (!plain) return false;
    const expired = Number(plain.readBigInt64BE()) <= now.getTime();
    return !expired && equalBytes(plain.subarray(TIME_BYTES), sha256(accessToken));
  }
}
