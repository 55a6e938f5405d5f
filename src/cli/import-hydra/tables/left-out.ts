/**
 * Tables of which nothing is taken. Who is between two steps begins again; a code that comes again is refused, whether it was
 * spent before or not.
 */
import { REASONS, type TableLeftOut } from '../table-import.js';

const SPENT = 'spent';
const UNUSED_TABLE = 'Hydra uses this table no longer';

/** Codes live for minutes, unless they are configured to live longer. Older schemas lack the column of the expiry. */
function reasonOf(active: string): string {
  const expiry = `coalesce((to_jsonb(it) ->> 'expires_at')::timestamp, it.requested_at + interval '1 hour')`;
  return `case when not ${active} then '${SPENT}'
    when ${expiry} > $2::timestamptz at time zone 'UTC' then '${REASONS.underWay}' else '${REASONS.expired}' end`;
}

export const TABLES_LEFT_OUT: readonly TableLeftOut[] = [
  { name: 'hydra_oauth2_code', reason: reasonOf('it.active') },
  { name: 'hydra_oauth2_pkce', reason: reasonOf('it.active') },
  { name: 'hydra_oauth2_oidc', reason: reasonOf('it.active') },
  { name: 'hydra_oauth2_device_auth_codes', optional: true, reason: reasonOf('it.device_code_active') },
  { name: 'hydra_oauth2_logout_request', optional: true, reason: `'${UNUSED_TABLE}'` },
];
