/** Administration of key sets. Reads go to the database, not the cache, and this process sees its writes at once. */
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { JWK } from 'jose';
import type { EntityManager } from 'typeorm';
import { ConfigHolder } from '../config/config-holder.js';
import { decided } from '../database/decided.js';
import { isUniqueViolation } from '../database/sql-state.js';
import type { EventType } from '../events/domain-event.js';
import { Events } from '../events/events.js';
import { badRequest, conflict, keySetNotFound, notFound, unsupportedAlgorithm } from '../protocol/admin-error.js';
import { isSigningAlgorithm, SIGNING_ALGORITHMS } from './algorithms.js';
import { generateJwk } from './generate-jwk.js';
import { findJwkFault } from './jwk.js';
import { isKeyName, requireKeyName } from './key-name.js';
import { KeyRecords, type NewKey } from './key-records.js';
import type { KeySet } from './key-set.js';
import { KeySets } from './key-sets.js';
import { newKeyOf, type TimedJwk, timedJwkOf } from './key-timing.js';

/** The properties of a key to generate. An empty `kid` means a random one, an empty `use` means `sig`. */
interface KeyRequest {
  alg?: string;
  kid?: string;
  use?: string;
  /** `next`: the key is published now and signs from `not_before` on. */
  state?: 'next' | 'active';
  not_before?: string;
}

@Injectable()
export class KeyAdministration {
  constructor(
    private readonly records: KeyRecords,
    private readonly keySets: KeySets,
    private readonly config: ConfigHolder,
    private readonly events: Events,
  ) {}

  /** The keys of a set, newest first, with their private members. @throws OAuthError 404 */
  async list(setId: string): Promise<TimedJwk[]> {
    const set = await this.fresh(setId);
    if (set.isEmpty) throw keySetNotFound('There is no key in this set.');
    if (set.isLocked) throw set.fault;
    return set.keys.map(timedJwkOf);
  }

  /** One key with its private members. @throws OAuthError 404 */
  async read(setId: string, kid: string): Promise<TimedJwk> {
    const set = await this.fresh(setId);
    if (set.unopened.includes(kid)) throw set.fault;
    const key = set.find(kid);
    if (!key) throw notFound('The set has no key of this kid.');
    return timedJwkOf(key);
  }

  /**
   * Generates a key and adds it to the set. It signs at once, unless its state is `next`.
   * @throws OAuthError 400, and 409 if the kid is taken
   */
  async create(setId: string, requested: KeyRequest): Promise<TimedJwk> {
    requireKeyName('The name of the set', setId);
    const kid = requested.kid || randomUUID();
    requireKeyName('The kid', kid);
    if (!isSigningAlgorithm(requested.alg)) {
      throw unsupportedAlgorithm(`alg must be one of ${SIGNING_ALGORITHMS.join(', ')}.`);
    }
    const { state, notBefore } = this.toStore({ state: requested.state, not_before: requested.not_before });
    const jwk = await generateJwk(requested.alg, {
      kid,
      use: requested.use || 'sig',
      rsaBits: this.config.current.keys.rsa_bits,
    });
    await this.write({ type: 'key.created', keySet: setId, kid }, (now) =>
      this.records.exclusively(setId, (manager) => this.records.add(setId, { jwk, state, notBefore }, now, manager)),
    );
    return state === 'next' ? { ...jwk, state, not_before: notBefore?.toISOString() } : jwk;
  }

  /** Replaces the set; the last key is the newest. Rows that refer to its former keys go too. @throws OAuthError 400, 409 */
  async replace(setId: string, jwks: readonly TimedJwk[]): Promise<void> {
    requireKeyName('The name of the set', setId);
    const keys = jwks.map((jwk, i) => this.check(jwk, `keys.${i}: `));
    await this.write({ type: 'key_set.replaced', keySet: setId, count: keys.length }, (now) =>
      this.records.replace(setId, keys, now),
    );
  }

  /** Adds the key or replaces the one with its kid. Rows that refer to that kid stay. @throws OAuthError 400 */
  async put(setId: string, jwk: TimedJwk): Promise<void> {
    requireKeyName('The name of the set', setId);
    const key = this.check(jwk);
    await this.write({ type: 'key.replaced', keySet: setId, kid: jwk.kid }, (now) =>
      this.records.exclusively(setId, (manager) => this.records.put(setId, key, now, manager)),
    );
  }

  /**
   * Adds the key within the caller's transaction, unless the set already has a key with this kid. The caller calls
   * `KeySets.announceChange` after the commit.
   */
  async addIfAbsent(setId: string, jwk: JWK, now: Date, manager: EntityManager): Promise<void> {
    await this.records.addIfAbsent(setId, { jwk }, now, manager);
  }

  /** Deletes a set or one of its keys, and the rows that refer to it. A missing set or key is no error. */
  async remove(setId: string, kid?: string): Promise<void> {
    if (!isKeyName(setId) || (kid !== undefined && !isKeyName(kid))) return;
    const type = kid === undefined ? 'key_set.deleted' : 'key.deleted';
    await this.write({ type, keySet: setId, kid }, () => this.records.remove(setId, kid));
  }

  private async fresh(setId: string): Promise<KeySet> {
    if (!isKeyName(setId)) throw keySetNotFound('There is no key in this set.');
    return this.keySets.fresh(setId);
  }

  private check(sent: TimedJwk, where = ''): NewKey {
    requireKeyName(`${where}The kid`, sent.kid ?? '');
    const key = this.toStore(sent, where);
    const fault = findJwkFault(key.jwk);
    if (fault) throw badRequest(`${where}${fault}`);
    return key;
  }

  private toStore(sent: TimedJwk, where = ''): NewKey {
    const { publish_ahead: publishAhead } = this.config.current.keys.rotation;
    return newKeyOf(sent, { now: new Date(), publishAhead, where });
  }

  private async write(event: Done, act: (now: Date) => Promise<unknown>): Promise<void> {
    const { keySet: setId, kid } = event;
    const now = new Date();
    let done: unknown;
    try {
      done = await decided({
        send: () => act(now),
        isDone: () => true,
        // Only an added key needs this check: unlike the other writes it cannot be repeated.
        readBack: async () => (kid !== undefined && (await this.records.hasOf(setId, kid, now))) || undefined,
      });
    } catch (error) {
      if (isUniqueViolation(error)) throw conflict('The set has a key of this kid already.', error);
      throw error;
    } finally {
      this.keySets.announceChange(setId);
    }
    if (done !== 0) this.events.publish({ ...event, at: now }); // 0: there was nothing to delete
  }
}

interface Done {
  type: EventType;
  keySet: string;
  kid?: string;
  count?: number;
}
