/** SQL of the table `consent`. */
import { sha256 } from '../crypto/digest.js';
import { bucketOf } from '../database/buckets.js';
import type { Statement } from '../database/statements.js';
import { sealDetails } from './consent-details.js';
import type { Granted } from './granted.js';

const RECORDED = 15;

/**
 * Two common table expressions for the statement that issues: `mark`, one row where the consent verifier is used for the
 * first time, and `consented (id)`, the consent, written only then. Nothing is written for a client that is gone; a login
 * session that is gone leaves its column empty. Parameters from `first`: 1 bucket, 2 digest of the mark, 3 id, 4 subject,
 * 5 client key, 6 session id, 7 scope, 8 audience, 9 remember, 10 remember for, 11 skip, 12 requested at, 13 handled at,
 * 14 expiry, 15 details.
 */
export function recordConsentCtes(first: number): { ctes: string; count: number } {
  const $ = (n: number): string => `$${String(first + n - 1)}`;
  const ctes = `mark as (
  insert into use_mark (bucket, digest) values (${$(1)}::integer, ${$(2)}::bytea) on conflict do nothing returning bucket
), consent_session as (
  select id from login_session where id = ${$(6)}::uuid for key share
), consented as (
  insert into consent (id, subject, client_key, login_session_id, granted_scope, granted_audience, remember, remember_for,
    skip, requested_at, handled_at, expires_at, details)
  select ${$(3)}::uuid, ${$(4)}::text, client.key, (select id from consent_session), ${$(7)}::text[], ${$(8)}::text[],
    ${$(9)}::boolean, ${$(10)}::integer, ${$(11)}::boolean, ${$(12)}::timestamptz, ${$(13)}::timestamptz,
    ${$(14)}::timestamptz, ${$(15)}::bytea
  from mark, client where client.key = ${$(5)}::bigint for key share of client
  returning id
)`;
  return { ctes, count: RECORDED };
}

/** The values of the parameters of `recordConsentCtes`. @param secrets `secrets.system` */
export function recordConsentValues(granted: Granted, secrets: readonly string[]): unknown[] {
  const { consent } = granted;
  return [
    ...[recordConsentBucket(granted), sha256(`consent ${granted.consentId}`), granted.consentId, granted.subject],
    ...[granted.clientKey, granted.loginSessionId, granted.grantedScope, granted.grantedAudience],
    ...[consent.remember, consent.rememberFor, consent.skip, new Date(granted.requestedAt * 1000)],
    ...[new Date(consent.handledAt), consentExpiry(granted), sealDetails(granted, secrets)],
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

/** The newest remembered consent. 1 subject, 2 client key, 3 now. */
export const FIND_REMEMBERED_CONSENT: Statement = {
  name: 'consent_find_remembered',
  text: `
select granted_scope from consent
where subject = $1 and client_key = $2 and remember and not skip and (expires_at is null or expires_at > $3)
order by id desc limit 1`,
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
