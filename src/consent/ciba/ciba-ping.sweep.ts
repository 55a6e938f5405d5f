import type { Sweep } from '../../database/maintenance/walking-sweep.js';

/** Pings that no replica handles, because the feature was switched off meanwhile. */
export const CIBA_PINGS: Sweep = {
  table: 'ciba_ping',
  ended: 'it.until <= $3',
  since: 'it.created_at',
};
