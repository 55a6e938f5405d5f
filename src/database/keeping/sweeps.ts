/**
 * What is deleted row by row, and when. Chains before grants before consents, so that one pass clears what hangs together.
 * Flows are swept by the flow store; use marks of the far bucket stay: they are few, and their end is not recorded.
 */
import type { Sweep } from './walking-sweep.js';

export const SWEEPS: readonly Sweep[] = [
  { table: 'refresh_chain', ended: 'it.keep_until <= $3' },
  {
    table: 'authorization_grant',
    ended: 'it.keep_until <= $3',
    unneeded: 'not exists (select from refresh_chain where grant_id = it.id)',
  },
  {
    // A remembered consent ends with its time. One that is not remembered is listed for a month, unless it only repeated
    // a remembered one. Either lives while a grant of it does.
    table: 'consent',
    ended: `(case when it.skip then true when it.remember then it.expires_at <= $3
      else it.handled_at <= $3::timestamptz - interval '30 days' end)`,
    unneeded: 'not exists (select from authorization_grant where consent_id = it.id)',
  },
  {
    // A login that was remembered for a moment only is still needed while the person reads the consent page.
    table: 'login_session',
    ended: "it.expires_at <= $3::timestamptz - interval '1 day'",
  },
  { table: 'access_token_0', ended: 'it.expires_at <= $3' },
];
