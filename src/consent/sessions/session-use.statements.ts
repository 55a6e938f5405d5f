/** SQL for a skipped login, which reads its session and consent and records the use in one statement. */
import type { Statement } from '../../database/statements.js';
import { rememberedConsent } from '../consents/consent.statements.js';
import { SESSION_COLUMNS } from './login-session.statements.js';

/**
 * The session of a skipped login, and the newest remembered consent of its subject for the client. Records the use at most
 * once a minute, unless the app sends new data about the browser. 1 id, 2 now, 3 user agent or null, 4 address or null,
 * 5 client key, 6 whether the details of the consent are read too.
 */
export const USE_SESSION: Statement = {
  name: 'login_session_use',
  text: `
with noted as (
  update login_session set last_used_at = greatest(last_used_at, $2), user_agent = coalesce($3, user_agent),
    address = coalesce($4, address)
  where id = $1 and remember and expires_at > $2 and (last_used_at is null
    or last_used_at < $2::timestamptz - interval '1 minute'
    or coalesce($3::text, user_agent) is distinct from user_agent or coalesce($4::text, address) is distinct from address)
)
select ${SESSION_COLUMNS}, remembered_id, remembered_scope, remembered_audience, remembered_details
from login_session left join lateral (
  ${rememberedConsent({ subject: 'login_session.subject', clientKey: '$5', now: '$2', withDetails: '$6' })}
) remembered on true
where id = $1`,
};
