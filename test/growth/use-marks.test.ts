/**
 * The statements that decide whether a proof (RFC 9449 §11.1) is used for the first time: a million marks in its bucket
 * change neither their plan nor what they read, and the bucket is dropped when all in it has expired.
 */
import { escapeLiteral } from 'pg';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DropBuckets } from '../../src/database/maintenance/drop-buckets.js';
import { type Statement, Statements } from '../../src/database/statements.js';
import { BoundParty } from '../support/bound-party.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { startTestServer, type TestServer } from '../support/server.js';

const [FEW, MANY] = [50_000, 1_000_000];
/** The index may be one level deeper, and an insertion may split a page. */
const MORE_BLOCKS = 6;
const SAMPLES = 7;
const DAY_MS = 86_400_000;
const MODES = ['force_custom_plan', 'force_generic_plan'] as const;

interface PlanNode {
  'Node Type': string;
  'Index Name'?: string;
  'Relation Name'?: string;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: PlanNode[];
}

interface Cost {
  nodes: string[];
  blocks: number;
}

type Run = [Statement, unknown[]];

describe('a million marks', () => {
  let database: TestDatabase;
  let server: TestServer;
  let client: BoundParty;
  let connection: DataSource;

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(database.dsn, { oauth2: { dpop: { enabled: true } } });
    client = await BoundParty.register(server);
    connection = await new DataSource({ type: 'postgres', url: database.dsn, poolSize: 1 }).initialize();
  });
  afterAll(async () => {
    await connection.destroy();
    await server.stop();
    await database.drop();
  });

  const query = <T>(text: string, values: unknown[] = []): Promise<T[]> => connection.query<T[]>(text, values);

  /** The statement with the mark that the server runs for the request. */
  async function watched(ask: () => Promise<{ status: number; text: string }>): Promise<Run> {
    const run = vi.spyOn(Statements.prototype, 'run');
    const { status, text } = await ask();
    const runs = run.mock.calls.filter(([statement]) => statement.text.includes('insert into use_mark'));
    run.mockRestore();
    expect(status, text).toBe(200);
    const [statement, values] = runs.at(-1) ?? expect.fail('No mark was made.'); // it is repeated where the bucket was missing
    return [statement, values];
  }

  /** The executed plan, and the fewest blocks of several executions, each undone. */
  async function costOf([{ text }, values]: Run, mode: string): Promise<Cost> {
    await query(`set plan_cache_mode = ${mode}`);
    await query(`prepare probe as ${text}`);
    const costs: Cost[] = [];
    for (let i = 0; i < SAMPLES; i++) {
      await query('begin');
      const given = values.map(literal).join(', ');
      const [row] = await query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(
        `explain (analyze, buffers, format json) execute probe(${given})`,
      );
      await query('rollback');
      const top = row!['QUERY PLAN'][0]!.Plan;
      costs.push({ nodes: nodesOf(top), blocks: top['Shared Hit Blocks'] + top['Shared Read Blocks'] });
    }
    await query('deallocate probe');
    return { nodes: costs[0]!.nodes, blocks: Math.min(...costs.map(({ blocks }) => blocks)) };
  }

  async function costs(runs: Record<string, Run>): Promise<Record<string, Cost>> {
    const all: Record<string, Cost> = {};
    for (const [name, run] of Object.entries(runs)) {
      for (const mode of MODES) all[`${name}, ${mode}`] = await costOf(run, mode);
    }
    return all;
  }

  async function fill(bucket: number, from: number, to: number): Promise<void> {
    await query(
      `insert into use_mark (bucket, digest, claimed_by)
select $1, sha256(i::text::bytea), gen_random_uuid() from generate_series($2::integer, $3::integer) i`,
      [bucket, from, to],
    );
    await query('vacuum (analyze) use_mark, access_token');
  }

  it('change neither the plan nor the blocks of the statements that decide, and go with their bucket', async () => {
    const issue = await watched(() => client.clientCredentials());
    await query('delete from access_token'); // the statement can issue it once more
    const { access_token: token = '' } = await client.tokens();
    const runs = { 'a token is issued': issue, 'a token is used': await watched(() => client.resource(token)) };
    const [used] = await query<{ bucket: number }>('select max(bucket) as bucket from use_mark');
    await query('delete from use_mark');
    const { bucket } = used!;
    await fill(bucket, 1, FEW);
    const few = await costs(runs);
    await fill(bucket, FEW + 1, MANY);
    const many = await costs(runs);
    for (const [name, cost] of Object.entries(few)) {
      expect([name, ...many[name]!.nodes]).toEqual([name, ...cost.nodes]);
      expect(many[name]!.blocks, name).toBeLessThanOrEqual(cost.blocks + MORE_BLOCKS);
    }
    expect(await watched(() => client.clientCredentials())).toHaveLength(2);

    const there = (): Promise<unknown[]> => query('select to_regclass($1) as name', [`use_mark_${bucket}`]);
    const drop = new DropBuckets(connection);
    const { signal } = new AbortController();
    await drop.run(new Date(bucket * DAY_MS), signal);
    expect(await there()).toEqual([{ name: `use_mark_${bucket}` }]);
    await drop.run(new Date((bucket + 2) * DAY_MS), signal);
    expect(await there()).toEqual([{ name: null }]);
  }, 600_000);
});

function nodesOf(node: PlanNode): string[] {
  const own = [node['Node Type'], node['Relation Name'], node['Index Name']].filter(Boolean).join(' ');
  return [own, ...(node.Plans ?? []).flatMap(nodesOf)];
}

/** Without a type of its own, so that it gets that of the parameter. */
function literal(value: unknown): string {
  return value === null || value === undefined ? 'null' : escapeLiteral(textOf(value));
}

function textOf(value: unknown): string {
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return `{${value.map(elementOf).join(', ')}}`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function elementOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  return Array.isArray(value) ? textOf(value) : JSON.stringify(textOf(value));
}
