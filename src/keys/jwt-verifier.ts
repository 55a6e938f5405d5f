import { Injectable } from '@nestjs/common';
import { isSignedBy, parseJwt, type UnverifiedJwt, type VerifiedJwt } from './compact-jwt.js';
import { KeySets } from './key-sets.js';
import type { StoredKey } from './stored-key.js';

@Injectable()
export class JwtVerifier {
  constructor(private readonly keySets: KeySets) {}

  /**
   * Header and payload of a JWT that a key of the sets signed, whatever the state of the key: what was signed before a
   * rotation stays valid. Undefined for anything else. The key is chosen by `kid`; a JWT without one is tried with every
   * key. Only the signature is proven: the caller judges `typ` and claims.
   */
  async verify(setIds: string | readonly string[], jwt: string): Promise<VerifiedJwt | undefined> {
    const parsed = parseJwt(jwt);
    if (!parsed) return undefined;
    for (const setId of typeof setIds === 'string' ? [setIds] : setIds) {
      const keys = await this.candidates(setId, parsed);
      if (keys.some((key) => isSignedBy(parsed, key))) return { header: parsed.header, payload: parsed.payload };
    }
    return undefined;
  }

  private async candidates(setId: string, { kid }: UnverifiedJwt): Promise<readonly StoredKey[]> {
    if (kid === undefined) return (await this.keySets.get(setId)).keys;
    const key = await this.keySets.find(setId, kid);
    return key ? [key] : [];
  }
}
