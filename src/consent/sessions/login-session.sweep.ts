import type { Sweep } from '../../database/maintenance/walking-sweep.js';

/** Kept for one day after the expiry: a short session is still needed while the person reads the consent page. */
export const LOGIN_SESSIONS: Sweep = {
  table: 'login_session',
  ended: "it.expires_at <= $3::timestamptz - interval '1 day'",
  since: 'it.authenticated_at',
};
