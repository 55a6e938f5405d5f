/** The clean-up of grants and tokens. Chains are deleted before grants, so that one pass deletes both. */
import { bucketTable } from '../../database/bucket-partitions.js';
import type { Sweep } from '../../database/maintenance/walking-sweep.js';

/** A chain whose token never expires stays, whatever its `keep_until` says. */
export const REFRESH_CHAINS: Sweep = {
  table: 'refresh_chain',
  ended: 'it.keep_until <= $3 and it.expires_at is not null',
  since: 'it.issued_at',
};

/** A grant revoked this long ago can be deleted: its tokens get the same response as unknown ones. */
const LONG_REVOKED = "it.revoked_at <= $3::timestamptz - interval '30 days'";

/** A grant that was revoked long ago is deleted with its chains; a chain that never expires would stay for ever. */
export const GRANTS: Sweep = {
  table: 'authorization_grant',
  ended: `(it.keep_until <= $3 or ${LONG_REVOKED})`,
  since: 'it.created_at',
  unneeded: `(${LONG_REVOKED} or not exists (select from refresh_chain where grant_id = it.id))`,
};

/**
 * Refresh tokens of Hydra. A used one is kept as long as its chain, so that its reuse is noticed. The time of issue is not
 * recorded, so that deletion by age goes by the chain.
 */
export const IMPORTED_REFRESH_TOKENS: Sweep = {
  table: 'imported_refresh_token',
  ended: '$3::timestamptz is not null', // at any time
  since: "'-infinity'::timestamptz",
  unneeded: 'not exists (select from refresh_chain where id = it.chain_id)',
};

/** What was handed on by token exchange goes with the last of its chains, and with its grant at the latest. */
export const DELEGATIONS: Sweep = {
  table: 'delegation',
  ended: `it.created_at <= $3::timestamptz - interval '1 day'`,
  since: 'it.created_at',
  unneeded: 'not exists (select from refresh_chain where delegation_id = it.id)',
};

/**
 * The end of a token is kept until the token would have expired; no token without a grant that was exchanged from it lives
 * longer. Chains may go on as long as the grant, so the end of what had a grant is kept with that.
 */
export const ENDED_SOURCES: Sweep = {
  table: 'ended_source',
  ended: 'it.keep_until <= $3',
  since: 'it.keep_until',
  unneeded: 'not exists (select from authorization_grant where id = it.grant_id)',
};

/** SQL condition that a consent `it` has a grant. It is defined here for the sweep of consents, which does not own grants. */
export const CONSENT_HAS_GRANT = 'exists (select from authorization_grant where consent_id = it.id)';

/** The same of a client `it`. */
export const CLIENT_HAS_GRANT = 'exists (select from authorization_grant where client_key = it.key)';

/** The sweep of one bucket. Only the far bucket needs it: all others are dropped whole after their end. */
export const accessTokens = (bucket: number): Sweep => ({
  table: bucketTable('access_token', bucket),
  ended: 'it.expires_at <= $3',
  since: 'it.issued_at',
});
