import type { Sweep } from '../../database/maintenance/walking-sweep.js';

/** Results can be read for a week. A delivery that is still pending then is not handled by any replica. */
export const LOGOUT_DELIVERIES: Sweep = {
  table: 'logout_delivery',
  ended: "coalesce(it.finished_at, it.next_attempt_at) <= $3::timestamptz - interval '7 days'",
  since: 'it.created_at',
};
