// What the machine can do at that moment: the figures by which those of a server are divided.
import { execFile } from 'node:child_process';
import { createSign, generateKeyPairSync, pbkdf2Sync, randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Load } from './load.mjs';
import { cpuSeconds } from './process.mjs';
import { freePort, launch, stop } from './server.mjs';

const exec = promisify(execFile);
const KNOWN = 10_000; // rows that the select floor picks from
const HELLO = fileURLToPath(new URL('hello.mjs', import.meta.url));
/** A token row as narrow as a server could keep it: a digest as its key, a grant, an expiry, and the data for introspection. */
const TABLE = `
  create table floor (digest bytea primary key, grant_id uuid not null, client_id text not null, subject text not null, scope text not null, issued_at timestamptz not null, expires_at timestamptz not null, extra jsonb not null);
  insert into floor select sha256(i::text::bytea), gen_random_uuid(), 'client', 'subject', 'read', now(), now() + interval '1 hour', '{}' from generate_series(1, ${KNOWN}) i;
  analyze floor;`;
const SCRIPTS = {
  insert: `\\set i random(1, 9000000000000000)
insert into floor values (sha256(:i::text::bytea), '00000000-0000-4000-8000-000000000000', 'b5c3a9d4-4b54-4c9a-9a57-7f3f2f6f7a10', 'b5c3a9d4-4b54-4c9a-9a57-7f3f2f6f7a10', 'openid offline_access', now(), now() + interval '1 hour', '{"aud": ["https://api.example"], "ext": {"tenant": "a-tenant-name"}}') returning digest;
`,
  select: `\\set i random(1, ${KNOWN})\nselect * from floor where digest = sha256(:i::text::bytea);\n`,
};

export class Floors {
  constructor(postgres, connections) {
    Object.assign(this, {
      postgres,
      connections,
      db: `bench_floor_${process.pid}`,
      dir: mkdtempSync(join(tmpdir(), 'bench-floor-')),
    });
    this.key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  }
  async open() {
    await this.postgres.create(this.db);
    await this.postgres.query(this.db, TABLE);
    for (const [name, text] of Object.entries(SCRIPTS)) writeFileSync(join(this.dir, `${name}.sql`), text);
    this.port = await freePort();
    this.child = (await this.#launch(this.port)).child;
    this.load = new Load({ publicPort: this.port, adminPort: this.port }, { connections: this.connections });
    return this;
  }
  #launch(port) {
    return launch([process.execPath, HELLO, String(port)], { log: join(this.dir, 'hello.log'), port, path: '/' });
  }

  /** Milliseconds from exec to the first response of a bare node:http server. */
  async coldStart() {
    const { child, ms } = await this.#launch(await freePort());
    await stop(child);
    return ms;
  }

  /** Measures one floor now: { rate, cpu } with cpu in seconds per operation, of the server or of PostgreSQL. */
  async measure(name, seconds) {
    return name === 'hello' ? this.#hello(seconds) : this.#pgbench(name, seconds);
  }
  async #hello(seconds) {
    const before = cpuSeconds(this.child.pid);
    const r = await this.load.run('hello', seconds);
    if (r.errors) throw new Error(`the hello floor failed: ${r.firstErrors}`);
    return {
      rate: r.rate,
      cpu: (cpuSeconds(this.child.pid) - before) / r.ops,
      p50: r.p50,
      p95: r.p95,
      generatorWasLimit: r.generatorWasLimit,
    };
  }
  async #pgbench(name, seconds) {
    const before = cpuSeconds(this.postgres.pid),
      [[lsn]] = await this.postgres.query('postgres', `select pg_current_wal_insert_lsn() - '0/0';`);
    const url = new URL(this.postgres.url(this.db));
    const { stdout } = await exec(
      'pgbench',
      [
        '-n',
        '-M',
        'prepared',
        '-c',
        this.connections,
        '-j',
        1,
        '-T',
        Math.max(1, Math.round(seconds)),
        '-f',
        join(this.dir, `${name}.sql`),
        '-h',
        url.hostname,
        '-p',
        url.port || 5432,
        '-U',
        url.username,
        this.db,
      ].map(String),
      { env: { ...process.env, PGPASSWORD: decodeURIComponent(url.password) } },
    );
    const ops = Number(/transactions actually processed: (\d+)/.exec(stdout)[1]),
      [[end]] = await this.postgres.query('postgres', `select pg_current_wal_insert_lsn() - '0/0';`);
    return {
      rate: Number(/tps = ([\d.]+)/.exec(stdout)[1]),
      cpu: (cpuSeconds(this.postgres.pid) - before) / ops,
      wal: (end - lsn) / ops,
    };
  }

  /** CPU seconds of one RS256-2048 signature, and of one PBKDF2-SHA256 of 25,000 rounds, which is Hydra's default for secrets. */
  crypto() {
    const each = (n, f) => {
      const c = process.cpuUsage();
      for (let i = 0; i < n; i++) f();
      const { user, system } = process.cpuUsage(c);
      return (user + system) / 1e6 / n;
    };
    const salt = randomBytes(16);
    return {
      sign: each(100, () => createSign('sha256').update('a token to sign').sign(this.key)),
      hash: each(8, () => pbkdf2Sync('a-client-secret', salt, 25_000, 32, 'sha256')),
    };
  }
  async close() {
    this.load.close();
    await stop(this.child);
    await this.postgres.drop(this.db);
  }
}
