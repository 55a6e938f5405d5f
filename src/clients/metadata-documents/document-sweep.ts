import type { DataSource } from 'typeorm';
import type { CleanUp, MaintenanceTask } from '../../database/maintenance/maintenance-task.js';
import { transaction } from '../../database/transaction.js';

const SLICE = 2_000;
const KEPT_MS = 30 * 86_400_000;

interface Slice {
  last: string | null;
  seen: number;
  idle: string[];
}

/**
 * Deletes clients of documents that have had no grant for a month: whoever needs one again brings its document. One run looks
 * at a part of them and notes since when each is idle; the next run goes on behind it.
 * @param hasGrant SQL condition on the row `it`: this room does not own grants
 */
export const documentSweep =
  (hasGrant: string): CleanUp =>
  (dataSource) =>
    new DocumentSweep(dataSource, hasGrant);

class DocumentSweep implements MaintenanceTask {
  readonly name = 'sweep clients of documents';
  private after = '';

  constructor(
    private readonly dataSource: DataSource,
    private readonly hasGrant: string,
  ) {}

  async run(now: Date): Promise<void> {
    const before = new Date(now.getTime() - KEPT_MS);
    const values = [this.after, SLICE, now, before];
    const [slice] = await this.dataSource.query<Slice[]>(noteIdle(this.hasGrant), values);
    this.after = slice?.seen === SLICE ? (slice.last ?? '') : '';
    if (slice?.idle.length) await this.delete(slice.idle, before);
  }

  /** A grant in the making holds the row of its client: it is left alone, or the grant is seen after the lock. */
  private delete(keys: string[], before: Date): Promise<void> {
    return transaction(this.dataSource, async (manager) => {
      const held = await manager.query<{ key: string }[]>(HOLD, [keys]);
      await manager.query(deleteIdle(this.hasGrant), [held.map(({ key }) => key), before]);
    });
  }
}

/** $1 after this id, $2 how many, $3 now, $4 idle since then: to be deleted. */
function noteIdle(hasGrant: string): string {
  return `
with slice as materialized (
  select key, client_id, document_idle_since as since, ${hasGrant} as busy
  from client it where document_fetched_at is not null and client_id > $1 order by client_id limit $2
), noted as (
  update client it set document_idle_since = case when slice.busy then null else $3::timestamptz end
  from slice where it.key = slice.key and slice.busy = (slice.since is not null)
)
select (select client_id from slice order by client_id desc limit 1) as last,
  (select count(*)::integer from slice) as seen,
  array(select key::text from slice where not busy and since <= $4::timestamptz) as idle`;
}

/** $1 keys. */
const HOLD = 'select key from client where key = any($1::bigint[]) order by key for update skip locked';

/** $1 keys, $2 idle since then. */
function deleteIdle(hasGrant: string): string {
  return `
delete from client it where key = any($1::bigint[]) and document_fetched_at is not null and document_idle_since <= $2
  and not ${hasGrant}`;
}
