import { Injectable } from '@nestjs/common';
import { parseJwt, type UnverifiedJwt, type VerifiedJwt } from './compact-jwt.js';
import { isSignedBy } from './verify-signature.js';
import { KeySets } from '../keys/key-sets.js';
import type { StoredKey } from '../keys/stored-key.js';

@Injectable()
export class JwtVerifier {
  constructor(private readonly keySets: KeySets) {}

  /**
   * Returns header and payload of a JWT that a key of the sets signed, and undefined for anything else. Keys of every
   * state count, so that a JWT stays valid after a rotation. The key is chosen by `kid`; a JWT without `kid` is tried
   * with every key. Only the signature is verified: the caller checks `typ` and claims.
   */
  async verify(setIds: string | readonly string[], jwt: string): Promise<VerifiedJwt | undefined> {
    const parsed = parseJwt(jwt);
    if (!parsed) return undefined;
    for (const setId of typeof setIds === 'string' ? [setIds] : setIds) {
      for (const key of await this.candidates(setId, parsed)) {
        if (await isSignedBy(parsed, key)) return { header: parsed.header, payload: parsed.payload };
      }
    }
    return undefined;
  }

  private async candidates(setId: string, { kid }: UnverifiedJwt): Promise<readonly StoredKey[]> {
    if (kid === undefined) return (await this.keySets.get(setId)).keys;
    const key = await this.keySets.find(setId, kid);
    return key ? [key] : [];
  }
}
