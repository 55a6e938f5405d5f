/** SQL of the table `logout_delivery`, the outbox of logouts. */
import type { Statement } from '../../database/statements.js';

export type DeliveryChannel = 'back_channel' | 'identity_provider';

/** `expired`: given up after the configured time. */
export const DELIVERY_STATES = ['pending', 'delivered', 'failed', 'expired'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export interface DeliveryRow {
  id: string;
  channel: DeliveryChannel;
  client_key: string | null;
  /** Null: the identity provider. */
  client_id: string | null;
  login_session_id: string;
  subject: string;
  identity_provider_session_id: string | null;
  state: DeliveryState;
  attempts: number;
  created_at: Date;
  next_attempt_at: Date;
  last_attempt_at: Date | null;
  finished_at: Date | null;
  response_status: number | null;
  failure: string | null;
}

const COLUMNS = `it.id, channel, client_key, (select client_id from client where key = client_key) as client_id,
  login_session_id, subject, identity_provider_session_id, state, attempts, it.created_at, next_attempt_at,
  last_attempt_at, finished_at, response_status, failure`;

/**
 * A common table expression for the statement that ends a session: it writes who is to be told, so that this and the
 * end are committed together. It reads `ended` (id, subject, identity_provider_session_id) and `party` (client_key).
 * The clients are locked first: one that is being deleted is waited for, and then is no receiver any more.
 * Parameters from `first`: 1 uuid v7 whose first 24 characters begin every key, null to tell nobody; 2 now; 3 whether an
 * identity provider is configured.
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
  from ended, receiver where ${prefix}::uuid is not null
  union all
  select ${key}, 'identity_provider', null, ended.id, ended.subject, ended.identity_provider_session_id, ${now}, ${now}
  from ended where ${prefix} is not null and ${hasProvider}::boolean and ended.identity_provider_session_id <> ''
)`;
}

/**
 * Takes deliveries that are due. Until the lease ends nobody else takes them; then whoever comes first does, because the
 * process that had them is gone. 1 now, 2 how many at most, 3 end of the lease, 4 receivers to leave alone: keys of
 * clients, 0 for the identity provider.
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

/**
 * Writes what came of an attempt. No row where the lease was lost and somebody else has tried since. 1 id, 2 number of the
 * attempt, 3 state, 4 next attempt, 5 when it was finished or null, 6 status of the answer or null, 7 failure or null.
 */
export const SETTLE_DELIVERY: Statement = {
  name: 'logout_delivery_settle',
  text: `
update logout_delivery set state = $3, next_attempt_at = $4, finished_at = $5, response_status = $6, failure = $7
where id = $1 and attempts = $2 and state = 'pending' returning id`,
};

/** Gives up what is too old and in nobody's hands. 1 now, 2 made at this time or before, 3 how many at most. */
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

/** What waits, by channel. */
export const COUNT_PENDING: Statement = {
  name: 'logout_delivery_pending',
  text: `
select channel, count(*)::integer as pending, min(created_at) as oldest from logout_delivery where state = 'pending'
group by channel`,
};

export interface DeliveryFilter {
  clientId?: string;
  subject?: string;
  sessionId?: string;
  state?: DeliveryState;
}

const CONDITIONS: Record<keyof DeliveryFilter, string> = {
  clientId: 'client_key = (select key from client where client_id = $)',
  subject: 'subject = $',
  sessionId: 'login_session_id = $::uuid',
  state: 'state = $',
};

/**
 * A page, newest first. 1 before this id, 2 how many, then the values of the filters that are given, in the order of
 * their names. Each combination has a statement of its own: PostgreSQL plans it for what is given.
 */
export function listDeliveries(filter: DeliveryFilter): { statement: Statement; filters: string[] } {
  const given = Object.entries(filter).sort() as [keyof DeliveryFilter, string][];
  const conditions = given.map(([name], i) => ` and ${CONDITIONS[name].replace('$', `$${String(i + 3)}`)}`);
  const name = ['logout_delivery_list', ...given.map(([key]) => key.toLowerCase())].join('_');
  const text = `
select ${COLUMNS} from logout_delivery it where it.id < $1${conditions.join('')} order by it.id desc limit $2`;
  return { statement: { name, text }, filters: given.map(([, value]) => value) };
}
