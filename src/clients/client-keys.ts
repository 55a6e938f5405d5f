/**
 * The keys that a client registered by value (`jwks`) or by address (`jwks_uri`): they verify its JWTs, encrypt for it, or have
 * its certificates.
 */
import { Injectable } from '@nestjs/common';
import type { JSONWebKeySet, JWK } from 'jose';
import { LRUCache } from 'lru-cache';
import { ConfigHolder } from '../config/config-holder.js';
import { parseForeignJwt, type UnverifiedJwt, type VerifiedJwt } from '../jwt/compact-jwt.js';
import { JwkSet, type Verdict } from '../jwt/jwk-set.js';
import { type KeySource, RemoteKeySets } from '../jwt/remote-key-sets.js';
import type { KeyEncryptionAlgorithm } from '../keys/encryption-algorithms.js';
import { registeredCertificate } from './certificates/registered-certificates.js';
import { mayReachPrivate } from './private-reach.js';
import { RegisteredClient } from './registered-client.js';

/** The client has no key with the `kid` of the JWT, or none for the algorithm. */
export class ClientKeyNotFound extends Error {
  constructor() {
    super('The client has no such key.');
    this.name = 'ClientKeyNotFound';
  }
}

/** The JWT is malformed, signed with another algorithm than requested, or its signature does not verify. */
export class ClientJwtInvalid extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ClientJwtInvalid';
  }
}

/** Room for the imported keys of about 2,000 clients with one key each. Strangers choose the number of their keys. */
const MAX_REGISTERED_BYTES = 16 * 2 ** 20;

@Injectable()
export class ClientKeys {
  /** Keys by value are imported once for as long as the client is cached, if there is room for them. */
  private readonly registered = new LRUCache<JSONWebKeySet, JwkSet>({
    maxSize: MAX_REGISTERED_BYTES,
    sizeCalculation: ({ size }) => size,
  });

  constructor(
    private readonly remote: RemoteKeySets,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * Returns header and payload when the signature is verified. The caller checks the claims.
   * @throws ClientKeyNotFound, RemoteKeysUnreachable, ClientJwtInvalid
   */
  async verify(client: RegisteredClient, jwt: string, want: { algorithms: readonly string[] }): Promise<VerifiedJwt> {
    const parsed = parseForeignJwt(jwt);
    if (!parsed) throw new ClientJwtInvalid('It is no signed JWT.');
    if (!want.algorithms.includes(parsed.alg)) throw new ClientJwtInvalid(`${parsed.alg} is not wanted.`);
    const verdict = await this.judge(client, parsed);
    if (verdict === 'no key') throw new ClientKeyNotFound();
    if (verdict === 'wrong signature') throw new ClientJwtInvalid('The signature does not verify.');
    return { header: parsed.header, payload: parsed.payload };
  }

  /**
   * The public key that a JWE for the client is encrypted to. The client may have published one since the last fetch.
   * @throws ClientKeyNotFound, RemoteKeysUnreachable
   */
  async recipient(client: RegisteredClient, alg: KeyEncryptionAlgorithm): Promise<JWK> {
    const { jwks } = client.metadata;
    const source = this.sourceOf(client);
    const set = source ? await this.remote.keys(source) : jwks && this.byValue(jwks);
    const key = set?.recipientOf(alg) ?? (source && (await this.remote.refreshed(source))?.recipientOf(alg));
    if (!key) throw new ClientKeyNotFound();
    return key;
  }

  /**
   * Whether a certificate is that of one of the keys (RFC 8705 §2.2). Keys without `x5c` have none.
   * @param certificate in DER
   * @throws RemoteKeysUnreachable
   */
  async hold(client: RegisteredClient, certificate: Buffer): Promise<boolean> {
    const { jwks } = client.metadata;
    const source = this.sourceOf(client);
    if (!source) return isAmong(jwks?.keys ?? [], certificate);
    if (isAmong((await this.remote.keys(source)).keys, certificate)) return true;
    return isAmong((await this.remote.refreshed(source))?.keys ?? [], certificate);
  }

  private async judge(client: RegisteredClient, jwt: UnverifiedJwt): Promise<Verdict> {
    const { jwks } = client.metadata;
    const source = this.sourceOf(client);
    if (!source) return jwks ? this.byValue(jwks).judge(jwt) : 'no key';
    const verdict = await (await this.remote.keys(source)).judge(jwt);
    if (!mayBeRotated(jwt, verdict)) return verdict;
    const fresh = await this.remote.refreshed(source);
    return fresh ? fresh.judge(jwt) : verdict;
  }

  /** Where the client publishes its keys; undefined where it registered them by value. */
  private sourceOf({ key, metadata }: RegisteredClient): KeySource | undefined {
    const { jwks_uri: uri } = metadata;
    return uri === undefined
      ? undefined
      : { owner: key, uri, allowPrivate: mayReachPrivate(metadata, this.config.current) };
  }

  private byValue(jwks: JSONWebKeySet): JwkSet {
    const set = this.registered.get(jwks) ?? new JwkSet(jwks.keys);
    this.registered.set(jwks, set);
    return set;
  }
}

/** The client may have published a new key since the last fetch, unless the key with the `kid` is known. */
function mayBeRotated(jwt: UnverifiedJwt, verdict: Verdict): boolean {
  return verdict === 'no key' || (verdict === 'wrong signature' && jwt.kid === undefined);
}

function isAmong(keys: readonly unknown[], certificate: Buffer): boolean {
  return keys.some((key) => registeredCertificate(key)?.equals(certificate) === true);
}
