/** SQL on what an import has recorded. */
import type { Statement } from '../database/statements.js';

/** SQL condition: an import has begun and not finished. */
export const IMPORT_UNDER_WAY = 'exists (select from hydra_import where finished_at is null)';

/**
 * One row. Tables whose credentials ended within the last day count too: the clocks of servers may differ. Used refresh
 * tokens have no end of their own, because their reuse must be noticed as long as their chain exists: their rows count.
 */
export const READ_LEDGER: Statement = {
  name: 'import_ledger_read',
  text: `
select ${IMPORT_UNDER_WAY} as under_way,
  array(select name from hydra_import_table where live_until > now() - interval '1 day') as living,
  exists (select from imported_refresh_token) as has_refresh_tokens`,
};

export interface LedgerRow {
  under_way: boolean;
  /** Names of tables of Hydra. */
  living: string[];
  has_refresh_tokens: boolean;
}
