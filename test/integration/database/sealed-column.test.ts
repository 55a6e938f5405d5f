import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { open as unseal, seal } from '../../../src/crypto/aead.js';
import { uuidText, uuidV7 } from '../../../src/crypto/random.js';
import { type OpeningSecrets, placeOf, resealColumn } from '../../../src/database/sealed-column.js';
import { SEALED_KEYS } from '../../../src/keys/key-records.js';
import { SEALED_SESSIONS } from '../../../src/oauth2/issuance/grant-session.js';
import { unboundValue } from '../../support/unbound-value.js';
import { open, type Opened } from './connections.js';

const OLD = ['the-old-system-secret'];
const NEW = ['the-new-system-secret', ...OLD];
const opening = (system: string[], accept_unbound = true): OpeningSecrets => ({ system, accept_unbound });
const keyPlace = (kid: string) => placeOf(SEALED_KEYS, 's', kid);
const now = new Date('2026-06-15T12:00:00Z');

describe('an encrypted column', () => {
  let opened: Opened;

  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.close());
  beforeEach(() => opened.dataSource.query('truncate json_web_key, client, access_token cascade'));

  async function addKey(
    kid: string,
    secrets: string[],
    value = seal(secrets, keyPlace(kid), `key ${kid}`),
  ): Promise<void> {
    await opened.dataSource.query(
      `insert into json_web_key (set_id, kid, alg, not_before, sealed_jwk, created_at) values ('s', $1, 'ES256', $2, $3, $2)`,
      [kid, now, value],
    );
  }

  async function keys(secrets: readonly string[]): Promise<(string | undefined)[]> {
    const rows = await opened.dataSource.query<{ kid: string; sealed_jwk: Buffer }[]>(
      'select kid, sealed_jwk from json_web_key order by kid',
    );
    return rows.map(({ kid, sealed_jwk }) => unseal(secrets, keyPlace(kid), sealed_jwk)?.toString());
  }

  it('is encrypted again under the first secret, and unchanged the second time', async () => {
    for (const kid of ['a', 'b']) await addKey(kid, OLD);
    await addKey('c', NEW);
    await addKey('d', ['a-secret-that-is-lost']);
    const first = await resealColumn(opened.dataSource, SEALED_KEYS, opening(NEW));
    expect(first).toEqual({ seen: 4, resealed: 2, missed: 0, unopened: 1 });
    expect(await keys(NEW.slice(0, 1))).toEqual(['key a', 'key b', 'key c', undefined]);
    expect(await resealColumn(opened.dataSource, SEALED_KEYS, opening(NEW))).toMatchObject({ resealed: 0, missed: 0 });
  });

  it('is bound to its row if it was not, and a value of another row is left unchanged', async () => {
    for (const kid of ['a', 'b'])
      await addKey(kid, NEW, unboundValue('the-new-system-secret', 'json-web-key', `key ${kid}`));
    await addKey('c', NEW, seal(NEW, keyPlace('b'), 'key b'));
    const sum = await resealColumn(opened.dataSource, SEALED_KEYS, opening(NEW));
    expect(sum).toEqual({ seen: 3, resealed: 2, missed: 0, unopened: 1 });
    expect(await keys(NEW)).toEqual(['key a', 'key b', undefined]);
  });

  it('is not bound if unbound values are no longer accepted, because somebody may have put it there since', async () => {
    await addKey('a', NEW, unboundValue('the-new-system-secret', 'json-web-key', 'key b'));
    const sum = await resealColumn(opened.dataSource, SEALED_KEYS, opening(NEW, false));
    expect(sum).toEqual({ seen: 1, resealed: 0, missed: 0, unopened: 1 });
  });

  it('keeps a value that another process writes between reading and writing', async () => {
    await addKey('a', OLD);
    let read = false;
    const slow = {
      query: async <T>(text: string, values?: unknown[]): Promise<T> => {
        if (read) {
          const written = seal(OLD, keyPlace('a'), 'written meanwhile');
          await opened.dataSource.query('update json_web_key set sealed_jwk = $1', [written]);
        }
        read = true;
        return opened.dataSource.query<T>(text, values);
      },
    };
    expect(await resealColumn(slow, SEALED_KEYS, opening(NEW))).toMatchObject({ resealed: 0, missed: 1 });
    expect(await keys(NEW)).toEqual(['written meanwhile']);
    expect(await resealColumn(opened.dataSource, SEALED_KEYS, opening(NEW))).toMatchObject({ resealed: 1, missed: 0 });
    expect(await keys(NEW.slice(0, 1))).toEqual(['written meanwhile']);
  });

  it('skips a row that a transaction has locked, without waiting', async () => {
    for (const kid of ['a', 'b']) await addKey(kid, OLD);
    await opened.dataSource.transaction(async (manager) => {
      await manager.query(`update json_web_key set alg = 'RS256' where kid = 'a'`);
      expect(await resealColumn(opened.dataSource, SEALED_KEYS, opening(NEW))).toMatchObject({
        resealed: 1,
        missed: 1,
      });
    });
    expect(await resealColumn(opened.dataSource, SEALED_KEYS, opening(NEW))).toMatchObject({ resealed: 1, missed: 0 });
    expect(await keys(NEW.slice(0, 1))).toEqual(['key a', 'key b']);
  });

  it('may belong to a partitioned table, with rows without a value, and more rows than one batch', async () => {
    const [, tokens] = SEALED_SESSIONS;
    if (!tokens) throw new Error('no column of access tokens');
    await opened.dataSource.query(`create table access_token_20700 partition of access_token for values in (20700)`);
    const rows = Array.from({ length: 1201 }, (_, i) => {
      const [bucket, id] = [i % 2 === 0 ? 0 : 20_700, uuidText(uuidV7(now))];
      return {
        bucket,
        id,
        session: i % 3 === 0 ? null : seal(OLD, placeOf(tokens, bucket, id), `session ${String(i)}`),
      };
    });
    await opened.dataSource.query(
      `insert into access_token (bucket, id, session, client_key, issued_at, expires_at)
select *, 1, $4::timestamptz, $4 from unnest($1::integer[], $2::uuid[], $3::bytea[])`,
      [rows.map(({ bucket }) => bucket), rows.map(({ id }) => id), rows.map(({ session }) => session), now],
    );
    const progress: number[] = [];
    const sum = await resealColumn(opened.dataSource, tokens, opening(NEW), ({ seen }) => progress.push(seen));
    expect([sum, progress]).toEqual([{ seen: 1201, resealed: 800, missed: 0, unopened: 0 }, [500, 1000, 1201]]);
    const left = await opened.dataSource.query<{ bucket: number; id: string; session: Buffer }[]>(
      'select bucket, id, session from access_token where session is not null',
    );
    expect(left.every(({ bucket, id, session }) => unseal(NEW.slice(0, 1), placeOf(tokens, bucket, id), session))).toBe(
      true,
    );
  });
});
