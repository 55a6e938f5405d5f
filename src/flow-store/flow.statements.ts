/**
 * All SQL of the table `flow`: each step of a login is one of these statements, a compare-and-set or a counter, in one
 * round trip.
 */
import type { Statement } from '../database/statements.js';

export const PUT: Statement = {
  name: 'flow_put',
  text: `insert into flow (key, value, version, keep_until) values ($1, $2, 1, $3)
on conflict (key) do update set value = excluded.value, version = 1, keep_until = excluded.keep_until`,
};

export const GET: Statement = {
  name: 'flow_get',
  text: 'select value, version from flow where key = $1 and keep_until > $2',
};

export const TRANSITION: Statement = {
  name: 'flow_transition',
  text: `update flow set value = $3, version = version + 1 where key = $1 and version = $2 and keep_until > $4
returning true as done`,
};

/** 1 key, 2 expected version, 3 next, 4 now; the record to put: 5 key, 6 value, 7 keep until. */
export const TRANSITION_AND_PUT: Statement = {
  name: 'flow_transition_and_put',
  text: `
with moved as (
  update flow set value = $3, version = version + 1 where key = $1 and version = $2 and keep_until > $4
  returning true as done
), put as (
  insert into flow (key, value, version, keep_until)
  select $5::bytea, $6::bytea, 1, $7::timestamptz from moved
  on conflict (key) do update set value = excluded.value, version = 1, keep_until = excluded.keep_until
)
select done from moved`,
};

const PACE = 'coalesce(poll_interval, $3::integer)';
/** A clock that was set back makes no poll early. */
const IN_TIME = `(polled_at is null or statement_timestamp() < polled_at or statement_timestamp() >=
  polled_at + make_interval(secs => (${PACE} - least($5::integer, ${PACE} / 4)) / 1000.0))`;

/**
 * The time of the last poll in time, and the milliseconds between two of them, stand beside the value. 1 key, 2 now;
 * in milliseconds: 3 between two polls at first, 4 added by a poll too early, 5 tolerance.
 */
export const POLL: Statement = {
  name: 'flow_poll',
  text: `update flow set
  polled_at = case when ${IN_TIME} then statement_timestamp() else polled_at end,
  poll_interval = case when ${IN_TIME} then ${PACE} else least(${PACE} + $4::integer, 3600000) end
where key = $1 and keep_until > $2
returning value, version, polled_at = statement_timestamp() as "inTime"`,
};

/** An encrypted value is unique: where it is stored, this step stored it. 1 key, 2 version, 3 value. */
export const READ_TRANSITION: Statement = {
  name: 'flow_read_transition',
  text: 'select true as done from flow where key = $1 and version = $2 and value = $3',
};

/** The column `version` is the counter. 1 key, 2 end of a window that begins now, 3 now. */
export const COUNT: Statement = {
  name: 'flow_count',
  text: `insert into flow (key, value, version, keep_until) values ($1, '', 1, $2)
on conflict (key) do update set
  version = case when flow.keep_until > $3 then flow.version + 1 else 1 end,
  keep_until = case when flow.keep_until > $3 then flow.keep_until else excluded.keep_until end
returning version, keep_until`,
};

export const COUNTED: Statement = {
  name: 'flow_counted',
  text: 'select version, keep_until from flow where key = $1 and keep_until > $2',
};

export const REMOVE: Statement = { name: 'flow_remove', text: 'delete from flow where key = $1' };

/** 1 end of the lifetime, 2 number of records at most. Records that another process has locked are skipped. */
export const SWEEP_FLOWS: Statement = {
  name: 'flow_sweep',
  text: `delete from flow where key in
(select key from flow where keep_until <= $1 order by keep_until limit $2 for update skip locked)
returning true as done`,
};

/** The clock of the database, not of this process: processes compare times of one clock only. */
export const TIME: Statement = {
  name: 'flow_time',
  text: 'select (extract(epoch from clock_timestamp()) * 1000)::double precision as ms',
};

export const PING: Statement = { name: 'flow_ping', text: 'select true as done' };
