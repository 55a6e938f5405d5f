/**
 * The effects of a migration on existing tables: what it blocks, whether that takes longer the more
 * rows there are, and whether programs of earlier versions still work (PostgreSQL manual, chapter 13.3 and ALTER
 * TABLE). They are read from its SQL, so that nobody has to declare them.
 */
import { atCommas, statementsOf } from './sql-statements.js';

/** `rows`: only writes to the rows that the migration writes have to wait. */
export type Blocked = 'everything' | 'writes' | 'rows' | 'nothing';

export interface TableEffect {
  table: string;
  /** Describes for the operator what is done to the table. */
  what: string;
  blocks: Blocked;
  /** Whether it takes longer the more rows there are; otherwise it takes a moment. */
  grows: boolean;
  /** Whether it removes, or requires, something that programs of earlier versions use or do not supply. */
  contracts: boolean;
}

type Kind = Omit<TableEffect, 'table' | 'what'>;

const MOMENT: Kind = { blocks: 'everything', grows: false, contracts: false };
const NOTHING: Kind = { blocks: 'nothing', grows: true, contracts: false };

/** A default that differs from row to row, or a constraint, makes PostgreSQL write or check a new column row by row. */
const ROW_BY_ROW =
  /\bdefault\b.*\b(?:random|\w*uuid\w*|clock_timestamp|timeofday|nextval)\b|\bgenerated\b|serial\b|\b(?:unique|primary key|check|references)\b/;

/** The actions of `alter table`; the first that matches applies. */
const ACTIONS: readonly [form: RegExp, kind: (action: string) => Kind][] = [
  [/^validate constraint/, () => NOTHING],
  [/^add (?:constraint \S+ )?foreign key.* not valid$/, () => ({ ...MOMENT, blocks: 'writes' })],
  [/^add (?:constraint \S+ )?foreign key/, () => ({ ...MOMENT, blocks: 'writes', grows: true })],
  [/^add (?:constraint \S+ )?(?:unique|primary key) using index/, () => MOMENT],
  [/^add (?:constraint \S+ )?check.* not valid$/, () => MOMENT],
  [/^add (?:constraint \S+ )?(?:check|unique|primary key|exclude)/, () => ({ ...MOMENT, grows: true })],
  [/^add /, (action) => ({ ...MOMENT, grows: ROW_BY_ROW.test(action), contracts: isDemanded(action) })],
  [/^drop constraint/, () => MOMENT],
  [/^(?:drop|rename) /, () => ({ ...MOMENT, contracts: true })],
  [/^alter (?:column )?\S+ (?:set data )?type /, () => ({ ...MOMENT, grows: true, contracts: true })],
  [/^alter (?:column )?\S+ set not null/, () => ({ ...MOMENT, grows: true, contracts: true })],
  [/^(?:attach|detach) partition .*/, () => MOMENT],
];

function isDemanded(column: string): boolean {
  return /\bnot null\b/.test(column) && !/\bdefault\b|\bgenerated\b|serial\b/.test(column);
}

/** The other statements: their first group is the table. */
const STATEMENTS: readonly [form: RegExp, kind: (statement: string) => Kind][] = [
  [/^create (?:unique )?index concurrently (?:if not exists )?\S+ on (?:only )?([\w.]+)/, () => NOTHING],
  [
    /^create (?:unique )?index (?:if not exists )?\S+ on (?:only )?([\w.]+)/,
    () => ({ ...MOMENT, blocks: 'writes', grows: true }),
  ],
  [/^create (?:constraint )?trigger .*? on ([\w.]+)/, () => ({ ...MOMENT, blocks: 'writes' })],
  [
    /^lock (?:table )?([\w.]+)/,
    (text) => ({
      ...MOMENT,
      blocks: / in (?!access exclusive)/.test(text) ? 'writes' : 'everything',
      grows: true,
    }),
  ],
  [/^(?:update|delete from) (?:only )?([\w.]+)/, () => ({ ...MOMENT, blocks: 'rows', grows: true })],
  [/^with .*\)\s?(?:update|delete from) ([\w.]+)/, () => ({ ...MOMENT, blocks: 'rows', grows: true })],
  [/^truncate (?:table )?([\w.]+)/, () => ({ ...MOMENT, contracts: true })],
];

/**
 * The effects on tables that existed before the migration.
 * @param stepped whether each statement is a separate transaction: then what it writes is a batch
 */
export function effectsOf(sql: string, { stepped }: { stepped: boolean }): TableEffect[] {
  const statements = statementsOf(sql);
  const made = new Set(statements.flatMap((statement) => CREATED.exec(statement)?.[1] ?? []));
  return statements
    .flatMap(effectsOfStatement)
    .filter(({ table, blocks }) => !made.has(table) && !(stepped && blocks === 'rows'));
}

const CREATED = /^create (?:unlogged )?table (?:if not exists )?([\w.]+)/;

function effectsOfStatement(statement: string): TableEffect[] {
  const [altering, table = ''] = /^alter table (?:if exists )?(?:only )?([\w.]+) /.exec(statement) ?? [];
  if (altering !== undefined)
    return atCommas(statement.slice(altering.length)).map((action) => ({
      table,
      what: action,
      ...kindOfAction(action),
    }));
  const [dropping] = /^drop table (?:if exists )?/.exec(statement) ?? [];
  if (dropping !== undefined)
    return atCommas(statement.slice(dropping.length)).map((name) => ({
      ...{ table: name.replace(/ (?:cascade|restrict)$/, ''), what: 'drop table', ...MOMENT, contracts: true },
    }));
  for (const [form, kind] of STATEMENTS) {
    const [, named] = form.exec(statement) ?? [];
    if (named !== undefined) return [{ table: named, what: statement, ...kind(statement) }];
  }
  return [];
}

function kindOfAction(action: string): Kind {
  for (const [form, kind] of ACTIONS) if (form.test(action)) return kind(action);
  return MOMENT;
}
