/**
 * The cost of a page and of a client among a million: one index range scan for every page, both for the plan that
 * PostgreSQL makes for the values and for the one that it keeps for a prepared statement.
 */
import { escapeLiteral } from 'pg';
import { DataSource, type QueryRunner } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Statement, Statements } from '../../../src/database/statements.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type RunningServer, startServer } from './server.js';

const CLIENTS = 1_000_000;
const PAGE = 100;
/** At most one block for each row, and the path down the index. */
const MOST_BLOCKS = PAGE + 20;

interface PlanNode {
  'Node Type': string;
  'Index Name'?: string;
  'Index Cond'?: string;
  'Actual Rows': number;
  'Rows Removed by Filter'?: number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: PlanNode[];
}

type Run = [Statement, unknown[]];

describe('a million clients', () => {
  let database: TestDatabase;
  let server: RunningServer;
  let connection: QueryRunner;

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startServer(database.dsn);
    connection = server.get(DataSource).createQueryRunner();
    await fill(connection);
  }, 180_000);
  afterAll(async () => {
    await connection.release();
    await server.close();
    await database.drop();
  });

  /** The statements that the server runs for the request, and its answer. */
  async function watched(path: string): Promise<{ runs: Run[]; rows: number; next: string | undefined }> {
    const run = vi.spyOn(server.get(Statements), 'run');
    const answer = await server.admin('GET', path);
    const runs = run.mock.calls.map(([statement, values]): Run => [statement, values]);
    run.mockRestore();
    expect(answer.status).toBe(200);
    const next = /,<([^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1];
    return { runs, rows: (answer.json as unknown as unknown[]).length, next };
  }

  /** The nodes of the executed plan for these values, from the top. */
  async function planOf([{ text }, values]: Run, mode: string): Promise<PlanNode[]> {
    await connection.query(`set plan_cache_mode = ${mode}`);
    await connection.query(`prepare probe as ${text}`);
    try {
      const given = values.map((value) => escapeLiteral(String(value))).join(', ');
      const [row] = (await connection.query(`explain (analyze, buffers, format json) execute probe(${given})`)) as {
        'QUERY PLAN': { Plan: PlanNode }[];
      }[];
      const nodes: PlanNode[] = [];
      for (let node = row?.['QUERY PLAN'][0]?.Plan; node; node = node.Plans?.[0]) nodes.push(node);
      return nodes;
    } finally {
      await connection.query('deallocate probe');
    }
  }

  it.each([
    ['of all', '', 'client_client_id'],
    ['of one name', '&client_name=name-7', 'client_name'],
    ['of one owner', '&owner=owner-7', 'client_owner'],
  ])('are read page by page, %s, with one index range scan each', async (_, filter, index) => {
    let path: string | undefined = `/admin/clients?page_size=${PAGE}${filter}`;
    for (let page = 1; page <= 3; page++) {
      const { runs, rows, next } = await watched(path);
      expect([runs.length, rows]).toEqual([1, PAGE]);
      for (const mode of ['force_custom_plan', 'force_generic_plan']) {
        const nodes = await planOf(runs[0]!, mode);
        expect([mode, ...nodes.map((node) => node['Node Type'])]).toEqual([mode, 'Limit', 'Index Scan']);
        const scan = nodes[1]!;
        expect(scan['Index Name']).toBe(index);
        expect(scan['Index Cond']).toContain('client_id');
        expect([scan['Actual Rows'], scan['Rows Removed by Filter'] ?? 0]).toEqual([PAGE + 1, 0]);
        expect(scan['Shared Hit Blocks'] + scan['Shared Read Blocks']).toBeLessThanOrEqual(MOST_BLOCKS);
      }
      path = next!;
    }
  });

  it('contain one client that is read by one index lookup', async () => {
    const { runs } = await watched('/admin/clients/many-0500000');
    expect(runs).toHaveLength(1);
    for (const mode of ['force_custom_plan', 'force_generic_plan']) {
      const nodes = await planOf(runs[0]!, mode);
      expect(nodes.map((node) => [node['Node Type'], node['Index Name'], node['Actual Rows']])).toEqual([
        ['Index Scan', 'client_client_id', 1],
      ]);
    }
  });
});

/** It is faster to create the indexes afterwards. */
async function fill(connection: QueryRunner): Promise<void> {
  const indexes = (await connection.query(
    `select indexname as name, indexdef as text from pg_indexes where indexname in ('client_name', 'client_owner')`,
  )) as { name: string; text: string }[];
  await connection.query(`set statement_timeout = 0; set maintenance_work_mem = '256MB'; set synchronous_commit = off`);
  for (const { name } of indexes) await connection.query(`drop index ${name}`);
  await connection.query('alter table client drop constraint client_client_id');
  await connection.query(
    `insert into client (client_id, name, owner, metadata, created_at, updated_at)
    select 'many-' || lpad(i::text, 7, '0'), 'name-' || i % 50, 'owner-' || i % 20, '{}', now(), now()
    from generate_series(1, ${CLIENTS}) i`,
  );
  await connection.query('alter table client add constraint client_client_id unique (client_id)');
  for (const { text } of indexes) await connection.query(text);
  await connection.query('analyze client');
}
