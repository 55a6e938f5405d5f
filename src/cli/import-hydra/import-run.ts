/** Walks over the tables of the source in batches. Without a writer it is a dry run: everything but the writing is the same. */
import type { EntityManager } from 'typeorm';
import { isUnavailable } from '../../database/unavailable.js';
import { CommandFailed } from '../command-failed.js';
import type { ProgressLine } from './report/progress-line.js';
import type { Source } from './source/source.js';
import type { Batch, Stage, StageTable, Taking } from './table-import.js';
import { NOTHING, readRows, sumOfTallies } from './tally.js';
import { recordState, recordRowWarnings, type TableState, type TableStates } from './target/ledger.js';
import type { Writer } from './target/writer.js';

export interface Run {
  source: Source;
  taking: Taking;
  /** How far each table is; changed with each batch. */
  states: TableStates;
  /** Rows of each table, of every network. */
  rows: Readonly<Record<string, number>>;
  /** What batches warn of is added. */
  rowWarnings: string[];
  writer: Writer | undefined;
  progress: ProgressLine;
  /** Throws where the operator has asked to stop. */
  stopIfAsked: () => void;
  /** Called when a batch is written and the next one has not begun. */
  afterBatch?: () => void | Promise<void>;
}

export async function runStages(run: Run, stages: readonly Stage[]): Promise<void> {
  for (const stage of stages) {
    const tables = stage.tables.filter(({ name }) => run.states[name]?.finished === false);
    if (tables.length > 0) await runStage(run, stage, tables);
  }
}

async function runStage(run: Run, stage: Stage, tables: readonly StageTable[]): Promise<void> {
  const [{ name } = { name: '' }] = tables;
  const before = tables.reduce((sum, table) => sum + readRows(run.states[table.name] ?? NOTHING), 0);
  const of = tables.reduce((sum, table) => sum + (run.rows[table.name] ?? 0), 0);
  run.progress.start(run.writer ? 'Importing' : 'Reading', tables.map((table) => table.name).join(', '), {
    before,
    of,
  });
  const batches = stage.batches(run.source, run.taking, run.states[name]?.place)[Symbol.asyncIterator]();
  let writing: Promise<void> = Promise.resolve();
  for (let done = false; !done;) {
    const batch = await read(run, batches, writing);
    await writing;
    run.stopIfAsked();
    done = batch === undefined;
    writing = take(run, tables, batch);
    writing.catch(() => undefined); // it is told when it is awaited
  }
  await writing;
}

/** Writes the batch, while the next one is read. Without a batch the tables are finished. */
async function take(run: Run, tables: readonly StageTable[], batch: Batch | undefined): Promise<void> {
  const changes = tables.map((table) => change(run.states, table.name, batch));
  await write(run, changes, batch);
  for (const { table, after } of changes) run.states[table] = after;
  if (!batch) return;
  run.rowWarnings.push(...warningsOf(batch));
  run.progress.add(readInBatch(batch));
  await run.afterBatch?.();
}

/** Undefined at the end. */
async function read(run: Run, batches: AsyncIterator<Batch>, writing: Promise<void>): Promise<Batch | undefined> {
  try {
    const { done, value } = (await batches.next()) as IteratorResult<Batch, undefined>;
    return done ? undefined : value;
  } catch (error) {
    await writing;
    if (isUnavailable(error)) throw ended(run, `The source was lost: ${messageOf(error)}.`, error);
    throw error;
  }
}

interface Change {
  table: string;
  before: TableState;
  after: TableState;
}

/** Without a batch the table is finished. */
function change(states: TableStates, table: string, batch: Batch | undefined): Change {
  const before = states[table];
  if (!before) throw new Error(`no state of ${table}`);
  if (!batch) return { table, before, after: { ...before, finished: true } };
  const sum = sumOfTallies(before, batch.tallies[table] ?? NOTHING);
  return { table, before, after: { ...sum, place: batch.place, finished: false } };
}

async function write(run: Run, changes: readonly Change[], batch: Batch | undefined): Promise<void> {
  if (!run.writer) return;
  const record = async (manager: EntityManager): Promise<void> => {
    for (const { table, before, after } of changes) await recordState(manager, table, { before, after });
    if (batch) await recordRowWarnings(manager, warningsOf(batch));
  };
  try {
    await run.writer.write(batch?.rows ?? [], record);
  } catch (error) {
    throw ended(run, `The target could not be written: ${messageOf(error)}.`, error);
  }
}

/** The import is as far as its last batch. */
export function ended(
  { states, rows, writer }: Pick<Run, 'states' | 'rows' | 'writer'>,
  why: string,
  cause?: unknown,
): CommandFailed {
  if (!writer) return new CommandFailed(`${why} It was a dry run: nothing was written.`, cause);
  const done = Object.values(states).reduce((sum, state) => sum + readRows(state), 0);
  const of = Object.values(rows).reduce((sum, count) => sum + count, 0);
  const current = Object.entries(states).find(([, { finished, place }]) => !finished && place !== undefined)?.[0];
  return new CommandFailed(
    `${why} ${done} of ${of} rows are done${current === undefined ? '' : `, in ${current}`}. The same command goes on from there.`,
    cause,
  );
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message || error.name : String(error));

const readInBatch = ({ tallies }: Batch): number =>
  Object.values(tallies).reduce((sum, tally) => sum + readRows(tally), 0);

const warningsOf = ({ tallies }: Batch): string[] =>
  Object.values(tallies).flatMap(({ warnings = [] }) => [...warnings]);
