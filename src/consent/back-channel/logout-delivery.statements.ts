/**
 * SQL of the table `logout_delivery`, the outbox of logout notifications: a part of the statement that ends sessions, and
 * the claims, which skip rows that another process has locked. Everything else uses the repository (LogoutDeliveries).
 */
import type { Statement } from '../../database/statements.js';
import type { LogoutDeliveryEntity } from './logout-delivery.entity.js';

/** A delivery with the client_id of its receiver; null: the identity provider. */
export type Delivery = Omit<LogoutDeliveryEntity, 'client'> & { clientId: string | null };

/** The columns of Delivery. */
const COLUMNS = `it.id, channel, client_key as "clientKey",
  (select client_id from client where key = client_key) as "clientId", login_session_id as "loginSessionId", subject,
  identity_provider_session_id as "identityProviderSessionId", state, attempts, it.created_at as "createdAt",
  next_attempt_at as "nextAttemptAt", last_attempt_at as "lastAttemptAt", finished_at as "finishedAt",
  response_status as "responseStatus", failure`;

/**
 * A common table expression for the statement that ends sessions: it inserts the notifications, so that both are committed
 * together. It reads `ended` (id, subject, identity_provider_session_id) and `party` (login_session_id, client_key).
 * The clients are locked first: the statement waits for a running deletion of a client, which then is no receiver any more.
 * Parameters from `first`: 1 uuid v7 whose first 24 characters begin every key, null to notify no receiver; 2 now;
 * 3 whether an identity provider is configured.
 */
export function enqueueDeliveriesCte(first: number): string {
  const [prefix, now, hasProvider] = [first, first + 1, first + 2].map((n) => `$${String(n)}`);
  const key = `(left(${prefix}::text, 24) || right(gen_random_uuid()::text, 12))::uuid`;
  return `receiver as (
  select key from client where key in (select client_key from party)
    and coalesce(metadata ->> 'backchannel_logout_uri', '') <> '' for key share
), enqueued as (
  insert into logout_delivery (id, channel, client_key, login_session_id, subject, identity_provider_session_id,
    created_at, next_attempt_at)
  select ${key}, 'back_channel', receiver.key, ended.id, ended.subject, null, ${now}::timestamptz, ${now}
  from ended join party on party.login_session_id = ended.id join receiver on receiver.key = party.client_key
  where ${prefix}::uuid is not null
  union all
  select ${key}, 'identity_provider', null, ended.id, ended.subject, ended.identity_provider_session_id, ${now}, ${now}
  from ended where ${prefix} is not null and ${hasProvider}::boolean and ended.identity_provider_session_id <> ''
)`;
}

/**
 * Claims deliveries that are due. No other process claims them before the lease ends; afterwards any process may, because
 * the former one must have stopped. 1 now, 2 maximum number, 3 end of the lease, 4 receivers to skip: keys of clients, 0
 * for the identity provider.
 */
export const CLAIM_DELIVERIES: Statement = {
  name: 'logout_delivery_claim',
  text: `
with due as (
  select id from logout_delivery where state = 'pending' and next_attempt_at <= $1
    and coalesce(client_key, 0) <> all ($4::bigint[])
  order by next_attempt_at limit $2 for update skip locked
)
update logout_delivery it set next_attempt_at = $3, attempts = attempts + 1, last_attempt_at = $1
from due where due.id = it.id
returning ${COLUMNS}`,
};

/** Gives up deliveries that are too old and not under way. 1 now, 2 created at this time or earlier, 3 maximum number. */
export const EXPIRE_DELIVERIES: Statement = {
  name: 'logout_delivery_expire',
  text: `
with old as (
  select id from logout_delivery where state = 'pending' and next_attempt_at <= $1 and created_at <= $2
  order by next_attempt_at limit $3 for update skip locked
)
update logout_delivery it set state = 'expired', finished_at = $1 from old where old.id = it.id
returning ${COLUMNS}`,
};
