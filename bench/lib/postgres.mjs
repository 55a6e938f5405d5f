// The database as an observer sees it, through psql. Where possible, figures are read from another database of the cluster,
// so that reading them does not change the measurement.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SETTINGS = [
  'server_version',
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'wal_level',
  'shared_buffers',
  'max_connections',
];
/** Statements that only open or end a transaction. */
const CONTROL = `query ~* '^(begin|commit|rollback|start transaction|savepoint|release)'`;

/** An idle session reports its work after ten seconds at the latest. */
export const STATISTICS_LAG_MS = 10_500;

export class Postgres {
  /** `template`: a database URL in which {db} stands for the database's name. */
  constructor(template) {
    this.template = template;
  }
  url(db) {
    return this.template.replace('{db}', db);
  }
  #plain(db) {
    const u = new URL(this.url(db));
    u.search = '';
    return u.toString();
  }

  async query(db, sql, variables = {}) {
    const set = Object.entries(variables).flatMap(([k, v]) => ['-v', `${k}=${v}`]);
    const child = run('psql', ['-qAtX', '-F', '\t', '-v', 'ON_ERROR_STOP=1', ...set, '-f', '-', this.#plain(db)], {
      maxBuffer: 1 << 26,
    });
    child.child.stdin.end(sql);
    return (await child).stdout
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('\t'));
  }
  create(db) {
    return this.query('postgres', `create database ${db};`);
  }
  drop(db) {
    return this.query('postgres', `drop database if exists ${db} with (force);`);
  }

  async open() {
    await this.query('postgres', 'create extension if not exists pg_stat_statements;');
    const [[directory]] = await this.query('postgres', 'show data_directory;');
    this.pid = Number(readFileSync(`${directory}/postmaster.pid`, 'utf8').split('\n')[0]);
    this.settings = Object.fromEntries(
      await Promise.all(SETTINGS.map(async (s) => [s, (await this.query('postgres', `show ${s};`))[0][0]])),
    );
    return this;
  }

  resetStatements(db) {
    return this.query(
      'postgres',
      `select pg_stat_statements_reset(0, (select oid from pg_database where datname = '${db}'), 0);`,
    );
  }

  /** Running totals of one database, exact at once. */
  async totals(db) {
    const [row] = await this.query(
      'postgres',
      `
      select coalesce(sum(calls) filter (where not ${CONTROL}), 0), coalesce(sum(calls) filter (where ${CONTROL}), 0), coalesce(sum(total_exec_time), 0),
             coalesce(sum(wal_fpi), 0), min(pg_database_size(d.datname)), min(pg_current_wal_insert_lsn() - '0/0')
      from pg_database d left join pg_stat_statements s on s.dbid = d.oid where d.datname = '${db}';`,
    );
    const [statements, control, ms, fullPages, bytes, wal] = row.map(Number);
    return { statements, control, ms, fullPages, bytes, wal };
  }
  /** Totals that are exact only after the server's sessions have been idle for STATISTICS_LAG_MS. Read inside the database. */
  async laggingTotals(db) {
    const [row] = await this.query(
      db,
      `
      select coalesce(sum(n_tup_ins), 0), coalesce(sum(n_tup_upd), 0), coalesce(sum(n_tup_del), 0), (select xact_commit from pg_stat_database where datname = '${db}') from pg_stat_user_tables;`,
    );
    const [inserted, updated, deleted, commits] = row.map(Number);
    return { inserted, updated, deleted, commits };
  }
  async topStatements(db, limit = 12) {
    const rows = await this.query(
      'postgres',
      `select calls, total_exec_time, left(regexp_replace(query, '\\s+', ' ', 'g'), 160)
      from pg_stat_statements s join pg_database d on d.oid = s.dbid where datname = '${db}' order by total_exec_time desc limit ${limit};`,
    );
    return rows.map(([calls, ms, query]) => ({ calls: +calls, ms: +ms, query }));
  }
}
