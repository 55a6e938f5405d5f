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
   * state count, so that a JWT stays valid after a rotation. Only the signature is verified: the caller checks `typ` and
   * claims.
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

  /**
   * The key that `kid` names comes first, so that a JWT of this server costs one try. The others follow, newest first:
   * after a rotation Hydra signs with the new key, but writes the kid of the old one into tokens of older grants. A text
   * that nobody signed costs one try for each key of its algorithm: 35 keys cost as much as the hash of a client secret.
   */
  private async candidates(setId: string, { kid }: UnverifiedJwt): Promise<readonly StoredKey[]> {
    const named = kid === undefined ? undefined : await this.keySets.find(setId, kid);
    const { keys } = await this.keySets.get(setId);
    return named ? [named, ...keys.filter((key) => key !== named)] : keys;
  }
}
