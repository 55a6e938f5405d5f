/** What pending migrations will do to tables that hold rows, for the operator who decides when to run them. */
import type { DataSource } from 'typeorm';
import type { Blocked, TableEffect } from './table-effects.js';

interface Sized {
  name: string;
  rows: string;
  bytes: string;
}

/** From PostgreSQL's statistics: counting would read the table. */
const SIZES = `
select asked.name, sum(greatest(part.reltuples, 0))::bigint as rows, sum(pg_total_relation_size(part.oid))::bigint as bytes
from unnest($1::text[]) as asked (name)
join pg_class part on part.oid = to_regclass(asked.name)
  or part.oid in (select inhrelid from pg_inherits where inhparent = to_regclass(asked.name))
where part.relkind = 'r' group by asked.name`;

const BLOCKED: Record<Blocked, string> = {
  everything: 'nobody reads or writes it',
  writes: 'nobody writes it',
  rows: 'nobody writes the rows that change',
  nothing: 'nobody waits',
};
const LONGEST_TEXT = 60;

/** Lines of text; none where no pending migration affects an existing table. */
export async function affectedTables(
  database: Pick<DataSource, 'query'>,
  migrations: readonly { version: string; name: string; effects: readonly TableEffect[] }[],
): Promise<string[]> {
  const names = new Set(migrations.flatMap(({ effects }) => effects.map(({ table }) => table)));
  const sizes = await database.query<Sized[]>(SIZES, [[...names]]);
  const sizeOf = new Map(sizes.map((size) => [size.name, size]));
  return migrations.flatMap(({ version, name, effects }) =>
    effects.flatMap((effect) => {
      const size = sizeOf.get(effect.table);
      return size ? [`${version} ${name}: ${lineOf(effect, size)}`] : [];
    }),
  );
}

function lineOf({ table, what, blocks, grows }: TableEffect, { rows, bytes }: Sized): string {
  const text = what.length > LONGEST_TEXT ? `${what.slice(0, LONGEST_TEXT)}…` : what;
  const lasts = grows ? 'for as long as its rows take' : 'for a moment';
  const wait =
    blocks === 'nothing' ? `${BLOCKED[blocks]}, it takes as long as its rows take` : `${BLOCKED[blocks]} ${lasts}`;
  return `${table} (about ${rows} rows, ${Math.ceil(Number(bytes) / 2 ** 20)} MiB): ${wait} (${text})`;
}
