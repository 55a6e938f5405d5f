/**
 * Secrets that were verified in this process, so that the costly hash is computed once for each stored hash of a client,
 * whatever else changes. A keyed digest is remembered: the key is random and dies with the process. A wrong secret is never
 * remembered.
 */
import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { equalBytes, hmacSha256 } from '../crypto/digest.js';
import type { RegisteredClient } from './registered-client.js';

const MAX_CLIENTS = 10_000;
/** The current secret and five rotated ones. */
const MAX_SECRETS_PER_CLIENT = 6;

export class VerifiedSecrets {
  private readonly key = randomBytes(32);
  /** By the key of the client. */
  private readonly digests: LRUCache<string, Buffer[]>;

  constructor(maxClients = MAX_CLIENTS) {
    this.digests = new LRUCache({ max: maxClients });
  }

  /** Whether the secret was verified against one of the hashes that this version of the client has. */
  has(client: RegisteredClient, secret: string): boolean {
    const known = this.digests.get(client.key);
    if (!known) return false;
    const digests = client.secretHashes.map((hash) => this.digest(client, hash, secret));
    return known.filter((one) => digests.some((other) => equalBytes(one, other))).length > 0;
  }

  /** Remembers that the secret was verified against this hash. */
  add(client: RegisteredClient, hash: string, secret: string): void {
    const known = this.digests.get(client.key) ?? [];
    const digests = [this.digest(client, hash, secret), ...known];
    this.digests.set(client.key, digests.slice(0, MAX_SECRETS_PER_CLIENT));
  }

  private digest(client: RegisteredClient, hash: string, secret: string): Buffer {
    return hmacSha256(this.key, JSON.stringify([client.key, hash, secret]));
  }
}
