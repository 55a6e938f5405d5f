/** SQL of the table `cache_change`: a repository cannot ask which transactions are still running. */
import type { Statement } from '../database/statements.js';

/** 1 the transaction to begin at; null: read no changes, only the oldest running transaction. 2 maximum number of rows. */
export const POLL: Statement = {
  name: 'invalidation_poll',
  text: `
select pg_snapshot_xmin(pg_current_snapshot())::text as oldest, change.xact::text as xact, change.kind, change.id
from (select) one left join cache_change change on change.xact >= $1::xid8
limit $2`,
};
