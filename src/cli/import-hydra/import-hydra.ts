/**
 * The import of a Hydra database: everything is checked and every sealed value is opened before the first row is written.
 * Then the tables are walked in batches, each in one transaction with its place in the ledger, so that a run that was
 * killed at any moment goes on where it was.
 */
import type { DataSource } from 'typeorm';
import type { Configuration } from '../../config/configuration.js';
import { parseDsn } from '../../config/dsn.js';
import { connectForCommand } from '../../database/data-source.js';
import { DatabaseUnreachable } from '../../database/database-unreachable.js';
import { pendingMigrations } from '../../database/migrations.js';
import { transaction } from '../../database/transaction.js';
import { isUnavailable } from '../../database/unavailable.js';
import { CommandFailed } from '../command-failed.js';
import { requireMigrated } from '../require-migrated.js';
import { beginningOf, initialStates, requireSameImport, requireSameNetwork } from './beginning.js';
import { Envelopes } from './formats/envelope.js';
import { ended, runStages } from './import-run.js';
import { ProgressLine } from './report/progress-line.js';
import { type Report, reportOf } from './report/report.js';
import { chosenNetwork, type Networks } from './source/networks.js';
import { OpenSource } from './source/open-source.js';
import { sessionWarnings } from './source/other-sessions.js';
import { rowCounts, type RowCount } from './source/row-counts.js';
import { requireHydra } from './source/schema.js';
import type { SourceAddress } from './source/source-address.js';
import { STAGES } from './stages.js';
import type { Taking } from './table-import.js';
import { ClientKeys, CONTINUE_CLIENT_KEYS } from './target/client-keys.js';
import { requireEmpty } from './target/emptiness.js';
import {
  type Beginning,
  type Begun,
  begunImport,
  recordBeginning,
  recordEnd,
  type TableStates,
  tableStates,
} from './target/ledger.js';
import { inTurnOfImports, requireAnotherDatabase, TARGET_CONNECTIONS } from './target/open-target.js';
import { TARGET_TABLES } from './target/target-tables.js';
import { Writer } from './target/writer.js';

export interface ImportOptions {
  from: SourceAddress;
  /** The address of the target. */
  to: string;
  configuration: Configuration;
  network?: string;
  dryRun?: boolean;
  leaveUnreadable?: boolean;
  /** Asked before the first row is written. Default: it begins without being asked. */
  confirm?: (question: string) => Promise<boolean>;
  /** Says something to the operator. */
  tell: (line: string) => void;
  /** When it is aborted, the import ends with its batch. */
  stop: AbortSignal;
  batchRows?: number;
  /** How many other threads open and convert rows. Default: none. */
  threads?: number;
  /** Called when a batch is written and the next one has not begun. */
  afterBatch?: () => void | Promise<void>;
}

const STOPPED_BEFORE = 'Stopped before this run wrote anything.';
const BATCH_ROWS = 1_000;

interface Databases {
  source: OpenSource;
  target: DataSource;
}

/** Undefined where the operator did not confirm. @throws CommandFailed, DatabaseUnreachable */
export async function importHydra(options: ImportOptions): Promise<Report | undefined> {
  const target = await connectForCommand(options.to, TARGET_CONNECTIONS);
  try {
    const opened = await openedSource(target, options);
    if ('finished' in opened) return opened.finished;
    const { source } = opened;
    try {
      return await unlessLost(() => checked({ source, target }, options));
    } finally {
      await source.close();
    }
  } finally {
    await target.destroy();
  }
}

async function openedSource(
  target: DataSource,
  options: ImportOptions,
): Promise<{ source: OpenSource } | { finished: Report }> {
  try {
    return { source: await OpenSource.open(options.from) };
  } catch (error) {
    const finished = error instanceof DatabaseUnreachable && (await reportWithoutSource(target, options));
    if (!finished) throw error;
    return { finished };
  }
}

/** A finished import is reported also when Hydra's database is gone. */
async function reportWithoutSource(target: DataSource, options: ImportOptions): Promise<Report | undefined> {
  if ((await pendingMigrations(target)).length > 0) return undefined;
  const begun = await begunImport(target);
  return begun?.finishedAt && finishedReport(target, begun, options);
}

/** Once the walk has begun, it says itself how far it is. */
async function unlessLost<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CommandFailed || !isUnavailable(error)) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandFailed(`A database was lost: ${why}. This run wrote nothing: give the command again.`, error);
  }
}

async function checked(databases: Databases, options: ImportOptions): Promise<Report | undefined> {
  const { source, target } = databases;
  await requireAnotherDatabase(target, source);
  const finished = source.hydraTables().length === 0 && (await reportWithoutSource(target, options));
  if (finished) return finished;
  requireHydra(
    source,
    STAGES.flatMap(({ tables }) => tables),
  );
  await requireMigrated(target);
  const networks = await chosenNetwork(source, options.network);
  source.network = networks.chosen;
  const work = (): Promise<Report | undefined> => imported(databases, networks, options);
  return options.dryRun ? work() : inTurnOfImports(target, work);
}

async function imported(
  { source, target }: Databases,
  networks: Networks,
  options: ImportOptions,
): Promise<Report | undefined> {
  const begun = await begunImport(target);
  if (begun) requireSameNetwork(begun, networks);
  else await requireEmpty(target);
  if (begun?.finishedAt) return finishedReport(target, begun, options);
  return new HydraImport({ source, target }, options, { networks, counts: await rowCounts(source) }).run(begun);
}

async function finishedReport(
  target: DataSource,
  begun: Begun,
  { tell, dryRun = false }: ImportOptions,
): Promise<Report> {
  const finishedAt = begun.finishedAt?.toISOString() ?? '';
  tell(
    `This import was finished at ${finishedAt}: nothing is left to do. What Hydra changed since it began needs another empty database.`,
  );
  return reportOf(begun, await tableStates(target), dryRun);
}

/** An import that has not finished. */
class HydraImport {
  private readonly envelopes: Envelopes;
  private readonly secrets: readonly string[];
  private readonly progress = new ProgressLine(process.stderr);
  private readonly clients = new ClientKeys();

  constructor(
    private readonly databases: Databases,
    private readonly options: ImportOptions,
    private readonly found: { networks: Networks; counts: readonly RowCount[] },
  ) {
    this.secrets = options.configuration.secrets.system;
    this.envelopes = new Envelopes(this.secrets);
  }

  async run(begun: Begun | undefined): Promise<Report | undefined> {
    const { source, target } = this.databases;
    if (begun) requireSameImport(begun, { counts: this.found.counts, secrets: this.secrets });
    const beginning = begun ?? (await this.prove());
    let states = initialStates(this.found.counts, STAGES);
    if (this.options.dryRun) {
      const rehearsed = { ...beginning, details: { ...beginning.details, row_warnings: [] } };
      await this.walk(rehearsed, states, undefined);
      return reportOf(rehearsed, states, true);
    }
    if (begun) {
      states = await tableStates(target);
      this.options.tell(`An import began at ${begun.begunAt.toISOString()} and did not finish: it goes on.`);
    }
    for (const warning of begun ? await sessionWarnings(source) : beginning.details.warnings)
      this.options.tell(`Warning: ${warning}`);
    if (!(await this.confirmed())) return undefined;
    if (!begun) await this.begin(beginning, states);
    await this.clients.load(target);
    await this.walk(beginning, states, new Writer(target));
    await this.finish();
    return reportOf(beginning, states, false);
  }

  private prove(): Promise<Beginning> {
    const { stop, leaveUnreadable = false } = this.options;
    return beginningOf(
      {
        ...this.found,
        source: this.databases.source,
        stages: STAGES,
        envelopes: this.envelopes,
        secrets: this.secrets,
        leaveUnreadable,
        threads: this.options.threads ?? 0,
        progress: this.progress,
        stopIfAsked: () => {
          if (stop.aborted) throw new CommandFailed(STOPPED_BEFORE);
        },
      },
      new Date(),
    );
  }

  private async confirmed(): Promise<boolean> {
    const { networks, counts } = this.found;
    const rows = counts.reduce((sum, count) => sum + count.rows - count.ofOtherNetworks, 0);
    const question = `Import the network ${networks.chosen} (${rows} rows) from ${this.options.from.place} into ${parseDsn(this.options.to).place}?`;
    if (!this.options.confirm || (await this.options.confirm(question))) return true;
    if (this.options.stop.aborted) throw new CommandFailed(STOPPED_BEFORE);
    this.options.tell('Nothing was changed.');
    return false;
  }

  /** What was there is looked for again: proving took a while. */
  private async begin(beginning: Beginning, states: TableStates): Promise<void> {
    await transaction(this.databases.target, async (manager) => {
      await requireEmpty(manager);
      await recordBeginning(manager, beginning, states);
    });
  }

  private async walk(beginning: Beginning, states: TableStates, writer: Writer | undefined): Promise<void> {
    const { configuration, stop, batchRows = BATCH_ROWS, afterBatch } = this.options;
    const { rows, unreadable, row_warnings: rowWarnings } = beginning.details;
    const taking: Taking = {
      now: beginning.begunAt,
      configuration,
      envelopes: this.envelopes,
      batchRows,
      leavesUnreadable: unreadable > 0,
      threads: this.options.threads ?? 0,
      clientKeys: this.clients.all,
      clientKey: (clientId) => this.clients.all.get(clientId),
      addClient: (clientId) => this.clients.add(clientId),
    };
    const stopIfAsked = (): void => {
      if (stop.aborted) throw ended({ states, rows, writer }, 'Stopped.');
    };
    const { source } = this.databases;
    const { progress } = this;
    try {
      await runStages(
        { source, taking, states, rows, rowWarnings, writer, progress, stopIfAsked, ...(afterBatch && { afterBatch }) },
        STAGES,
      );
    } finally {
      progress.clear();
    }
  }

  /** The planner of a server that starts now should know how many rows there are. */
  private async finish(): Promise<void> {
    const { target } = this.databases;
    try {
      await transaction(target, async (manager) => {
        await manager.query(CONTINUE_CLIENT_KEYS);
        await recordEnd(manager);
      });
      await target.query(`analyze ${Object.keys(TARGET_TABLES).join(', ')}`);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new CommandFailed(`All rows are written, but the end failed: ${why}. Give the same command again.`, error);
    }
  }
}
