/**
 * The table json_web_key: rows in and out, JWKs sealed under the system secrets. Writes take the manager of a
 * transaction where their caller has one.
 */
import { Injectable } from '@nestjs/common';
import type { JWK } from 'jose';
import { DataSource, type EntityManager } from 'typeorm';
import { ConfigHolder } from '../config/config-holder.js';
import { open, seal } from '../crypto/aead.js';
import type { SealedColumn } from '../database/sealed-column.js';
import { parseJson, stringifyJson } from '../protocol/json.js';
import { JsonWebKeyEntity, type KeyState } from './json-web-key.entity.js';

const PURPOSE = 'json-web-key';

export const SEALED_KEYS: SealedColumn = {
  what: 'keys',
  table: 'json_web_key',
  column: 'sealed_jwk',
  purpose: PURPOSE,
  key: [
    ['set_id', 'text'],
    ['kid', 'text'],
  ],
};

const COLUMNS = '(set_id, kid, alg, state, not_before, sealed_jwk, created_at)';
const VALUES = '($1, $2, $3, $4, $5, $6, $7)';

/** A key that is to be stored. */
export interface NewKey {
  jwk: JWK;
  state?: KeyState;
  notBefore?: Date;
}

@Injectable()
export class KeyRecords {
  constructor(
    private readonly dataSource: DataSource,
    private readonly config: ConfigHolder,
  ) {}

  /** The keys of a set, newest first. */
  rows(setId: string, manager: EntityManager = this.dataSource.manager): Promise<JsonWebKeyEntity[]> {
    return manager.find(JsonWebKeyEntity, { where: { setId }, order: { seq: 'desc' } });
  }

  /** The JWK of a row; undefined where no secret opens it. */
  unseal(row: JsonWebKeyEntity): JWK | undefined {
    const plain = open(this.config.current.secrets.system, PURPOSE, row.sealedJwk);
    return plain && (parseJson(plain.toString()) as unknown as JWK);
  }

  /** @throws a unique violation where the set has a key of this kid. */
  async add(setId: string, key: NewKey, now: Date, manager = this.dataSource.manager): Promise<void> {
    await manager.query(`insert into json_web_key ${COLUMNS} values ${VALUES}`, this.values(setId, key, now));
  }

  /** Adds the key unless the set has one of this kid, which then stays as it is. */
  async addIfAbsent(setId: string, key: NewKey, now: Date, manager = this.dataSource.manager): Promise<void> {
    const text = `insert into json_web_key ${COLUMNS} values ${VALUES} on conflict (set_id, kid) do nothing`;
    await manager.query(text, this.values(setId, key, now));
  }

  /** Adds the key, or puts it in the place of the one with this kid; either way it is the newest. What hangs on it stays. */
  async put(setId: string, key: NewKey, now: Date, manager = this.dataSource.manager): Promise<void> {
    const text = `insert into json_web_key ${COLUMNS} values ${VALUES}
on conflict (set_id, kid) do update set seq = default, alg = excluded.alg, state = excluded.state,
not_before = excluded.not_before, sealed_jwk = excluded.sealed_jwk, created_at = excluded.created_at`;
    await manager.query(text, this.values(setId, key, now));
  }

  /** Replaces the whole set in one transaction; the last key is the newest. @throws a unique violation for two of one kid. */
  replace(setId: string, keys: readonly NewKey[], now: Date): Promise<void> {
    return this.dataSource.transaction(async (manager) => {
      await this.lock(setId, manager);
      await manager.delete(JsonWebKeyEntity, { setId });
      for (const key of keys) await this.add(setId, key, now, manager);
    });
  }

  /** The keys sign from now on. */
  async start(setId: string, kids: readonly string[], now: Date, manager: EntityManager): Promise<void> {
    const text = `update json_web_key set state = 'active', not_before = $3 where set_id = $1 and kid = any($2)`;
    await manager.query(text, [setId, kids, now]);
  }

  /** The sets in which a key waits whose time has come. */
  async setsToStart(now: Date): Promise<string[]> {
    const text = `select distinct set_id from json_web_key where state = 'next' and not_before <= $1 order by set_id`;
    return (await this.dataSource.query<{ set_id: string }[]>(text, [now])).map((row) => row.set_id);
  }

  /** The keys that wait stay newer than whatever was added after them. */
  async keepWaiting(setId: string, manager: EntityManager): Promise<void> {
    const text = `update json_web_key set seq = default where set_id = $1 and state = 'next'`;
    await manager.query(text, [setId]);
  }

  /** The keys sign no more. */
  async retire(setId: string, kids: readonly string[], manager: EntityManager): Promise<void> {
    await manager.query(`update json_web_key set state = 'retired' where set_id = $1 and kid = any($2)`, [setId, kids]);
  }

  /** Deletes the set, or one key of it. */
  async remove(setId: string, kid?: string, manager = this.dataSource.manager): Promise<number> {
    const { affected } = await manager.delete(JsonWebKeyEntity, kid === undefined ? { setId } : { setId, kid });
    return affected ?? 0;
  }

  /** Runs alone among all processes for this set. */
  exclusively<T>(setId: string, act: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await this.lock(setId, manager);
      return act(manager);
    });
  }

  private async lock(setId: string, manager: EntityManager): Promise<void> {
    await manager.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`ostiary key set ${setId}`]);
  }

  private values(setId: string, { jwk, state = 'active', notBefore }: NewKey, now: Date): unknown[] {
    const sealed = seal(this.config.current.secrets.system, PURPOSE, stringifyJson(jwk));
    return [setId, jwk.kid ?? '', jwk.alg ?? '', state, notBefore ?? now, sealed, now];
  }
}
