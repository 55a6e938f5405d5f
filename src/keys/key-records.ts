/**
 * Reads and writes the table json_web_key, whose JWKs are encrypted with the system secrets. Methods take the entity
 * manager of their caller's transaction, if there is one.
 */
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { JWK } from 'jose';
import { type EntityManager, In, LessThanOrEqual, Repository } from 'typeorm';
import { ConfigHolder } from '../config/config-holder.js';
import { seal, type SealedPlace } from '../crypto/aead.js';
import { openColumn, placeOf, type SealedColumn } from '../database/sealed-column.js';
import { transaction } from '../database/transaction.js';
import { parseJson, stringifyJson } from '../protocol/json.js';
import { JsonWebKeyEntity, type KeyState } from './json-web-key.entity.js';
import { ADD_IF_ABSENT, LOCK_SET, PUT } from './json-web-key.statements.js';

export const SEALED_KEYS: SealedColumn = {
  what: 'keys',
  table: 'json_web_key',
  column: 'sealed_jwk',
  purpose: 'json-web-key',
  key: [
    ['set_id', 'text'],
    ['kid', 'text'],
  ],
};

/** A key to be stored. */
export interface NewKey {
  jwk: JWK;
  state?: KeyState;
  notBefore?: Date;
}

@Injectable()
export class KeyRecords {
  constructor(
    @InjectRepository(JsonWebKeyEntity) private readonly keys: Repository<JsonWebKeyEntity>,
    private readonly config: ConfigHolder,
  ) {}

  /** The keys of a set, newest first. */
  rows(setId: string, manager?: EntityManager): Promise<JsonWebKeyEntity[]> {
    return this.within(manager).find({ where: { setId }, order: { seq: 'desc' } });
  }

  /** The JWK of a row; undefined if no secret decrypts it, or if it was encrypted for another key or set. */
  unseal(row: JsonWebKeyEntity): JWK | undefined {
    const plain = openColumn(this.config.current.secrets, rowPlace(row.setId, row.kid), row.sealedJwk);
    return plain && (parseJson(plain.toString()) as unknown as JWK);
  }

  /** @throws a unique violation if the set has a key with this kid. */
  async add(setId: string, key: NewKey, now: Date, manager?: EntityManager): Promise<void> {
    await this.within(manager).insert(this.rowOf(setId, key, now));
  }

  /** Adds the key unless the set already has a key with this kid. */
  async addIfAbsent(setId: string, key: NewKey, now: Date, manager?: EntityManager): Promise<void> {
    await this.within(manager).query(ADD_IF_ABSENT, valuesOf(this.rowOf(setId, key, now)));
  }

  /** Adds the key or replaces the one with this kid. It becomes the newest. Rows that refer to the kid stay. */
  async put(setId: string, key: NewKey, now: Date, manager?: EntityManager): Promise<void> {
    await this.within(manager).query(PUT, valuesOf(this.rowOf(setId, key, now)));
  }

  /** Replaces the set in one transaction; the last key is the newest. @throws a unique violation for a repeated kid. */
  replace(setId: string, keys: readonly NewKey[], now: Date): Promise<void> {
    return this.exclusively(setId, async (manager) => {
      await this.remove(setId, undefined, manager);
      for (const key of keys) await this.add(setId, key, now, manager);
    });
  }

  /** Makes the keys active: they sign from now on. */
  async start(setId: string, kids: readonly string[], now: Date, manager: EntityManager): Promise<void> {
    await this.within(manager).update({ setId, kid: In(kids) }, { state: 'active', notBefore: now });
  }

  /** The sets with a key in state `next` whose `not_before` has passed. */
  async setsToStart(now: Date): Promise<string[]> {
    const waiting = await this.keys.find({
      select: { setId: true, kid: true },
      where: { state: 'next', notBefore: LessThanOrEqual(now) },
      order: { setId: 'asc' },
    });
    return [...new Set(waiting.map(({ setId }) => setId))];
  }

  /** Makes the keys newer than all others of the set, the last one the newest. */
  async raise(setId: string, kids: readonly string[], manager: EntityManager): Promise<void> {
    for (const kid of kids) await this.within(manager).update({ setId, kid }, { seq: () => 'default' });
  }

  /** Retires the keys: they no longer sign. */
  async retire(setId: string, kids: readonly string[], manager: EntityManager): Promise<void> {
    await this.within(manager).update({ setId, kid: In(kids) }, { state: 'retired' });
  }

  /** Deletes the set or one of its keys. Returns the number of deleted keys. */
  async remove(setId: string, kid?: string, manager?: EntityManager): Promise<number> {
    const { affected } = await this.within(manager).delete(kid === undefined ? { setId } : { setId, kid });
    return affected ?? 0;
  }

  /** Whether the set has a key with this kid and this time of creation. */
  hasOf(setId: string, kid: string, createdAt: Date): Promise<boolean> {
    return this.keys.existsBy({ setId, kid, createdAt });
  }

  /** Runs the function in a transaction that excludes all other processes for this set. */
  exclusively<T>(setId: string, act: (manager: EntityManager) => Promise<T>): Promise<T> {
    return transaction(this.keys.manager.dataSource, async (manager) => {
      await manager.query(LOCK_SET, [`ostiary key set ${setId}`]);
      return act(manager);
    });
  }

  /** @param manager the entity manager of the transaction, if there is one */
  private within(manager?: EntityManager): Repository<JsonWebKeyEntity> {
    return manager ? manager.withRepository(this.keys) : this.keys;
  }

  private rowOf(setId: string, { jwk, state = 'active', notBefore }: NewKey, now: Date): NewRow {
    const kid = jwk.kid ?? '';
    const sealedJwk = seal(this.config.current.secrets.system, rowPlace(setId, kid), stringifyJson(jwk));
    return { setId, kid, alg: jwk.alg ?? '', state, notBefore: notBefore ?? now, sealedJwk, createdAt: now };
  }
}

/** A row without `seq`, which the database assigns. */
type NewRow = Omit<JsonWebKeyEntity, 'seq'>;

/** The values in the order of the columns in the statements. */
function valuesOf({ setId, kid, alg, state, notBefore, sealedJwk, createdAt }: NewRow): unknown[] {
  return [setId, kid, alg, state, notBefore, sealedJwk, createdAt];
}

const rowPlace = (setId: string, kid: string): SealedPlace => placeOf(SEALED_KEYS, setId, kid);
