/**
 * Expand and contract, as far as a program can check: a release runs beside the previous one on the schema of either,
 * and no statement waits long because a table is large. CONTRIBUTING.md explains the rules to people.
 */
import { statementsOf } from '../../src/database/migrating/sql-statements.js';
import type { MigrationStatus } from '../../src/database/migrations.js';

/** Migrations before the first release, when a database could be created anew. No name is added here. */
export const BEFORE_THE_FIRST_RELEASE: readonly string[] = [
  ...['Foundation1764000000000', 'TrustedIssuers1764000100000', 'LogoutOutbox1764000200000'],
  ...['LoginSessionDetails1764000300000', 'CacheChanges1764000400000', 'ClientMetadataAsText1764000500000'],
  ...['SessionsOfOpenBrowsers1764000600000', 'ClientOrigins1764000700000', 'ConsentsInForce1764000800000'],
  'BasesOfConsents1764000900000',
];

/** The properties that a migration class may declare. */
export interface Declared {
  /** `false`: the migration runs in steps. */
  transaction?: boolean;
  /** The first release that no longer uses the removed table or column. */
  unusedSince?: string;
}

/** The faults of a migration and their remedies. @param releases versions in CHANGELOG.md */
export function faultsOf(
  { up, effects }: Pick<MigrationStatus, 'up' | 'effects'>,
  { transaction = true, unusedSince }: Declared,
  releases: readonly string[],
): string[] {
  const faults: string[] = [];
  for (const { table, what, blocks, grows, contracts } of effects) {
    if (contracts && (unusedSince === undefined || !releases.includes(unusedSince)))
      faults.push(
        `${table}: "${what}" breaks the release before. Stop using it in one release, take it away in the next, and say which one it was: unusedSince = '1.2.0'.`,
      );
    if (grows && blocks !== 'nothing')
      faults.push(
        `${table}: "${what}" holds others up for as long as the table is large. Set transaction = false and go in steps: portions of rows, create index concurrently, not valid and then validate.`,
      );
  }
  return [...faults, ...faultsOfSteps(statementsOf(up), !transaction)];
}

function faultsOfSteps(statements: readonly string[], stepped: boolean): string[] {
  const faults: string[] = [];
  for (const [index, statement] of statements.entries()) {
    const before = statements.slice(0, index);
    const said = `"${statement}"`;
    const isConcurrent = /^(?:create (?:unique )?index|drop index) concurrently/.test(statement);
    if (isConcurrent && !stepped) faults.push(`${said} runs in no transaction: set transaction = false.`);
    if (stepped && !canRunAgain(statement, before))
      faults.push(
        `${said} may have been done when the process was killed: say "if not exists" or "if exists", or drop first what is made.`,
      );
  }
  return faults;
}

function canRunAgain(statement: string, before: readonly string[]): boolean {
  const [, index] = /^create (?:unique )?index concurrently (\S+) on/.exec(statement) ?? [];
  // An index that was not finished exists and is invalid.
  if (index !== undefined) return before.includes(`drop index concurrently if exists ${index}`);
  if (/^create (?:unique )?index concurrently if not exists/.test(statement)) return false;
  const [, constraint] = /add constraint (\S+)/.exec(statement) ?? [];
  if (constraint !== undefined) return before.some((one) => one.includes(`drop constraint if exists ${constraint}`));
  if (/^(?:create|drop) (?:unlogged )?(?:table|index)|\b(?:add|drop) column\b/.test(statement))
    return /\bif (?:not )?exists\b/.test(statement);
  return true;
}
