import type { Command } from 'commander';
import type { Api } from '../api/api.js';
import { apiOf, flagsOf, withRemote } from '../api/remote.js';
import { CommandFailed } from '../command-failed.js';
import { failureText } from '../failure-text.js';
import type { FormatOptions } from '../output/format-options.js';
import { render } from '../output/format.js';
import type { Change } from './change.js';
import type { Declaration } from './declaration.js';
import { asListing, asText, type Outcome } from './diff.js';
import { KINDS } from './kinds/index.js';
import type { ApplyOptions } from './kinds/kind.js';
import { surplusClients } from './prune.js';
import { readDeclarations } from './read-declarations.js';

interface ApplyFlags extends ApplyOptions {
  filename?: string[];
  prune?: boolean;
  dryRun?: boolean;
}

/** A dry run that would change something ends with this exit code. */
const WOULD_CHANGE = 2;

/**
 * Makes the server what files say. Everything is read and compared first, so that a file that is not understood changes
 * nothing; then every change is tried, and a failure does not hold up the others.
 */
export function applyCommand(command: Command): void {
  withRemote(command)
    .requiredOption('-f, --filename <path>', 'file or folder, - for standard input; may be repeated', appended)
    .option('--owner <owner>', 'owner of the clients: sets it where a file names none')
    .option('--prune', 'delete the clients of this owner that no file declares')
    .option('--secrets', 'also send the secrets of clients that exist')
    .option('--dry-run', `change nothing; exit code ${WOULD_CHANGE} where something would change`)
    .action(() => apply(command));
}

async function apply(command: Command): Promise<void> {
  const flags = flagsOf<ApplyFlags>(command);
  const { filename = [], prune = false, dryRun = false, owner } = flags;
  if (prune && owner === undefined) throw new CommandFailed('--prune needs --owner: whose clients may it delete?');
  const { declared, passedOver } = await readDeclarations(filename);
  for (const one of passedOver) process.stderr.write(`Passed over: ${one}\n`);
  const api = apiOf(command);
  const changes = await planned(declared, api, flags);
  if (prune && owner !== undefined) changes.push(...(await surplusClients(api, owner, declared)));
  const outcomes = dryRun ? changes.map((change): Outcome => ({ change })) : await carriedOut(changes);
  await print(outcomes, flags);
  failWhereOneFailed(outcomes);
  if (dryRun && changes.some(({ action }) => action !== 'unchanged')) process.exitCode = WOULD_CHANGE;
}

function failWhereOneFailed(outcomes: readonly Outcome[]): void {
  const failures = outcomes.flatMap(({ failure }) => failure ?? []);
  if (failures.length > 0) throw new CommandFailed(failures.join('\n'));
}

async function print(
  outcomes: readonly Outcome[],
  { dryRun = false, format, quiet }: ApplyFlags & FormatOptions,
): Promise<void> {
  const isForPeople = format === undefined && quiet !== true;
  const text = isForPeople ? asText(outcomes, dryRun) : await render(asListing(outcomes), { format, quiet });
  process.stdout.write(text);
}

const appended = (value: string, before: string[] = []): string[] => [...before, value];

async function planned(declared: readonly Declaration[], api: Api, options: ApplyOptions): Promise<Change[]> {
  const changes: Change[] = [];
  const failures: string[] = [];
  for (const [kind, plan] of KINDS) {
    for (const declaration of declared.filter((one) => one.kind === kind)) {
      await plan(declaration, api, options).then(
        (change) => changes.push(change),
        (error: unknown) => failures.push(failureText(error)),
      );
    }
  }
  const twice = changes.find((one, index) => changes.findIndex((it) => isSame(it, one)) !== index);
  if (twice) failures.push(`${twice.kind} ${twice.id} is declared twice.`);
  if (failures.length > 0) throw new CommandFailed(failures.join('\n'));
  return changes;
}

/** New clients without an id are never the same. */
const isSame = (one: Change, other: Change): boolean =>
  one.kind === other.kind && one.id === other.id && !one.id.startsWith('(');

async function carriedOut(changes: readonly Change[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const change of changes) {
    outcomes.push(
      await change.carryOut().then(
        (result) => ({ change, result }),
        (error: unknown) => ({ change, failure: `${change.kind} ${change.id}: ${failureText(error)}` }),
      ),
    );
  }
  return outcomes;
}
