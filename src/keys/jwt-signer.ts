import { Injectable } from '@nestjs/common';
import { stringifyJson } from '../protocol/json.js';
import type { SigningAlgorithm } from './algorithms.js';
import { KeySets } from './key-sets.js';
import type { Signer } from './signer.js';

type PayloadOf = (alg: string) => object;

/** The bytes that a key signs to prove that it works. They are not a JWT. */
const TRIAL = Buffer.from('a trial signature');

@Injectable()
export class JwtSigner {
  /** Keys that have made a signature. */
  private readonly proven = new WeakSet<Signer>();

  constructor(private readonly keySets: KeySets) {}

  /**
   * Returns the payload as a compact JWT (RFC 7519), signed with the newest active key of the set, or with its newest
   * active key for `alg`. Integers beyond 2^53 (BigInt) keep their digits. A payload that depends on the algorithm
   * (`at_hash`) is a function of it. `alg` and `kid` come from the key.
   * @throws OAuthError misconfiguration: see KeySets.signingKey.
   */
  async sign(
    setId: string,
    payload: object | PayloadOf,
    header: { typ?: string; alg?: SigningAlgorithm } = {},
  ): Promise<string> {
    return this.signWith(await this.keySets.signingKey(setId, header.alg), payload, header.typ);
  }

  /**
   * Signs with a key that `prepare` returned. There is no lookup: the only wait is for the signature.
   * @param typ null: the header has none
   */
  async signWith(key: Signer, payload: object | PayloadOf, typ: string | null = 'JWT'): Promise<string> {
    const claims: object = typeof payload === 'function' ? (payload as PayloadOf)(key.alg) : payload;
    const input = `${encode({ alg: key.alg, kid: key.kid, typ: typ ?? undefined })}.${encode(claims)}`;
    const signature = await key.sign(Buffer.from(input));
    return `${input}.${signature.toString('base64url')}`;
  }

  /**
   * Returns a key that has proven that it can sign. Callers use it before they spend a single-use credential, which they
   * could not restore if the signature failed. @throws as `sign` does
   */
  async prepare(setId: string, alg?: SigningAlgorithm): Promise<Signer> {
    const key = await this.keySets.signingKey(setId, alg);
    if (!this.proven.has(key)) {
      await key.sign(TRIAL);
      this.proven.add(key);
    }
    return key;
  }
}

function encode(value: object): string {
  return Buffer.from(stringifyJson(value)).toString('base64url');
}
