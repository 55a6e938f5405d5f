/**
 * Key sets as the rest of the server uses them: from memory, at most a few seconds old, so that signing and verifying
 * cost no query. Whoever writes calls `announceChange`. While the database cannot be reached, the last known set serves.
 */
import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { JWK } from 'jose';
import { ConfigHolder } from '../config/config-holder.js';
import { isUnavailable } from '../database/unavailable.js';
import { Invalidation } from '../invalidation/invalidation.js';
import { generateJwk } from './generate-jwk.js';
import type { JsonWebKeyEntity } from './json-web-key.entity.js';
import { KeyRecords } from './key-records.js';
import { KeySet } from './key-set.js';
import type { Signer } from './signer.js';
import { StoredKey } from './stored-key.js';

export type SigningKey = Signer;

const MAX_AGE_MS = 5000;
/** A kid that is not known makes the set be read again, but no more often than this. */
const UNKNOWN_KID_AGE_MS = 1000;
const MAX_SETS = 1000;

interface Cached {
  set?: KeySet;
  /** Milliseconds since 1970. */
  readAt: number;
  reading?: Promise<KeySet>;
}

@Injectable()
export class KeySets {
  private readonly logger = new Logger('Keys');
  private readonly cache = new Map<string, Cached>();
  private readonly generating = new Map<string, Promise<KeySet>>();

  constructor(
    private readonly records: KeyRecords,
    private readonly config: ConfigHolder,
    private readonly invalidation: Invalidation,
  ) {
    invalidation.subscribe('key_set', (setId) => {
      this.forget(setId);
    });
  }

  /**
   * The newest active private key of the set. Where there is none, one is made: one only, however many processes ask.
   * @throws OAuthError misconfiguration where keys are there that no secret of `secrets.system` opens.
   */
  async signingKey(setId: string): Promise<SigningKey> {
    const set = await this.withSigner(setId);
    if (!set.signer) throw set.fault;
    return set.signer;
  }

  /** The algorithm of the key that signs, known even where no secret opens it. */
  async algorithm(setId: string): Promise<string> {
    const set = await this.withSigner(setId);
    return set.signer?.alg ?? set.newestAlgorithm ?? this.config.current.keys.algorithm;
  }

  /** The public keys of the sets, in their order, newest first; the keys that no secret opens are missing. */
  async publicJwks(setIds: readonly string[]): Promise<JWK[]> {
    const sets = await Promise.all([...new Set(setIds)].map((setId) => this.get(setId)));
    return sets.flatMap((set) => set.keys).flatMap((key) => key.publicJwk ?? []);
  }

  /** The key of this kid, private or public, in whatever state. */
  async find(setId: string, kid: string): Promise<StoredKey | undefined> {
    const set = await this.get(setId);
    return set.find(kid) ?? (await this.get(setId, UNKNOWN_KID_AGE_MS)).find(kid);
  }

  /** The set, at most so old (milliseconds). Of a set that does not exist: an empty one. */
  async get(setId: string, maxAgeMs = MAX_AGE_MS): Promise<KeySet> {
    const cached = this.entry(setId);
    if (cached.set && Date.now() - cached.readAt <= maxAgeMs) return cached.set;
    cached.reading ??= this.read(setId, cached).finally(() => {
      cached.reading = undefined;
    });
    return cached.reading;
  }

  /** The set as it is now in the database. */
  fresh(setId: string): Promise<KeySet> {
    return this.read(setId, this.entry(setId));
  }

  /** The set, with a key that signs unless keys are there that no secret opens. */
  async withSigner(setId: string): Promise<KeySet> {
    const set = await this.get(setId);
    if (set.signer || set.unopened.length > 0) return set;
    const generating = this.generating.get(setId) ?? this.generate(setId);
    this.generating.set(setId, generating);
    return generating.finally(() => this.generating.delete(setId));
  }

  /** The set was written: every process reads it again, this one at once. */
  announceChange(setId: string): void {
    this.invalidation.publish('key_set', setId);
  }

  /** Nothing that was read before is used again. */
  forget(setId?: string): void {
    if (setId === undefined) this.cache.clear();
    else this.cache.delete(setId);
  }

  /** Opens the rows; keys that were open before are taken over, and the whole set where nothing changed. */
  open(setId: string, rows: readonly JsonWebKeyEntity[], before?: KeySet): KeySet {
    const keys: StoredKey[] = [];
    const unopened: string[] = [];
    for (const row of rows) {
      const known = before?.find(row.kid);
      if (known && isSameRow(known.row, row)) keys.push(known);
      else {
        const jwk = this.records.unseal(row);
        if (jwk) keys.push(new StoredKey(row, jwk));
        else unopened.push(row.kid);
      }
    }
    if (before && isSameList(before.keys, keys) && isSameList(before.unopened, unopened)) return before;
    const set = new KeySet(setId, keys, unopened, rows.find((row) => row.state === 'active')?.alg);
    if (unopened.length > 0) this.logger.error(set.fault.hint);
    return set;
  }

  private async generate(setId: string): Promise<KeySet> {
    const { algorithm: alg, rsa_bits: rsaBits } = this.config.current.keys;
    const jwk = await generateJwk(alg, { kid: randomUUID(), use: 'sig', rsaBits });
    await this.records.exclusively(setId, async (manager) => {
      const found = this.open(setId, await this.records.rows(setId, manager));
      if (found.signer || found.unopened.length > 0) return; // another process was first
      await this.records.add(setId, { jwk }, new Date(), manager);
      await this.records.keepWaiting(setId, manager);
      this.logger.log(`Made the ${alg} key ${String(jwk.kid)} for the set ${setId}, which had none that signs.`);
    });
    this.announceChange(setId);
    return this.get(setId);
  }

  private entry(setId: string): Cached {
    let cached = this.cache.get(setId);
    if (!cached) {
      if (this.cache.size >= MAX_SETS) this.cache.clear();
      cached = { readAt: 0 };
      this.cache.set(setId, cached);
    }
    return cached;
  }

  private async read(setId: string, cached: Cached): Promise<KeySet> {
    const readAt = Date.now();
    try {
      const rows = await this.records.rows(setId);
      cached.set = this.open(setId, rows, cached.set);
    } catch (error) {
      if (!cached.set || !isUnavailable(error)) throw error;
    }
    cached.readAt = readAt;
    return cached.set;
  }
}

function isSameRow(a: JsonWebKeyEntity, b: JsonWebKeyEntity): boolean {
  return a.seq === b.seq && a.state === b.state && a.sealedJwk.equals(b.sealedJwk);
}

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((element, i) => element === b[i]);
}
