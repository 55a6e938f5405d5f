import { Injectable } from '@nestjs/common';
import { stringifyJson } from '../protocol/json.js';
import { KeySets } from './key-sets.js';

type PayloadOf = (alg: string) => object;

@Injectable()
export class JwtSigner {
  constructor(private readonly keySets: KeySets) {}

  /**
   * The payload as a compact JWT (RFC 7519), signed with the newest active key of the set. Integers beyond 2^53 (BigInt)
   * keep their digits. A payload that depends on the algorithm (`at_hash`) is a function of it. `typ` is JWT unless the
   * header says otherwise; `alg` and `kid` come from the key.
   * @throws OAuthError misconfiguration: see KeySets.signingKey.
   */
  async sign(setId: string, payload: object | PayloadOf, header: { typ?: string } = {}): Promise<string> {
    const key = await this.keySets.signingKey(setId);
    const claims: object = typeof payload === 'function' ? (payload as PayloadOf)(key.alg) : payload;
    const input = `${encode({ alg: key.alg, kid: key.kid, typ: header.typ ?? 'JWT' })}.${encode(claims)}`;
    const signature = await key.sign(Buffer.from(input));
    return `${input}.${signature.toString('base64url')}`;
  }

  /** The `alg` that the next signature will have. @throws as `sign` does, so that it tells in time whether that can be. */
  async algorithm(setId: string): Promise<string> {
    return (await this.keySets.signingKey(setId)).alg;
  }
}

function encode(value: object): string {
  return Buffer.from(stringifyJson(value)).toString('base64url');
}
