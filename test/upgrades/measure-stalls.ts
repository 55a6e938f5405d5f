/**
 * Measures how long requests wait while migrations are applied to large tables. It is not a test: it prints a table.
 *
 *   node test/support/run-module.mjs test/upgrades/measure-stalls.ts DSN [CLIENTS]
 *
 * DSN leads to an empty database. First every migration is applied to the schema before it, with CLIENTS clients (a
 * million) and a quarter as many sessions and consents in it, while statements like those of requests run; then the ones of
 * a next release, while today's server gets requests.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { migrations } from '../../migrations/index.js';
import { type MigrationClass, openMigrator } from '../../src/database/migrations.js';
import { NEXT, withNext } from '../migrations/next-schema.js';
import { RelyingParty } from '../support/relying-party.js';
import { startTestServer } from '../support/server.js';

const [dsn = '', clients = '1000000'] = process.argv.slice(3);
const FILL = [
  `insert into client (client_id, name, owner, secret_hash, metadata, created_at, updated_at)
select 'client-' || i, 'Client ' || i, 'owner-' || i % 1000, md5(i::text),
  jsonb_build_object('redirect_uris', jsonb_build_array('https://app-' || i || '.example/callback'),
    'grant_types', '["authorization_code", "refresh_token"]'::jsonb, 'scope', 'openid offline_access profile email',
    'token_endpoint_auth_method', 'client_secret_basic'), now(), now()
from generate_series(1, ${clients}) i`,
  `insert into login_session (id, subject, authenticated_at, remember, expires_at)
select gen_random_uuid(), 'subject-' || i, now(), true, now() + interval '30 days' from generate_series(1, ${clients} / 4) i`,
  `insert into consent (id, subject, client_key, granted_scope, granted_audience, remember, remember_for, skip,
  requested_at, handled_at, details)
select gen_random_uuid(), 'subject-' || i, i, '{openid}', '{}', i % 2 = 0, 0, i % 4 = 1, now(), now(), sha256(i::text::bytea)
from generate_series(1, ${clients} / 4) i`,
];
/** A subquery is evaluated once; a function would be evaluated for each row. */
const SOME = `(select 'client-' || (1 + random() * 1000)::integer)`;
const STATEMENTS: Record<string, string> = {
  'read a client': `select version from client where client_id = ${SOME}`,
  'issue a token': `insert into access_token (bucket, id, client_key, issued_at, expires_at)
select 0, gen_random_uuid(), key, now(), now() + interval '1 hour' from client where client_id = ${SOME}`,
  'start a session': `insert into login_session (id, subject, authenticated_at, remember, expires_at)
values (gen_random_uuid(), 'somebody', now(), true, now() + interval '1 hour')`,
  'change a client': `update client set owner = owner where client_id = ${SOME}`,
};
const SETTLE_MS = 3_000;

/** Sends requests one after the other, and returns the longest response time since the last call. */
class Probe {
  private longest = 0;
  private began = 0;
  failures = 0;

  constructor(private readonly ask: () => Promise<unknown>) {
    void this.run();
  }

  take(): number {
    const found = Math.max(this.longest, this.began === 0 ? 0 : performance.now() - this.began);
    this.longest = 0;
    return Math.round(found);
  }

  private async run(): Promise<void> {
    for (;;) {
      this.began = performance.now();
      await this.ask().catch(() => this.failures++);
      this.longest = Math.max(this.longest, performance.now() - this.began);
      this.began = 0;
      await sleep(2);
    }
  }
}

async function apply(classes: readonly MigrationClass[]): Promise<number> {
  const began = performance.now();
  const migrator = await openMigrator(dsn, print, classes);
  await migrator.up();
  await migrator.close();
  return Math.round(performance.now() - began);
}

async function measure(all: readonly MigrationClass[], from: number, probes: Record<string, Probe>): Promise<void> {
  const names = Object.keys(probes);
  const row = (name: string, took: number | string): void => {
    print(
      [name.padEnd(40), String(took).padStart(7), ...names.map((one) => `${one} ${probes[one]?.take() ?? 0}`)].join(
        '  ',
      ),
    );
  };
  await sleep(SETTLE_MS);
  row('(nothing is applied)', SETTLE_MS);
  for (let i = from; i < all.length; i++) {
    const took = await apply(all.slice(0, i + 1));
    row(all[i]?.name ?? '', took);
  }
  print(`Failures: ${names.map((one) => `${one} ${probes[one]?.failures ?? 0}`).join(', ')}`);
}

async function probeOf(text: string): Promise<Probe> {
  const client = new pg.Client({ connectionString: dsn });
  await client.connect();
  return new Probe(() => client.query(text));
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

await apply(migrations.slice(0, 1));
const filler = new pg.Client({ connectionString: dsn });
await filler.connect();
for (const text of FILL) await filler.query(text);
await filler.query('analyze');
print(`Milliseconds: how long each migration took, and the longest wait meanwhile, with ${clients} clients.`);
const statements = await Promise.all(
  Object.entries(STATEMENTS).map(async ([name, text]) => [name, await probeOf(text)] as const),
);
await measure(migrations, 1, Object.fromEntries(statements));

const server = await startTestServer(dsn);
const party = await RelyingParty.register(server, {
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
});
const expectOk = async (answer: Promise<{ status: number }>): Promise<void> => {
  const { status } = await answer;
  if (status !== 200) throw new Error(String(status));
};
const token = (await party.tokens()).access_token;
await measure(withNext, withNext.length - NEXT.length, {
  'client credentials': new Probe(() => expectOk(party.token({ grant_type: 'client_credentials' }))),
  'a code flow': new Probe(() => party.tokens()),
  introspection: new Probe(async () => {
    if (!(await party.isActive(token))) throw new Error('lost');
  }),
});
process.exit(0);
