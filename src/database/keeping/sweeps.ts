/**
 * What is deleted row by row, and when. Chains before grants before consents, so that one pass clears what hangs together.
 * Flows are swept by the flow store; use marks of the far bucket stay: they are few, and their end is not recorded.
 */
import { bucketTable } from '../bucket-keeper.js';
import { FAR_BUCKET } from '../buckets.js';
import type { Sweep } from './walking-sweep.js';

/** One whose token never expires stays, whatever was once written of how long it is kept. */
export const REFRESH_CHAINS: Sweep = {
  table: 'refresh_chain',
  ended: 'it.keep_until <= $3 and it.expires_at is not null',
  since: 'it.issued_at',
};

/** Revoked for good: whoever brings a token of it gets the same answer as for an unknown one. */
const LONG_REVOKED = "it.revoked_at <= $3::timestamptz - interval '30 days'";

/** Its chains go with a grant that was revoked long ago: one that never expires would stay for ever. */
export const GRANTS: Sweep = {
  table: 'authorization_grant',
  ended: `(it.keep_until <= $3 or ${LONG_REVOKED})`,
  since: 'it.created_at',
  unneeded: `(${LONG_REVOKED} or not exists (select from refresh_chain where grant_id = it.id))`,
};

/**
 * A remembered consent ends with its time. One that is not remembered is listed for a month, unless it only repeated a
 * remembered one. Either lives while a grant of it does, and the newest of a client under a login session as long as the
 * session: it says whom a logout concerns.
 */
export const CONSENTS: Sweep = {
  table: 'consent',
  ended: `(case when it.skip then true when it.remember then it.expires_at <= $3
      else it.handled_at <= $3::timestamptz - interval '30 days' end)`,
  since: 'it.handled_at',
  unneeded: `not exists (select from authorization_grant where consent_id = it.id)
    and (it.login_session_id is null or exists (select from consent newer
      where newer.login_session_id = it.login_session_id and newer.client_key = it.client_key and newer.id > it.id))`,
};

/** A login that was remembered for a moment only is still needed while the person reads the consent page. */
const LOGIN_SESSIONS: Sweep = {
  table: 'login_session',
  ended: "it.expires_at <= $3::timestamptz - interval '1 day'",
  since: 'it.authenticated_at',
};

/** What came of telling of a logout can be read for a week. One that still waits then has nobody who carries it. */
const LOGOUT_DELIVERIES: Sweep = {
  table: 'logout_delivery',
  ended: "coalesce(it.finished_at, it.next_attempt_at) <= $3::timestamptz - interval '7 days'",
  since: 'it.created_at',
};

/** Of one bucket. Others than the far one are dropped whole once they have ended. */
export const accessTokens = (bucket: number): Sweep => ({
  table: bucketTable('access_token', bucket),
  ended: 'it.expires_at <= $3',
  since: 'it.issued_at',
});

/** Their keys stay. Ended ones are listed until an administrator has them cleared: no keeper does. */
export const TRUSTED_ISSUERS: Sweep = { table: 'trusted_issuer', ended: 'it.expires_at < $3', since: 'it.created_at' };

export const SWEEPS: readonly Sweep[] = [
  REFRESH_CHAINS,
  GRANTS,
  CONSENTS,
  LOGIN_SESSIONS,
  LOGOUT_DELIVERIES,
  accessTokens(FAR_BUCKET),
];
