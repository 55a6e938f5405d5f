/**
 * Client secrets: hashing new ones and verifying presented ones. Hashing waits in a bounded queue, so that a flood of
 * wrong secrets cannot stop the server; beyond it callers are told to come back.
 */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../config/config-holder.js';
import { sha256 } from '../crypto/digest.js';
import { HashingQueue, HashingQueueFull } from '../crypto/secret-hasher-queue.js';
import { dummyHash, type HashAlgorithm, hashSecret, verifySecret } from '../crypto/secret-hasher.js';
import { temporarilyUnavailable } from '../protocol/oauth-error.js';
import type { RegisteredClient } from './registered-client.js';
import { VerifiedSecrets } from './verified-secrets.js';

const RETRY_AFTER_SECONDS = '1';

@Injectable()
export class ClientSecrets {
  private readonly queue = new HashingQueue();
  private readonly verified = new VerifiedSecrets();
  /** Verifications under way: the same question asked twice at once is answered once. */
  private readonly pending = new Map<string, Promise<boolean>>();
  private dummy?: { algorithm: string; hash: string };

  constructor(private readonly config: ConfigHolder) {}

  /** What is stored of a new secret. @throws OAuthError temporarily_unavailable (503) */
  hash(secret: string): Promise<string> {
    return this.queued(() => hashSecret(secret, this.algorithm));
  }

  /** Whether the secret is known to be one of this version of the client: needs no hashing. */
  isRemembered(client: RegisteredClient, secret: string): boolean {
    return this.verified.has(client, secret);
  }

  /**
   * Whether the secret is the client's current or one of its rotated ones. An unknown client, and one without a secret,
   * take as long as a wrong secret does. @throws OAuthError temporarily_unavailable (503)
   */
  verify(clientId: string, client: RegisteredClient | undefined, secret: string): Promise<boolean> {
    if (client && this.verified.has(client, secret)) return Promise.resolve(true);
    const question = questionId(clientId, client, secret);
    const asked = this.pending.get(question);
    if (asked) return asked;
    const answer = this.queued(() => this.verifyHashes(client, secret)).finally(() => this.pending.delete(question));
    this.pending.set(question, answer);
    return answer;
  }

  private async verifyHashes(client: RegisteredClient | undefined, secret: string): Promise<boolean> {
    if (!client?.secretHashes.length) {
      await verifySecret(secret, this.dummyHash());
      return false;
    }
    for (const hash of client.secretHashes) {
      if (!(await verifySecret(secret, hash))) continue;
      this.verified.add(client, hash, secret);
      return true;
    }
    return false;
  }

  private async queued<T>(task: () => Promise<T>): Promise<T> {
    try {
      return await this.queue.run(task);
    } catch (error) {
      if (!(error instanceof HashingQueueFull)) throw error;
      const hint = 'Too many secrets are being verified: try again in a moment.';
      throw temporarilyUnavailable(hint, error).withHeaders({ 'Retry-After': RETRY_AFTER_SECONDS });
    }
  }

  private get algorithm(): HashAlgorithm {
    const { algorithm, bcrypt, pbkdf2 } = this.config.current.oauth2.hashers;
    return algorithm === 'bcrypt'
      ? { name: 'bcrypt', cost: bcrypt.cost }
      : { name: 'pbkdf2', iterations: pbkdf2.iterations };
  }

  /** One for each algorithm and cost that is configured. */
  private dummyHash(): string {
    const algorithm = JSON.stringify(this.algorithm);
    if (this.dummy?.algorithm !== algorithm) this.dummy = { algorithm, hash: dummyHash(this.algorithm) };
    return this.dummy.hash;
  }
}

/** A digest: the secret itself is not kept as a key. */
function questionId(clientId: string, client: RegisteredClient | undefined, secret: string): string {
  return sha256(JSON.stringify([clientId, client?.key, client?.version, secret])).toString('base64');
}
