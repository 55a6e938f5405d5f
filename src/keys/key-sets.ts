/**
 * The cache of key sets. Sets are at most a few seconds old, so that signing and verifying cost no query. Every writer
 * calls `announceChange`. While the database is unreachable, the last known set is used.
 */
import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { JWK } from 'jose';
import { LRUCache } from 'lru-cache';
import { ConfigHolder } from '../config/config-holder.js';
import { isUnavailable } from '../database/unavailable.js';
import { ImportLedger } from '../imported/import-ledger.js';
import { Invalidation } from '../invalidation/invalidation.js';
import { ENCRYPTION_KEY_SET } from '../protocol/constants.js';
import { temporarilyUnavailable } from '../protocol/oauth-error.js';
import type { SigningAlgorithm } from './algorithms.js';
import { generateOwnJwk, type KeyPurpose } from './generate-jwk.js';
import type { JsonWebKeyEntity } from './json-web-key.entity.js';
import { KeyRecords } from './key-records.js';
import { KeySet } from './key-set.js';
import { keptAbove, isComplete, missingAlgorithms, missingEncryptionKeys } from './missing-keys.js';
import type { Signer } from './signer.js';
import { StoredKey } from './stored-key.js';

type SigningKey = Signer;

const MAX_AGE_MS = 5000;
/** An unknown kid causes the set to be read again, at most this often. */
const UNKNOWN_KID_AGE_MS = 1000;
const MAX_SETS = 1000;

interface Cached {
  set?: KeySet;
  /** The time of the read in milliseconds since 1970. */
  readAt: number;
  reading?: Promise<KeySet>;
}

@Injectable()
export class KeySets {
  private readonly logger = new Logger('Keys');
  private readonly cache = new LRUCache<string, Cached>({ max: MAX_SETS });
  private readonly generating = new Map<string, Promise<KeySet>>();

  constructor(
    private readonly records: KeyRecords,
    private readonly config: ConfigHolder,
    private readonly imports: ImportLedger,
    private readonly invalidation: Invalidation,
  ) {
    invalidation.subscribe('key_set', (setId) => {
      this.forget(setId);
    });
  }

  /**
   * The newest active private key of the set, or its newest one for `alg`. If there is none, one is generated: only one,
   * however many processes need it.
   * @throws OAuthError misconfiguration if the set has keys that no secret of `secrets.system` decrypts.
   */
  async signingKey(setId: string, alg?: SigningAlgorithm): Promise<SigningKey> {
    const set = await this.withSigner(setId, alg);
    const signer = alg === undefined ? set.signer : set.signerOf(alg);
    if (!signer) throw set.fault;
    return signer;
  }

  /** The algorithms that the set signs with, the default one first. Discovery and registration read them. */
  async algorithms(setId: string): Promise<readonly string[]> {
    return (await this.withSigner(setId)).algorithms;
  }

  /** The public keys of the sets, in their order, newest first. Keys that no secret decrypts are missing. */
  async publicJwks(setIds: readonly string[]): Promise<JWK[]> {
    const sets = await Promise.all([...new Set(setIds)].map((setId) => this.get(setId)));
    return sets.flatMap((set) => set.keys).flatMap((key) => key.publicJwk ?? []);
  }

  /** The key with this kid, private or public, in any state. */
  async find(setId: string, kid: string): Promise<StoredKey | undefined> {
    const set = await this.get(setId);
    return set.find(kid) ?? (await this.get(setId, UNKNOWN_KID_AGE_MS)).find(kid);
  }

  /** The set, at most `maxAgeMs` milliseconds old; an empty set if it does not exist. */
  async get(setId: string, maxAgeMs = MAX_AGE_MS): Promise<KeySet> {
    const cached = this.entry(setId);
    if (cached.set && Date.now() - cached.readAt <= maxAgeMs) return cached.set;
    cached.reading ??= this.read(setId, cached).finally(() => {
      cached.reading = undefined;
    });
    return cached.reading;
  }

  /** Reads the set from the database. */
  fresh(setId: string): Promise<KeySet> {
    return this.read(setId, this.entry(setId));
  }

  /**
   * The set, with missing keys generated, unless it has keys that no secret decrypts.
   * @throws OAuthError temporarily_unavailable while an import is under way: the missing key may be one that it brings
   */
  async withSigner(setId: string, alg?: SigningAlgorithm): Promise<KeySet> {
    const set = await this.get(setId);
    if (set.isLocked || isComplete(set, alg)) return set;
    return this.generateOnce(set, alg);
  }

  /**
   * The keys that decrypt what others encrypt to this server (`decrypts`), with missing ones generated.
   * @throws as `withSigner` does
   */
  async withEncryptionKeys(): Promise<KeySet> {
    const set = await this.get(ENCRYPTION_KEY_SET);
    return set.isLocked || missingEncryptionKeys(set).length === 0 ? set : this.generateOnce(set, undefined);
  }

  /** Announces that the set was written: every process reads it again, this one at once. */
  announceChange(setId: string): void {
    this.invalidation.publish('key_set', setId);
  }

  /** Drops the cached set, or all of them. */
  forget(setId?: string): void {
    if (setId === undefined) this.cache.clear();
    else this.cache.delete(setId);
  }

  /** Decrypts the rows. Keys of unchanged rows are reused, and the whole set if nothing changed. */
  open(setId: string, rows: readonly JsonWebKeyEntity[], before?: KeySet): KeySet {
    const keys: StoredKey[] = [];
    const unopened: JsonWebKeyEntity[] = [];
    for (const row of rows) {
      const known = before?.find(row.kid);
      if (known && isSameRow(known.row, row)) keys.push(known);
      else {
        const jwk = this.records.unseal(row);
        if (jwk) keys.push(new StoredKey(row, jwk));
        else unopened.push(row);
      }
    }
    const set = new KeySet(setId, keys, unopened);
    if (before && isSameList(before.keys, keys) && isSameList(before.unopened, set.unopened)) return before;
    if (set.isLocked) this.logger.error(set.fault.hint);
    else if (before?.isLocked) this.logger.log(`All keys of the set ${setId} can be decrypted again.`);
    return set;
  }

  private generateOnce(set: KeySet, asked: SigningAlgorithm | undefined): Promise<KeySet> {
    const what = `${asked ?? ''} ${set.id}`;
    const generating = this.generating.get(what) ?? this.generate(set, asked);
    this.generating.set(what, generating);
    return generating.finally(() => this.generating.delete(what));
  }

  private async generate(set: KeySet, asked: SigningAlgorithm | undefined): Promise<KeySet> {
    if (await this.imports.isUnderWay()) throw temporarilyUnavailable('An import from Hydra has not finished.');
    const { id: setId } = set;
    const { algorithm: usual, rsa_bits: rsaBits } = this.config.current.keys;
    const make = async (purpose: KeyPurpose) => ({
      purpose,
      jwk: await generateOwnJwk(purpose, { kid: randomUUID(), rsaBits }),
    });
    const made = await Promise.all(missingAlgorithms(set, { asked, usual }).map(make));
    await this.records.exclusively(setId, async (manager) => {
      const found = this.open(setId, await this.records.rows(setId, manager));
      const wanted = missingAlgorithms(found, { asked, usual }); // another process may have been first
      for (const { purpose, jwk } of made.filter((one) => wanted.includes(one.purpose))) {
        await this.records.add(setId, { jwk }, new Date(), manager);
        this.logger.log(`Made the ${purpose} key ${String(jwk.kid)} for the set ${setId}, which had none.`);
      }
      if (wanted.length > 0) await this.records.raise(setId, keptAbove(found), manager);
    });
    this.announceChange(setId);
    return this.get(setId);
  }

  private entry(setId: string): Cached {
    let cached = this.cache.get(setId);
    if (!cached) {
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
