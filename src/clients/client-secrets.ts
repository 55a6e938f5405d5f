/**
 * Client secrets: hashes new ones and verifies presented ones. Hashing waits in a bounded queue, so that a flood of wrong
 * secrets cannot stop the server; when the queue is full, callers are asked to retry.
 */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../config/config-holder.js';
import { sha256 } from '../crypto/digest.js';
import { randomFrom } from '../crypto/random.js';
import { type HashingRequester, HashingQueue, HashingQueueFull } from '../crypto/secret-hasher-queue.js';
import { dummyHash, type HashAlgorithm, hashSecret, verifySecret } from '../crypto/secret-hasher.js';
import { addressBlock } from '../http/exchange/address-block.js';
import { temporarilyUnavailable } from '../protocol/oauth-error.js';
import type { RegisteredClient } from './registered-client.js';
import { VerifiedSecrets } from './verified-secrets.js';

const RETRY_AFTER_SECONDS = '1';
/** The requester of the hashes of registrations: no client key and no address equals these values. */
const REGISTRATIONS: HashingRequester = { known: true, client: 'registration', address: 'registration' };
const ADMINISTRATION: HashingRequester = { known: true, client: 'administration', address: 'administration' };
/** Unreserved characters of URLs (RFC 3986 §2.3): no encoding changes them. */
const SECRET_ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~';
/** 157 bits. */
const SECRET_LENGTH = 26;

@Injectable()
export class ClientSecrets {
  private readonly queue = new HashingQueue();
  private readonly verified = new VerifiedSecrets();
  /** Running verifications: simultaneous verifications of the same secret share one result. */
  private readonly pending = new Map<string, Promise<boolean>>();
  private dummy?: { algorithm: string; hash: string };

  constructor(private readonly config: ConfigHolder) {}

  /**
   * Returns the stored form of a new secret. All registrations share one queue entry, whatever client they name.
   * @throws OAuthError temporarily_unavailable (503)
   */
  hash(secret: string, origin: { dynamic: boolean }): Promise<string> {
    const requester = origin.dynamic ? REGISTRATIONS : ADMINISTRATION;
    return this.queued(() => hashSecret(secret, this.algorithm), requester);
  }

  /** Whether the secret was verified before for this version of the client, which needs no hashing. */
  isRemembered(client: RegisteredClient, secret: string): boolean {
    return this.verified.has(client, secret);
  }

  /**
   * Whether the secret is the client's current or one of its rotated ones. An unknown client, and one without a secret, take
   * as long as a wrong secret does; in a flood, requests for unknown clients wait behind the others.
   * @param address of the caller
   * @throws OAuthError temporarily_unavailable (503)
   */
  verify(clientId: string, client: RegisteredClient | undefined, secret: string, address: string): Promise<boolean> {
    if (client && this.verified.has(client, secret)) return Promise.resolve(true);
    const id = verificationId(clientId, client, secret);
    const shared = this.pending.get(id);
    if (shared) return shared;
    const requester = { known: client !== undefined, client: client?.key ?? '', address: addressBlock(address) };
    const answer = this.queued(() => this.verifyHashes(client, secret), requester).finally(() =>
      this.pending.delete(id),
    );
    this.pending.set(id, answer);
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

  private async queued<T>(task: () => Promise<T>, requester: HashingRequester): Promise<T> {
    try {
      return await this.queue.run(task, requester);
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

  /** One hash for each configured algorithm and cost. */
  private dummyHash(): string {
    const algorithm = JSON.stringify(this.algorithm);
    if (this.dummy?.algorithm !== algorithm) this.dummy = { algorithm, hash: dummyHash(this.algorithm) };
    return this.dummy.hash;
  }
}

/** A digest, so that the secret itself is not kept as a key. */
function verificationId(clientId: string, client: RegisteredClient | undefined, secret: string): string {
  return sha256(JSON.stringify([clientId, client?.key, client?.version, secret])).toString('base64');
}

/** A generated secret for a client whose document has none. */
export function generateSecret(): string {
  return randomFrom(SECRET_ALPHABET, SECRET_LENGTH);
}
