/**
 * Secrets that were verified in this process, so that the costly hash is computed once for each client version. What is
 * remembered is a keyed digest: the key is random and dies with the process. A wrong secret is never remembered.
 */
import { randomBytes } from 'node:crypto';
import { equalBytes, hmacSha256 } from '../crypto/digest.js';
import type { RegisteredClient } from './registered-client.js';

const MAX_CLIENTS = 10_000;
/** The current secret and five rotated ones. */
const MAX_SECRETS_PER_CLIENT = 6;

export class VerifiedSecrets {
  private readonly key = randomBytes(32);
  /** By client key; the least recently used first. */
  private readonly digests = new Map<string, Buffer[]>();

  constructor(private readonly maxClients = MAX_CLIENTS) {}

  /** Whether the secret was verified against one of the hashes that this version of the client has. */
  has(client: RegisteredClient, secret: string): boolean {
    const known = this.digests.get(client.key);
    if (!known) return false;
    this.touch(client.key, known);
    const digests = client.secretHashes.map((hash) => this.digest(client, hash, secret));
    return known.filter((one) => digests.some((other) => equalBytes(one, other))).length > 0;
  }

  /** The secret was verified against this hash. */
  add(client: RegisteredClient, hash: string, secret: string): void {
    const known = this.digests.get(client.key) ?? [];
    this.touch(client.key, [this.digest(client, hash, secret), ...known].slice(0, MAX_SECRETS_PER_CLIENT));
    if (this.digests.size > this.maxClients) this.dropOldest();
  }

  private touch(key: string, digests: Buffer[]): void {
    this.digests.delete(key);
    this.digests.set(key, digests);
  }

  private digest(client: RegisteredClient, hash: string, secret: string): Buffer {
    return hmacSha256(this.key, JSON.stringify([client.key, client.version, hash, secret]));
  }

  private dropOldest(): void {
    const [oldest] = this.digests.keys();
    if (oldest !== undefined) this.digests.delete(oldest);
  }
}
