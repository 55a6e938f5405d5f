/**
 * SQL of the table `consent`: the hot path of an authorization, as parts of the statements that issue and of the one that
 * reads a session; and revocations, where all statements must lock rows in the same order. Lists use the repository
 * (Consents).
 */
import { sha256 } from '../../crypto/digest.js';
import { bucketOf } from '../../database/buckets.js';
import type { Statement } from '../../database/statements.js';
import { sealDetails } from './consent-details.js';
import type { Granted } from './granted.js';

const RECORDED = 17;

/** Each kind of consent has a statement of its own, so that none does work that only another kind needs. */
export type ConsentKind = 'given_once' | 'remembered' | 'skipped' | 'backchannel';

export function consentKind({ loginSessionId, consent: { skip, remember } }: Granted): ConsentKind {
  if (loginSessionId === '') return 'backchannel';
  if (skip) return 'skipped';
  return remember ? 'remembered' : 'given_once';
}

/**
 * Common table expressions for the statement that issues. `consenting_session` has one row if the login session exists,
 * `consenting_client` if the client has the known version, `consenting_basis` if consent was not skipped or the remembered
 * consent because of which it was skipped exists. If all three have a row, `mark` has one if the consent verifier is used
 * for the first time; only then `consented (id)` inserts the consent. The rows read are locked, so that the end of the
 * session or of the basis takes effect either before the whole statement or after it. Parameters from `first`: 1 bucket,
 * 2 digest of the mark, 3 id, 4 subject, 5 client key, 6 session id, 7 scope, 8 audience, 9 remember, 10 remember for,
 * 11 skip, 12 requested at, 13 handled at, 14 expiry, 15 details, 16 client version, 17 id of the basis or null.
 *
 * A consent that was given on another device rests on no login session.
 *
 * With `newClient` the client has no row yet, and `consenting_client` is the one that it inserts, with the parameters after
 * these; none if it has a row meanwhile.
 *
 * A remembered consent replaces the earlier ones (`superseded`). Locked rows are skipped without waiting: the transaction
 * that has locked one either deletes or replaces it.
 */
export function recordConsentCtes(
  first: number,
  kind: ConsentKind,
  newClient?: ($: (n: number) => string, when: string) => string,
): { ctes: string; count: number } {
  const $ = (n: number): string => `$${String(first + n - 1)}`;
  const known = `select key, version from client where key = ${$(5)}::bigint and version = ${$(16)}::integer for key share`;
  const ctes = `consenting_session as (
  ${kind === 'backchannel' ? `select ${$(6)}::uuid as id` : `select id from login_session where id = ${$(6)}::uuid for key share`}
), consenting_client as (
  ${newClient ? newClient((n) => $(RECORDED + n), firstConsent($(5), $(16))) : known}
), ${kind === 'skipped' ? basisCtes($(17)) : 'consenting_basis as (select)'}, mark as (
  insert into use_mark (bucket, digest)
  select ${$(1)}::integer, ${$(2)}::bytea from consenting_session, consenting_client, consenting_basis
  on conflict do nothing returning bucket
), consented as (
  insert into consent (id, subject, client_key, login_session_id, granted_scope, granted_audience, remember, remember_for,
    skip, requested_at, handled_at, expires_at, details, rests_on)
  select ${$(3)}::uuid, ${$(4)}::text, c.key, s.id, ${$(7)}::text[], ${$(8)}::text[], ${$(9)}::boolean,
    ${$(10)}::integer, ${$(11)}::boolean, ${$(12)}::timestamptz, ${$(13)}::timestamptz, ${$(14)}::timestamptz,
    ${$(15)}::bytea, ${$(17)}::uuid
  from mark, consenting_client c, consenting_session s
  returning id
)${kind === 'remembered' ? supersededCte({ subject: $(4), clientKey: $(5) }) : ''}`;
  return { ctes, count: RECORDED };
}

/** The key and version of no row; a parameter must occur in its statement. */
function firstConsent(key: string, version: string): string {
  return `exists (select from consenting_session) and ${key}::bigint < 0 and ${version}::integer = 0`;
}

function basisCtes(id: string): string {
  return `basis as (
  select id from consent where id = ${id}::uuid for key share
), consenting_basis as (
  select from basis union all select where ${id} is null
)`;
}

function supersededCte({ subject, clientKey }: { subject: string; clientKey: string }): string {
  return `, superseded as (
  update consent set superseded = true where id in (
    select it.id from mark, consent it
    where it.subject = ${subject} and it.client_key = ${clientKey} and it.remember and not it.skip and not it.superseded
    for no key update of it skip locked)
)`;
}

/** The values of the parameters of `recordConsentCtes`. @param secrets `secrets.system` */
export function recordConsentValues(granted: Granted, clientVersion: number, secrets: readonly string[]): unknown[] {
  const { consent } = granted;
  return [
    ...[recordConsentBucket(granted), sha256(`consent ${granted.consentId}`), granted.consentId, granted.subject],
    ...[granted.clientKey, granted.loginSessionId || null, granted.grantedScope, granted.grantedAudience],
    ...[consent.remember, consent.rememberFor, consent.skip, new Date(granted.requestedAt * 1000)],
    ...[new Date(consent.handledAt), consentExpiry(granted), sealDetails(granted, secrets), clientVersion],
    consent.restsOn ?? null,
  ];
}

/** The bucket of the mark; the same for every use of one verifier. */
export function recordConsentBucket({ consent, requestedAt }: Granted): number {
  return bucketOf(new Date(consent.flowExpiresAt), new Date(requestedAt * 1000));
}

/** A remembered consent ends `remember_for` seconds after the arrival of the request; 0: never. */
function consentExpiry({ consent, requestedAt }: Granted): Date | null {
  if (!consent.remember || consent.rememberFor === 0) return null;
  return new Date((requestedAt + consent.rememberFor) * 1000);
}

export interface RememberedConsentRow {
  remembered_id: string;
  remembered_scope: string[];
  remembered_audience: string[];
  /** Null unless they were asked for. */
  remembered_details: Buffer | null;
}

/**
 * Selects the newest remembered consent unless it has expired. An older one never counts in its place.
 * @param by `withDetails`: whether its sealed details are read too
 */
export function rememberedConsent(by: Record<'subject' | 'clientKey' | 'now' | 'withDetails', string>): string {
  return `
select newest.id as remembered_id, newest.granted_scope as remembered_scope,
  newest.granted_audience as remembered_audience,
  case when ${by.withDetails}::boolean then newest.details end as remembered_details
from (
  select id, granted_scope, granted_audience, expires_at, details from consent
  where subject = ${by.subject} and client_key = ${by.clientKey} and remember and not skip and not superseded
  order by id desc limit 1
) newest
where newest.expires_at is null or newest.expires_at > ${by.now}`;
}

/**
 * The client is another one than the one that they were given to: none is remembered any more, and they are listed as
 * replaced ones are. What others lock is deleted or replaced by them. 1 client key.
 */
export const FORGET_REMEMBERED = `
update consent set superseded = true where id in (
  select id from consent where client_key = $1 and remember and not skip and not superseded
  order by id for no key update skip locked)`;

/** 1 subject, 2 client key, 3 now, 4 whether the details are read too. */
export const FIND_REMEMBERED_CONSENT: Statement = {
  name: 'consent_find_remembered',
  text: rememberedConsent({ subject: '$1', clientKey: '$2', now: '$3', withDetails: '$4' }),
};

/**
 * Foreign keys delete its grants and their tokens with it, and the consents that were skipped because of it. If it was the
 * newest remembered one, no older one may count in its place; an older one exists only if two were given at the same
 * moment. 1 id.
 */
export const REVOKE_CONSENT: Statement = {
  name: 'consent_revoke',
  text: `
with revoked as (
  delete from consent where id = $1 returning id, subject, client_key, remember and not skip and not superseded as counted
), superseded as (
  update consent set superseded = true where id in (
    select it.id from revoked join consent it on it.subject = revoked.subject and it.client_key = revoked.client_key
    where revoked.counted and it.remember and not it.skip and not it.superseded and it.id < revoked.id
    for no key update of it skip locked)
)
select id, subject from revoked`,
};

/**
 * As REVOKE_CONSENT; a consent that is being skipped at this moment is deleted with its basis. The rows are locked in the
 * order of their ids: see END_SESSIONS. 1 subject, 2 client id.
 */
export const REVOKE_CONSENTS_FOR_CLIENT: Statement = {
  name: 'consent_revoke_for_client',
  text: `
delete from consent where id in (
  select it.id from consent it join client on client.key = it.client_key
  where it.subject = $1 and client.client_id = $2 order by it.id for update of it)
returning id, subject`,
};

/** Locks in the same order. 1 subject. */
export const REVOKE_CONSENTS_OF_SUBJECT: Statement = {
  name: 'consent_revoke_of_subject',
  text: `
delete from consent where id in (select id from consent where subject = $1 order by id for update)
returning id, subject`,
};
