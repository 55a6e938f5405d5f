/** SQL of the table `consent`. */
import { sha256 } from '../crypto/digest.js';
import { bucketOf } from '../database/buckets.js';
import type { Statement } from '../database/statements.js';
import { sealDetails } from './consent-details.js';
import type { Granted } from './granted.js';

const RECORDED = 16;

/**
 * Common table expressions for the statement that issues: `consenting_session` and `consenting_client`, one row each where
 * the login session is there and the client is as it is known; `mark`, one row where then the consent verifier is used for
 * the first time; and `consented (id)`, the consent, written only then. Parameters from `first`: 1 bucket, 2 digest of the
 * mark, 3 id, 4 subject, 5 client key, 6 session id, 7 scope, 8 audience, 9 remember, 10 remember for, 11 skip,
 * 12 requested at, 13 handled at, 14 expiry, 15 details, 16 client version.
 */
export function recordConsentCtes(first: number): { ctes: string; count: number } {
  const $ = (n: number): string => `$${String(first + n - 1)}`;
  const ctes = `consenting_session as (
  select id from login_session where id = ${$(6)}::uuid for key share
), consenting_client as (
  select key from client where key = ${$(5)}::bigint and version = ${$(16)}::integer for key share
), mark as (
  insert into use_mark (bucket, digest)
  select ${$(1)}::integer, ${$(2)}::bytea from consenting_session, consenting_client
  on conflict do nothing returning bucket
), consented as (
  insert into consent (id, subject, client_key, login_session_id, granted_scope, granted_audience, remember, remember_for,
    skip, requested_at, handled_at, expires_at, details)
  select ${$(3)}::uuid, ${$(4)}::text, c.key, s.id, ${$(7)}::text[], ${$(8)}::text[], ${$(9)}::boolean,
    ${$(10)}::integer, ${$(11)}::boolean, ${$(12)}::timestamptz, ${$(13)}::timestamptz, ${$(14)}::timestamptz,
    ${$(15)}::bytea
  from mark, consenting_client c, consenting_session s
  returning id
)`;
  return { ctes, count: RECORDED };
}

/** The values of the parameters of `recordConsentCtes`. @param secrets `secrets.system` */
export function recordConsentValues(granted: Granted, clientVersion: number, secrets: readonly string[]): unknown[] {
  const { consent } = granted;
  return [
    ...[recordConsentBucket(granted), sha256(`consent ${granted.consentId}`), granted.consentId, granted.subject],
    ...[granted.clientKey, granted.loginSessionId, granted.grantedScope, granted.grantedAudience],
    ...[consent.remember, consent.rememberFor, consent.skip, new Date(granted.requestedAt * 1000)],
    ...[new Date(consent.handledAt), consentExpiry(granted), sealDetails(granted, secrets), clientVersion],
  ];
}

/** The bucket of the mark: the same for every use of one verifier. */
export function recordConsentBucket({ consent, requestedAt }: Granted): number {
  return bucketOf(new Date(consent.flowExpiresAt), new Date(requestedAt * 1000));
}

/** A remembered consent ends `remember_for` seconds after the request came; 0: never. */
function consentExpiry({ consent, requestedAt }: Granted): Date | null {
  if (!consent.remember || consent.rememberFor === 0) return null;
  return new Date((requestedAt + consent.rememberFor) * 1000);
}

/** Selects what the newest remembered consent granted. */
export function rememberedConsent(by: { subject: string; clientKey: string; now: string }): string {
  return `
select granted_scope from consent
where subject = ${by.subject} and client_key = ${by.clientKey} and remember and not skip
  and (expires_at is null or expires_at > ${by.now})
order by id desc limit 1`;
}

/** 1 subject, 2 client key, 3 now. */
export const FIND_REMEMBERED_CONSENT: Statement = {
  name: 'consent_find_remembered',
  text: rememberedConsent({ subject: '$1', clientKey: '$2', now: '$3' }),
};

export interface ConsentRow {
  id: string;
  subject: string;
  client_id: string;
  login_session_id: string | null;
  granted_scope: string[];
  granted_audience: string[];
  remember: boolean;
  remember_for: number;
  skip: boolean;
  handled_at: Date;
  details: Buffer;
}

/** A page in the order of the ids. 1 subject, 2 after this id, 3 now, 4 how many, 5 session id or null. */
export const LIST_CONSENTS: Statement = {
  name: 'consent_list',
  text: `
select consent.id, subject, client.client_id, login_session_id, granted_scope, granted_audience, remember, remember_for,
  skip, handled_at, details
from consent join client on client.key = consent.client_key
where subject = $1 and consent.id > $2 and not skip and (expires_at is null or expires_at > $3)
  and ($5::uuid is null or login_session_id = $5)
order by consent.id limit $4`,
};

/** Its grants go with it, and with them every token. 1 id. */
export const REVOKE_CONSENT: Statement = {
  name: 'consent_revoke',
  text: `delete from consent where id = $1 returning id, subject`,
};

/** 1 subject, 2 client id. */
export const REVOKE_CONSENTS_FOR_CLIENT: Statement = {
  name: 'consent_revoke_for_client',
  text: `
delete from consent using client
where consent.subject = $1 and consent.client_key = client.key and client.client_id = $2 returning id, subject`,
};

/** 1 subject. */
export const REVOKE_CONSENTS_OF_SUBJECT: Statement = {
  name: 'consent_revoke_of_subject',
  text: `delete from consent where subject = $1 returning id, subject`,
};
