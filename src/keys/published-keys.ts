/** The published key set (RFC 7517 §5), from a buffer that is rebuilt when a key or the configuration changes. */
import { Injectable, Logger } from '@nestjs/common';
import { ConfigHolder } from '../config/config-holder.js';
import { Reply } from '../http/replies/reply.js';
import { ACCESS_TOKEN_KEY_SET, ENCRYPTION_KEY_SET, ID_TOKEN_KEY_SET } from '../protocol/constants.js';
import { stringifyJson } from '../protocol/json.js';
import type { KeySet } from './key-set.js';
import { KeySets } from './key-sets.js';

/** The pause after keys could not be made, which costs as much as making them. */
const PAUSE_MS = 10_000;

const HEADERS = { 'content-type': 'application/json; charset=utf-8' };

@Injectable()
export class PublishedKeys {
  private readonly logger = new Logger('Keys');
  private sets: readonly KeySet[] = [];
  private body: Buffer | undefined;
  /** By a monotonic clock. */
  private failedAt: number | undefined;

  constructor(
    private readonly keySets: KeySets,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * The public keys of the broadcast sets, of the two signing sets, and of the encryption set while that is enabled. A set
   * of ours without a key gets one.
   */
  async reply(): Promise<Reply> {
    const sets = (await Promise.all(this.published.map((setId) => this.set(setId)))).flatMap((set) => set ?? []);
    if (!this.body || !isSame(this.sets, sets)) {
      const keys = sets.flatMap((set) => set.keys).flatMap((key) => key.publicJwk ?? []);
      this.body = Buffer.from(`${stringifyJson({ keys })}\n`);
      this.sets = sets;
    }
    return new Reply(200, HEADERS, this.body);
  }

  private get published(): string[] {
    const { webfinger, oauth2 } = this.config.current;
    const others = webfinger.jwks.broadcast_keys.filter((setId) => setId !== ENCRYPTION_KEY_SET);
    const signing = [...new Set([...others, ACCESS_TOKEN_KEY_SET, ID_TOKEN_KEY_SET])];
    // Last, because some clients take the first key of a type whatever its use.
    return oauth2.encryption.enabled ? [...signing, ENCRYPTION_KEY_SET] : signing;
  }

  /** A broadcast set that has keys gets no other one, because its keys may be public keys of another party. */
  private async set(setId: string): Promise<KeySet | undefined> {
    if (setId === ENCRYPTION_KEY_SET) return this.encryptionSet();
    const set = await this.keySets.get(setId);
    const signs = setId === ACCESS_TOKEN_KEY_SET || setId === ID_TOKEN_KEY_SET;
    return signs || set.isEmpty ? this.keySets.withSigner(setId) : set;
  }

  /** Undefined where it lacks keys that cannot be made now: those that verify signatures are needed by everybody. */
  private async encryptionSet(): Promise<KeySet | undefined> {
    if (this.failedAt !== undefined && performance.now() - this.failedAt < PAUSE_MS) return undefined;
    try {
      return await this.keySets.withEncryptionKeys();
    } catch (error) {
      this.failedAt = performance.now();
      this.logger.warn(`Keys to encrypt to could not be made, which is tried again: ${String(error)}`);
      return undefined;
    }
  }
}

function isSame(a: readonly KeySet[], b: readonly KeySet[]): boolean {
  return a.length === b.length && a.every((set, i) => set === b[i]);
}
