/**
 * Encrypts stored values anew while servers run: those under older secrets than the newest of `secrets.system`, and those
 * that are not bound to their row. Then it reports until when the older secrets are still needed. It may be stopped and
 * started again at any time.
 */
import type { DataSource } from 'typeorm';
import { SEALED_NOTICES } from '../../consent/ciba/pings.js';
import { SEALED_DETAILS } from '../../consent/consents/consent-details.js';
import { type OpeningSecrets, type Resealed, resealColumn, type SealedColumn } from '../../database/sealed-column.js';
import { SEALED_KEYS } from '../../keys/key-records.js';
import { SEALED_SESSIONS } from '../../oauth2/issuance/grant-session.js';
import { CommandFailed } from '../command-failed.js';
import { requireMigrated } from '../require-migrated.js';
import { type Rotation, stillNeeded } from './still-needed.js';

/** All tables with encrypted values that last. Flows are left out: they end within an hour. */
const SEALED_COLUMNS: readonly SealedColumn[] = [SEALED_KEYS, SEALED_DETAILS, SEALED_NOTICES, ...SEALED_SESSIONS];

/** A further pass finds rows that a server had locked during the previous one; the last pass must find none. */
const PASSES = 4;
const TELL_EVERY = 50_000;
const ALL_BOUND =
  'All of it is bound to its row. Two hours after the last server of an earlier version has ended, set secrets.accept_unbound to false.';

/** @throws CommandFailed where something remains that is not sealed under the newest secret for its row */
export async function reencrypt(database: DataSource, secrets: OpeningSecrets, rotation: Rotation): Promise<void> {
  await requireMigrated(database);
  const remaining: string[] = [];
  for (const column of SEALED_COLUMNS) remaining.push(...(await reencryptColumn(database, column, secrets)));
  if (remaining.length > 0) throw new CommandFailed(remaining.join('\n'));
  for (const line of await stillNeeded(database, rotation)) print(line);
  if (secrets.accept_unbound) print(ALL_BOUND);
}

/** Returns the remaining problems. */
async function reencryptColumn(database: DataSource, column: SealedColumn, secrets: OpeningSecrets): Promise<string[]> {
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
  return last ? faultsOf(column.what, last, secrets) : [];
}

function faultsOf(
  what: string,
  { resealed, missed, unopened }: Resealed,
  { accept_unbound }: OpeningSecrets,
): string[] {
  const earlier = accept_unbound ? '' : ' Those of an earlier version open while secrets.accept_unbound is true.';
  return [
    ...(resealed + missed > 0
      ? [
          `${what}: servers still write under an older secret, or are older than this program. Give all of them the newest of both first, then run this again.`,
        ]
      : []),
    ...(unopened > 0
      ? [
          `${what}: ${unopened} open under none of secrets.system. Put the secret that sealed them back into the list; where none is missing, somebody has moved them from row to row.${earlier}`,
        ]
      : []),
  ];
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
