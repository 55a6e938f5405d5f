/**
 * Seals anew, under the newest of `secrets.system`, what the database holds under older ones, while servers run; then it
 * tells until when the older ones are still needed. It may be stopped and started again at any time.
 */
import type { DataSource } from 'typeorm';
import { SEALED_DETAILS } from '../../consent/consent-details.js';
import { type Resealed, resealColumn, type SealedColumn } from '../../database/sealed-column.js';
import { SEALED_KEYS } from '../../keys/key-records.js';
import { SEALED_SESSIONS } from '../../oauth2/issuance/grant-session.js';
import { CommandFailed } from '../command-failed.js';
import { requireMigrated } from '../require-migrated.js';
import { type Rotation, stillNeeded } from './still-needed.js';

/** Everything that is sealed in PostgreSQL and lasts. Flows do not: they end within the hour. */
const SEALED_COLUMNS: readonly SealedColumn[] = [SEALED_KEYS, SEALED_DETAILS, ...SEALED_SESSIONS];

/** Rows that a server held while we passed are found by a further pass; the last must find nothing. */
const PASSES = 4;
const TELL_EVERY = 50_000;

/** @throws CommandFailed where something remains that is not sealed under the newest secret */
export async function reencrypt(database: DataSource, secrets: readonly string[], rotation: Rotation): Promise<void> {
  await requireMigrated(database);
  const remaining: string[] = [];
  for (const column of SEALED_COLUMNS) remaining.push(...(await reencryptColumn(database, column, secrets)));
  if (remaining.length > 0) throw new CommandFailed(remaining.join('\n'));
  for (const line of await stillNeeded(database, rotation)) print(line);
}

/** Gives what is wrong afterwards. */
async function reencryptColumn(
  database: DataSource,
  column: SealedColumn,
  secrets: readonly string[],
): Promise<string[]> {
  let resealed = 0;
  let last: Resealed | undefined;
  for (let pass = 1; pass <= PASSES && (!last || last.resealed + last.missed > 0); pass++) {
    let told = TELL_EVERY;
    last = await resealColumn(database, column, secrets, ({ seen, resealed: done }) => {
      if (seen < told) return;
      told += TELL_EVERY;
      print(`${column.what}: ${seen} looked at, ${done} re-encrypted, going on …`);
    });
    resealed += last.resealed;
  }
  print(`${column.what}: ${last?.seen ?? 0} looked at, ${resealed} re-encrypted.`);
  return last ? faultsOf(column.what, last) : [];
}

function faultsOf(what: string, { resealed, missed, unopened }: Resealed): string[] {
  return [
    ...(resealed + missed > 0
      ? [
          `${what}: servers still write under an older secret. Give all of them the newest one first, then run this again.`,
        ]
      : []),
    ...(unopened > 0
      ? [`${what}: ${unopened} open under none of secrets.system. Put the secret that sealed them back into the list.`]
      : []),
  ];
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
