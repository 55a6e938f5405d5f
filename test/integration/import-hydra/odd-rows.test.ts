import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changedHydraDatabase, onDatabase } from '../../support/hydra-database.js';
import { importInto } from '../../support/hydra-import.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';

/** Clients of which nearly every column holds what no registration took: id, and what differs from an ordinary one. */
const CLIENTS: readonly (readonly [id: string, change: string])[] = [
  ['', ''],
  ['𝄞'.repeat(255), ''],
  ['tab\tnew\nline\\back\\.', String.raw`client_name = E'\\.\n\t\\N'`],
  ['nul', String.raw`metadata = '{"a":"x\u0000\ud800y"}'`],
  ['deep', `metadata = repeat('[', 9000) || repeat(']', 9000)`],
  ['no json', `metadata = 'nope', jwks = '{{'`],
  ['big', `metadata = '{"n":1e400,"i":' || repeat('9', 5000) || '}'`],
  ['long name', `client_name = repeat('é', 200000), owner = repeat('x', 3000)`],
  ['uris', `redirect_uris = '["javascript:alert(1)", 5, null]', policy_uri = 'file:///x', contacts = 'null'`],
  ['argon2', `client_secret = '$argon2id$v=19$m=19456,t=2,p=1$JMmdShk4L/6qgmQ1$KUT65oZBsiTr69A11Oe3L33ty5TmMT6G'`],
  ['sha3', `client_secret = '$pbkdf2-sha384$i=1,l=3$AAAA$AAAA'`],
  ['infinite', `created_at = 'infinity', updated_at = '0044-03-15 BC'`],
  ['private', `jwks = '{"keys":[{"kty":"EC","d":"secret"}]}'`],
];

/** The client whose columns the others have. */
const WEB = 'ba73858f-f84c-4376-b5ab-90971be0e1b8';

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const ODD_CLIENTS = CLIENTS.map(
  ([id, change], i) => `create temporary table odd as select * from hydra_client where id = '${WEB}';
update odd set id = ${quoted(id)}, pk_deprecated = ${90_000 + i}${change && `, ${change}`};
insert into hydra_client select * from odd; drop table odd;`,
).join('\n');

const ODD_ROWS = `
drop index hydra_oauth2_obfuscated_authentication_session_so_idx;
insert into hydra_oauth2_obfuscated_authentication_session
  select 'zoe', client_id, subject_obfuscated, nid from hydra_oauth2_obfuscated_authentication_session;
insert into hydra_oauth2_authentication_session (id, subject, remember, nid)
  select v.*, n.id from networks n, (values ('not a uuid', 'a', true), ('', 'b', true),
    ('d4248a55-0a31-49a8-814c-8d2de5c41fe5', 'c', true), ('d4248a55-0a31-49a8-814c-8d2de5c41fe6', '', false)) v;
insert into hydra_oauth2_jti_blacklist select v.*, n.id from networks n,
  (values ('', timestamp '2100-01-01'), (repeat('A', 64), '2100-01-01'), (repeat('b', 64), '9999-12-31')) v;
update hydra_oauth2_flow set client_id = null where consent_challenge_id in (
  select challenge_id from hydra_oauth2_refresh where active limit 1);
update hydra_jwk set created_at = case when sid = 'hydra.openid.id-token' then timestamp 'infinity' else '0044-03-15 BC' end;
insert into hydra_oauth2_flow (login_challenge, subject, client_id, requested_at, consent_challenge_id, consent_skip,
  consent_remember, consent_remember_for, request_url, login_session_id, context, nid)
select v.challenge, 'alice', c.id, v.at, v.consent, v.skip, v.skip, v.seconds, v.url, v.sid,
  (repeat('[', v.levels) || repeat(']', v.levels))::jsonb, c.nid
from hydra_client c, (values ('o1', timestamp 'infinity', 'x', false, 0, 'no url', 'not a uuid', 10),
  ('o2', '0001-01-01', 'X Y', false, 2147483647, 'http://[', null, 3000), ('o3', '2026-01-01', null, null, null, null, null, 1),
  ('o4', '2026-12-01', 'z', true, null, E'http://a/?client_secret=s\\x01', null, 1)
) v (challenge, at, consent, skip, seconds, url, sid, levels) where c.id = '${WEB}'`;

type Tables = Awaited<ReturnType<typeof importInto>>['tables'];

describe('rows that no Hydra of today would write', () => {
  let hydra: TestDatabase;
  let target: TestDatabase;
  let report: Awaited<ReturnType<typeof importInto>>;

  beforeAll(async () => {
    hydra = await changedHydraDatabase(`${ODD_CLIENTS}${ODD_ROWS}`);
    target = await freshDatabase();
    report = await importInto({ from: hydra.dsn, to: target.dsn });
  });
  afterAll(async () => {
    await Promise.all([hydra.drop(), target.drop()]);
  });

  const tableOf = (name: string): Tables[number] => {
    const found = report.tables.find(({ table }) => table === name);
    if (!found) throw new Error(`${name} is not in the report`);
    return found;
  };
  const reasonsOf = (name: string) =>
    [...tableOf(name).adapted, ...tableOf(name).left_out].map(({ reason, rows }) => `${rows} ${reason}`).toSorted();

  it.each([
    [
      'hydra_client',
      [
        '1 a client without an id',
        '1 characters of its metadata that PostgreSQL cannot store are left out',
        '1 its metadata is nested too deeply',
        '1 its name or owner is shortened to 1500 bytes',
        '1 its secret is hashed in a form that this server cannot check',
        '1 private members of its public keys are left out',
      ],
    ],
    [
      'hydra_oauth2_authentication_session',
      [
        '1 nobody has logged in',
        '1 when the person logged in is not known: it counts as long ago',
        '2 its id is no UUID',
      ],
    ],
    [
      'hydra_oauth2_flow',
      [
        '1 a flow under way: begun again',
        '1 its claims are nested too deeply: they are left out',
        '1 its client is not here',
        '2 its request URL is no URL: it is left out',
      ],
    ],
    ['hydra_jwk', []],
    ['hydra_oauth2_obfuscated_authentication_session', ['1 another subject has this identifier at the client']],
    ['hydra_oauth2_jti_blacklist', ['2 expired', '2 it is no SHA-256']],
  ])('of %s are taken, adapted or left out, and nothing stops', (name, reasons) => {
    expect(reasonsOf(name)).toEqual(reasons);
    const { rows, imported, left_out } = tableOf(name);
    expect(imported + left_out.reduce((sum, one) => sum + one.rows, 0)).toBe(rows);
  });

  it('whose secret cannot be checked are named', () => {
    expect(report.warnings.filter((warning) => warning.includes('"sha3"'))).toHaveLength(1);
  });

  it('are otherwise there', async () => {
    const ids = await onDatabase(target.dsn, async (client) => {
      const { rows } = await client.query<{ client_id: string }>(
        `select client_id from client where metadata ->> 'redirect_uris' is not null`,
      );
      return rows.map(({ client_id }) => client_id);
    });
    const taken = CLIENTS.map(([id]) => id).filter((id) => !['', 'deep', 'sha3'].includes(id));
    expect(ids).toEqual(expect.arrayContaining(taken));
  });
});

describe('tokens whose consent has lost its client', () => {
  let hydra: TestDatabase;
  let target: TestDatabase;

  beforeAll(async () => {
    hydra = await changedHydraDatabase(`update hydra_oauth2_flow set client_id = null
where consent_challenge_id in (select challenge_id from hydra_oauth2_access where challenge_id is not null limit 2)`);
    target = await freshDatabase();
  });
  afterAll(async () => {
    await Promise.all([hydra.drop(), target.drop()]);
  });

  it('are taken without it', async () => {
    const { tables } = await importInto({ from: hydra.dsn, to: target.dsn });
    expect(tables.find(({ table }) => table === 'hydra_oauth2_flow')?.left_out).toContainEqual({
      reason: 'its client is not here',
      rows: 2,
    });
    const [counts] = await onDatabase(target.dsn, async (client) => {
      const { rows } = await client.query<{ grants: number }>(
        'select count(*)::integer as grants from authorization_grant where consent_id is null',
      );
      return rows;
    });
    expect(counts?.grants).toBeGreaterThanOrEqual(2);
  });
});
