import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hexOf } from '../../../src/protocol/uuid.js';
import { changedHydraDatabase, onDatabase } from '../../support/hydra-database.js';
import { importInto } from '../../support/hydra-import.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';

const CLIENT = 'ba73858f-f84c-4376-b5ab-90971be0e1b8';
/** Subject, consent id, day, skipped, remembered, for how many seconds, state. The ids do not follow the days. */
const FLOWS = [
  ['ann', '9', 1, false, true, 0, null],
  ['ann', '1', 2, true, false, 0, null],
  ['ann', '5', 3, false, true, 1, null],
  ['ann', '2', 4, true, true, 0, null],
  ['ann', '7', 5, false, false, 0, null],
  ['ben', '4', 1, true, false, 0, 6],
  ['ben', '8', 2, false, true, 0, 6],
  ['ben', '6', 3, false, true, 0, 6],
  ['ben', '3', 4, false, true, 0, 5],
  ['ben', 'a', 5, true, false, 0, 6],
  ['ben', 'b', 6, false, true, 0, 4],
] as const;

const idOf = (digit: string): string => digit.repeat(32);

const ADD_FLOWS = FLOWS.map(([subject, digit, day, skip, remember, seconds, state]) => {
  const at = `timestamp '2026-01-0${day}'`;
  return `insert into hydra_oauth2_flow (login_challenge, subject, client_id, requested_at, consent_challenge_id,
  consent_skip, consent_remember, consent_remember_for, state, nid)
select 'login ${digit}', '${subject}', id, ${at}, '${idOf(digit)}', ${skip}, ${remember}, ${seconds}, ${state ?? 'null'}, nid
from hydra_client where id = '${CLIENT}';`;
}).join('\n');

interface ConsentRow {
  id: string;
  subject: string;
  rests_on: string | null;
  superseded: boolean;
}

describe('consents of one person at one client', () => {
  let hydra: TestDatabase;
  let target: TestDatabase;
  let consents: ConsentRow[];

  beforeAll(async () => {
    hydra = await changedHydraDatabase(ADD_FLOWS);
    target = await freshDatabase();
    await importInto({ from: hydra.dsn, to: target.dsn });
    consents = await onDatabase(target.dsn, async (client) => {
      const text = `select id, subject, rests_on, superseded from consent where subject in ('ann', 'ben') order by requested_at`;
      return (await client.query<ConsentRow>(text)).rows;
    });
  });
  afterAll(async () => {
    await Promise.all([hydra.drop(), target.drop()]);
  });

  const digit = (id: string | null): string | null => id && hexOf(id).charAt(0);

  it.each([
    [
      'ann',
      [
        ['1', '9'],
        ['2', '5'],
      ],
    ],
    [
      'ben',
      [
        ['4', null],
        ['a', '6'],
      ],
    ],
  ])('that were skipped rest on the remembered one before them: %s', (subject, expected) => {
    const skipped = FLOWS.filter(([of, , , skip]) => of === subject && skip).map(([, id]) => id);
    const found = consents
      .filter((row) => row.subject === subject)
      .map(({ id, rests_on }) => [digit(id), digit(rests_on)]);
    expect(found.filter(([id]) => skipped.some((one) => one === id))).toEqual(expected);
    expect(found.filter(([id, basis]) => !skipped.some((one) => one === id) && basis !== null)).toEqual([]);
  });

  it.each([
    ['ann', ['5']],
    ['ben', ['8', '3']],
  ])('that are remembered count by the newest one that was used and has not expired: %s', (subject, superseded) => {
    const found = consents.filter((row) => row.subject === subject && row.superseded);
    expect(found.map(({ id }) => digit(id))).toEqual(superseded);
  });

  it('that were never answered are not there', () => {
    expect(consents.map(({ id }) => digit(id))).not.toContain('b');
    expect(consents).toHaveLength(FLOWS.length - 1);
  });
});
