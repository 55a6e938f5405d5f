import type { DataSource } from 'typeorm';
import type { CleanUp, MaintenanceTask } from './maintenance-task.js';

export interface Sweep {
  table: string;
  /** A condition on the row `it` alone, with $3 for the time: the row has ended. */
  ended: string;
  /** When the row was created or last renewed, for deletion by age. */
  since: string;
  /** A condition that reads other tables: nothing needs the row any more. */
  unneeded?: string;
}

interface Slice {
  last: string | null;
  seen: number;
  gone: number;
}

const SLICE = 1_000;
/** How many rows one run reads at least, and at most while it finds many to delete. */
const SLICES = 20;
const MOST_SLICES = 200;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/**
 * Deletes ended rows while it walks along the primary key (`id`, a uuid), one batch per run, and then starts over. The end
 * of a row has no index for this: such an index would be written with every row, and rows whose end moves forward could not
 * be updated in place.
 */
export class WalkingSweep implements MaintenanceTask {
  readonly name: string;
  private readonly text: string;
  private after = BEFORE_ALL;

  constructor(
    private readonly dataSource: DataSource,
    sweep: Sweep,
  ) {
    this.name = `sweep ${sweep.table}`;
    this.text = sliceSql(sweep);
  }

  async run(now: Date, signal: AbortSignal): Promise<void> {
    const turn = this.after;
    for (let slices = 0; slices < MOST_SLICES && !signal.aborted; slices++) {
      const { last, seen, gone } = await this.slice(now);
      const atTheEnd = seen < SLICE;
      this.after = atTheEnd || last === null ? BEFORE_ALL : last;
      if (atTheEnd && turn === BEFORE_ALL) return; // the end of the table
      if (slices >= SLICES && gone * 10 < seen) return;
    }
  }

  private async slice(now: Date): Promise<Slice> {
    const [slice] = await this.dataSource.query<[Slice]>(this.text, [this.after, SLICE, now]);
    return slice;
  }
}

/** The task that cleans up a table by walking along it. */
export const walking =
  (sweep: Sweep): CleanUp =>
  (dataSource) =>
    new WalkingSweep(dataSource, sweep);

/** The end is checked again when the row is deleted: it may have been moved forward in between. */
function sliceSql({ table, ended, unneeded }: Sweep): string {
  return `
with slice as materialized (
  select id, ${ended} ${unneeded === undefined ? '' : `and ${unneeded}`} as over
  from ${table} it where id > $1 order by id limit $2
), gone as (
  delete from ${table} it using slice where it.id = slice.id and slice.over and ${ended} returning 1
)
select (select id from slice order by id desc limit 1) as last,
  (select count(*)::integer from slice) as seen, (select count(*)::integer from gone) as gone`;
}
