/** The rows of each table that `revoke --issued-before` ends. Conditions are on the row `it`: $1 is issued until, $2 is now. */
import { bucketTable } from '../../database/bucket-partitions.js';

export interface Narrowing {
  clientKey?: string;
  subject?: string;
}

export interface Ending {
  table: string;
  /** The condition for rows that were issued by then and are alive. */
  living: string;
  /** A condition on the primary key columns before `id`, so that the statement walks along the primary key. */
  within?: string;
  /** The columns that end a row; without them the row is deleted. */
  mark?: string;
  /** Columns that restrict the work to one client or one subject; without such a column the table has no such restriction. */
  client?: string;
  subject: string;
}

/** Codes, refresh tokens and access tokens live only as long as their grant. */
export const GRANTS: Ending = {
  table: 'authorization_grant',
  living: 'it.created_at <= $1 and it.revoked_at is null',
  mark: 'revoked_at = $2',
  client: 'it.client_key',
  subject: 'it.subject',
};

/** Access tokens of one bucket from client credentials and assertions. All others end with their grant. */
export const ACCESS_TOKENS = (bucket: number): Ending => ({
  table: bucketTable('access_token', bucket),
  living: 'it.grant_id is null and it.issued_at <= $1 and it.expires_at > $2 and it.revoked_at is null',
  within: `it.bucket = ${bucket}`,
  mark: 'revoked_at = $2',
  client: 'it.client_key',
  subject: 'it.subject',
});

/** Remembered or not. Sessions belong to no client. No logout is announced: the tokens of the apps have ended, too. */
export const LOGIN_SESSIONS: Ending = {
  table: 'login_session',
  living: 'it.authenticated_at <= $1 and it.expires_at > $2',
  subject: 'it.subject',
};

const REMEMBERED = `it.handled_at <= $1 and it.remember and not it.skip and not it.superseded
  and (it.expires_at is null or it.expires_at > $2)`;
const OF_CONSENTS = { table: 'consent', client: 'it.client_key', subject: 'it.subject' };

/** Whether a live grant rests on the consent. After GRANTS, only grants that were issued later are live. */
const IN_USE = `(exists (select from authorization_grant issued where issued.consent_id = it.id and issued.revoked_at is null)
  or exists (select from consent skipped join authorization_grant issued on issued.consent_id = skipped.id
    where skipped.rests_on = it.id and issued.revoked_at is null))`;

/**
 * Remembered consents. The others are a record of what was granted, and give no access. With a consent, its grants are
 * deleted, and so are those of later consents that were skipped because of it. A consent with a live grant stays for that
 * grant, but is no longer remembered.
 */
export const CONSENTS: readonly Ending[] = [
  { ...OF_CONSENTS, living: `${REMEMBERED} and ${IN_USE}`, mark: 'superseded = true' },
  { ...OF_CONSENTS, living: `${REMEMBERED} and not ${IN_USE}` },
];

/** JWTs end with the others, but a resource server that verifies only the signature does not notice. */
export const JWTS: Ending = {
  table: 'access_token',
  living: `it.digest is null and it.expires_at > $2 and coalesce(
    (select created_at from authorization_grant issued where issued.id = it.grant_id), it.issued_at) <= $1`,
  client: 'it.client_key',
  subject: 'coalesce(it.subject, (select subject from authorization_grant issued where issued.id = it.grant_id))',
};
