/** SQL for the table `json_web_key`, where a repository cannot express a statement. All else uses the repository. */

const INSERT = `insert into json_web_key (set_id, kid, alg, state, not_before, sealed_jwk, created_at)
values ($1, $2, $3, $4, $5, $6, $7)`;

/**
 * SQL because it shares the text of PUT. If another process is adding the same key, the statement waits for its commit.
 * 1 set, 2 kid, 3 algorithm, 4 state, 5 not before, 6 sealed JWK, 7 creation.
 */
export const ADD_IF_ABSENT = `${INSERT} on conflict (set_id, kid) do nothing`;

/** SQL because an upsert of the repository cannot give the row a new `seq`. Same parameters as ADD_IF_ABSENT. */
export const PUT = `${INSERT}
on conflict (set_id, kid) do update set seq = default, alg = excluded.alg, state = excluded.state,
not_before = excluded.not_before, sealed_jwk = excluded.sealed_jwk, created_at = excluded.created_at`;

/** SQL because TypeORM has no advisory locks. Other processes wait until the transaction has ended. 1 name. */
export const LOCK_SET = 'select pg_advisory_xact_lock(hashtextextended($1, 0))';
