import type { Sweep } from '../../database/maintenance/walking-sweep.js';

/**
 * A remembered consent is deleted one day after its expiry: a running flow may still skip consent because of it. A consent
 * that is not remembered, or replaced, is listed for a month; a skipped one is not. A row stays while it is in use or a
 * skipped consent refers to it. The newest consent of a client under a login session stays as long as the session: it
 * tells which clients a logout concerns.
 * @param inUse condition on the row `it`: a row of another module refers to it
 */
export function consentSweep(inUse: string): Sweep {
  return {
    table: 'consent',
    ended: `(case when it.skip then true
      when it.remember and not it.superseded then it.expires_at <= $3::timestamptz - interval '1 day'
      else it.handled_at <= $3::timestamptz - interval '30 days' end)`,
    since: 'it.handled_at',
    unneeded: `not ${inUse}
    and not exists (select from consent skipped where skipped.rests_on = it.id)
    and (it.login_session_id is null or exists (select from consent newer
      where newer.login_session_id = it.login_session_id and newer.client_key = it.client_key and newer.id > it.id))`,
  };
}
