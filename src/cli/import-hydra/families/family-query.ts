/** Reads the rows of both tables together, family by family. */
import { gracePeriod } from '../../../oauth2/issuance/refresh-verdict.js';
import type { CopiedRow } from '../source/copy-rows.js';
import type { Source } from '../source/source.js';
import type { Taking } from '../table-import.js';
import { consentTaken } from '../tables/flow.statements.js';
import { ACCESS, REFRESH, type TokenRow, type TokenTable } from './token-row.js';

/** Columns of refresh tokens that a schema before 2.3 or 25.4 lacks, and their types. */
const OPTIONAL: Readonly<Record<string, string>> = {
  first_used_at: 'timestamp',
  used_times: 'integer',
  access_token_signature: 'varchar',
};
const COLUMNS = [
  ...['request_id', 'signature', 'requested_at', 'client_id', 'subject', 'granted_scope', 'granted_audience'],
  ...['challenge_id', 'active', 'session_data', 'nid'],
];
export const REQUIRED_COLUMNS = COLUMNS;

/**
 * Settings of the transaction. There is an index in the order of families; a sort would go over the disk. Compiling the query
 * would take longer than it saves.
 */
export const SETTINGS = 'set local random_page_cost = 1.1; set local jit = off';

export interface FamilyOrder {
  /** Makes a literal of a text. */
  quote: (text: string) => string;
  /** A condition on the row `it`: whether its session is read. */
  needsSession: string;
  /** The family after which to go on. */
  after: string | undefined;
}

/**
 * The rows of both tables, merged by PostgreSQL in the order that its indexes have, not in one of this program: collations
 * differ. The family comes first, so that batches can be cut between families. It merges indexes only if the two parts have the same types, and no conditions of their own.
 */
export function familyQuery(
  source: Pick<Source, 'network' | 'columnsOf'>,
  { quote, needsSession, after }: FamilyOrder,
): string {
  const part = (table: TokenTable): string => {
    const has = source.columnsOf(table);
    const optional = Object.entries(OPTIONAL).map(
      ([name, type]) => `${has?.has(name) ? name : 'null'}::${type} as ${name}`,
    );
    return `select '${table}'::text as from_table, ${[...COLUMNS, ...optional].join(', ')} from ${table}`;
  };
  // The consent of a client that is gone, or that is left out, is not there; that of the token's own client is.
  const consented = `exists (select from hydra_oauth2_flow f
    where f.consent_challenge_id = it.challenge_id and f.nid = it.nid and f.client_id = it.client_id
      and ${consentTaken('f')})`;
  return `select it.request_id, it.from_table, it.signature, it.requested_at, it.client_id, it.subject, it.granted_scope,
  it.granted_audience, it.challenge_id, it.active, it.first_used_at, it.used_times, it.access_token_signature,
  ${consented}, case when it.from_table = '${ACCESS}' or ${needsSession} then it.session_data end
from (
  ${part(ACCESS)}
  union all
  ${part(REFRESH)}
) it
where it.nid = ${quote(source.network)}${after === undefined ? '' : ` and it.request_id > ${quote(after)}`}
order by it.request_id`;
}

/**
 * The refresh tokens whose session is read: those that may be used. All of them, where a session that no secret opens leads to
 * its token being left out.
 */
export function sessionsNeeded({ now, configuration, leavesUnreadable }: Taking): string {
  if (leavesUnreadable) return 'true';
  const { period } = gracePeriod(configuration.oauth2.grant.refresh_token);
  if (period === undefined) return 'it.active';
  const since = new Date(now.getTime() - period * 1000).toISOString();
  return `(it.active or it.first_used_at > timestamp '${since.replace('Z', '')}')`;
}

/** The columns of `familyQuery`: those that Hydra never leaves out are no NULL. */
type FamilyColumns = [
  ...[requestId: string, table: string, signature: string, requestedAt: string, clientId: string, subject: string],
  ...[scope: string, audience: string | null, challengeId: string | null, active: string],
  ...[firstUsedAt: string | null, usedTimes: string | null, accessTokenSignature: string | null],
  ...[consented: string, session: string | null],
];

export function tokenRowOf(copied: CopiedRow): TokenRow {
  const [requestId, table, signature, requestedAt, clientId, ...rest] = copied as FamilyColumns;
  const [subject, scope, audience, challengeId, active, ...added] = rest;
  const [firstUsedAt, usedTimes, accessTokenSignature, consented, session] = added;
  return {
    table: table === ACCESS ? ACCESS : REFRESH,
    request_id: requestId,
    signature,
    requested_at: requestedAt,
    client_id: clientId,
    subject,
    granted_scope: scope,
    granted_audience: audience,
    challenge_id: challengeId,
    active: active === 't',
    first_used_at: firstUsedAt,
    used_times: usedTimes,
    access_token_signature: accessTokenSignature,
    consented: consented === 't',
    session_data: session,
  };
}
