/**
 * Flows in the UNLOGGED table `flow`: for operators without Redis. A crash of PostgreSQL empties it, which costs users a
 * restarted login. A step updates its row in place. Failures stay those of the driver: they mean what they mean elsewhere.
 */
import type { Statement, Statements } from '../database/statements.js';
import type { FlowStore, StoredCount, StoredFlow, StoredRecord } from './flow-store.js';

const PUT: Statement = {
  name: 'flow_put',
  text: `insert into flow (key, value, version, claimed, keep_until) values ($1, $2, 1, false, $3)
on conflict (key) do update set value = excluded.value, version = 1, claimed = false, keep_until = excluded.keep_until`,
};

const GET: Statement = {
  name: 'flow_get',
  text: 'select value, version from flow where key = $1 and keep_until > $2',
};

const TRANSITION: Statement = {
  name: 'flow_transition',
  text: `update flow set value = $3, version = version + 1 where key = $1 and version = $2 and keep_until > $4
returning true as done`,
};

/** 1 key, 2 expected version, 3 next, 4 now; beside: 5 key, 6 value, 7 keep until. */
const TRANSITION_BESIDE: Statement = {
  name: 'flow_transition_beside',
  text: `
with moved as (
  update flow set value = $3, version = version + 1 where key = $1 and version = $2 and keep_until > $4
  returning true as done
), beside as (
  insert into flow (key, value, version, claimed, keep_until)
  select $5::bytea, $6::bytea, 1, false, $7::timestamptz from moved
  on conflict (key) do update set value = excluded.value, version = 1, claimed = false, keep_until = excluded.keep_until
)
select done from moved`,
};

const CLAIM: Statement = {
  name: 'flow_claim',
  text: 'update flow set claimed = true where key = $1 and not claimed and keep_until > $2 returning true as done',
};

/** The counter is the version. 1 key, 2 end of the window if it begins now, 3 now. */
const COUNT: Statement = {
  name: 'flow_count',
  text: `insert into flow (key, value, version, claimed, keep_until) values ($1, '', 1, false, $2)
on conflict (key) do update set
  version = case when flow.keep_until > $3 then flow.version + 1 else 1 end,
  keep_until = case when flow.keep_until > $3 then flow.keep_until else excluded.keep_until end
returning version, keep_until`,
};

const COUNTED: Statement = {
  name: 'flow_counted',
  text: 'select version, keep_until from flow where key = $1 and keep_until > $2',
};

const REMOVE: Statement = { name: 'flow_remove', text: 'delete from flow where key = $1' };

/** $1 end of their lifetime, $2 how many. Records that another process holds are passed over. */
export const SWEEP_FLOWS: Statement = {
  name: 'flow_sweep',
  text: `delete from flow where key in
(select key from flow where keep_until <= $1 order by keep_until limit $2 for update skip locked)
returning true as done`,
};

const PING: Statement = { name: 'flow_ping', text: 'select true as done' };

interface CountRow {
  [column: string]: unknown;
  version: number;
  keep_until: Date;
}

export class PostgresFlowStore implements FlowStore {
  constructor(private readonly statements: Statements) {}

  async put(key: Buffer, value: Buffer, keepForMs: number): Promise<void> {
    await this.statements.run(PUT, [key, value, until(keepForMs)]);
  }

  async get(key: Buffer): Promise<StoredFlow | undefined> {
    const [row] = await this.statements.run<StoredFlow & Record<string, unknown>>(GET, [key, new Date()]);
    return row;
  }

  async transition(key: Buffer, expectedVersion: number, next: Buffer, beside?: StoredRecord): Promise<boolean> {
    const values = [key, expectedVersion, next, new Date()];
    const rows = beside
      ? await this.statements.run(TRANSITION_BESIDE, [...values, beside.key, beside.value, until(beside.keepForMs)])
      : await this.statements.run(TRANSITION, values);
    return rows.length === 1;
  }

  async claim(key: Buffer): Promise<boolean> {
    return (await this.statements.run(CLAIM, [key, new Date()])).length === 1;
  }

  async remove(key: Buffer): Promise<void> {
    await this.statements.run(REMOVE, [key]);
  }

  async count(key: Buffer, windowMs: number): Promise<StoredCount> {
    const now = Date.now();
    const values = [key, new Date(now + windowMs), new Date(now)];
    const [row] = await this.statements.run<CountRow>(COUNT, values);
    return row ? countOf(row, now) : { count: 1, remainingMs: windowMs };
  }

  async counted(key: Buffer): Promise<StoredCount | undefined> {
    const now = Date.now();
    const [row] = await this.statements.run<CountRow>(COUNTED, [key, new Date(now)]);
    return row && countOf(row, now);
  }

  async ping(): Promise<void> {
    await this.statements.run(PING, []);
  }

  /** Deletes at most `limit` records whose lifetime ended before `now`, and says how many. Replicas may do it together. */
  async sweep(now: Date, limit: number): Promise<number> {
    return (await this.statements.run(SWEEP_FLOWS, [now, limit])).length;
  }
}

const until = (keepForMs: number): Date => new Date(Date.now() + keepForMs);

function countOf(row: CountRow, now: number): StoredCount {
  return { count: row.version, remainingMs: row.keep_until.getTime() - now };
}
