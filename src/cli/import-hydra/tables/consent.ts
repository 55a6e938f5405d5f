/**
 * `hydra_oauth2_flow`: consents. Those that Hydra lists are taken, remembered or not, and skipped ones too: they tell which
 * clients learn of a logout. Expired ones as well, for their tokens hang on them.
 */
import { type ConsentDetails, EMPTY_DETAILS, sealDetailsOf } from '../../../consent/consents/consent-details.js';
import { withoutSecrets } from '../../../consent/flow/request-url.js';
import { type JsonValue, withoutNulls } from '../../../protocol/json.js';
import { uuidOf } from '../formats/ids.js';
import { isWritable, jsonList, jsonObject, jsonValue } from '../formats/lists.js';
import { columnMoment, momentOf } from '../formats/moments.js';
import { type LargeTableImport, type Outcome, type PlainTaking, REASONS, type Value } from '../table-import.js';
import { consentTaken, FLOWS } from './flow.statements.js';
import { hasLogin, sessionId } from './login-session.js';

type Row = Record<'consent_challenge_id' | 'subject' | 'client_id' | 'login_session_id' | 'state' | 'taken', Value> &
  Record<'requested_scope' | 'granted_scope' | 'requested_at_audience' | 'granted_at_audience' | 'amr' | 'acr', Value> &
  Record<'context' | 'oidc_context' | 'request_url' | 'session_id_token' | 'session_access_token', Value> &
  Record<'consent_skip' | 'consent_remember' | 'consent_remember_for' | 'requested_at' | 'consent_handled_at', Value> &
  Record<'basis' | 'later_end', Value>;

/** A consent that was accepted, and whose answer the browser had not brought yet. */
const UNUSED = '5';
/** Errors of login and consent. */
const REFUSED = ['128', '129'];

export const NOTHING_GRANTED = 'refused: nothing was granted';
export const NESTED_CLAIMS = 'its claims are nested too deeply: they are left out';
export const NO_ADDRESS = 'its request URL is no URL: it is left out';

export const CONSENTS: LargeTableImport<Row> = {
  isLarge: true,
  name: 'hydra_oauth2_flow',
  from: FLOWS,
  columns: {
    ...{ consent_challenge_id: {}, subject: {}, client_id: {}, state: {}, requested_scope: {}, granted_scope: {} },
    ...{ requested_at_audience: {}, granted_at_audience: {}, amr: {}, acr: {}, context: {}, oidc_context: {} },
    ...{ request_url: {}, session_id_token: {}, session_access_token: {}, consent_skip: {}, consent_remember: {} },
    ...{ consent_remember_for: {}, requested_at: {}, consent_handled_at: {} },
    login_session_id: {
      sql: `(select s.id from hydra_oauth2_authentication_session s
        where s.id = it.login_session_id and s.nid = it.nid and ${hasLogin('s')})`,
    },
    taken: { sql: consentTaken('it') },
    basis: { sql: 'it.basis' },
    later_end: { sql: 'it.later_end' },
  },
  // Those that were skipped rest on others, which must be there first.
  key: `case when it.consent_skip then '1' else '0' end || it.login_challenge`,
  convert: convertConsent,
};

function convertConsent(row: Row, taking: PlainTaking): Outcome {
  if (row.taken !== 'true') return { leftOut: isRefused(row) ? NOTHING_GRANTED : REASONS.underWay };
  const clientKey = taking.clientKeys.get(row.client_id ?? '');
  if (clientKey === undefined) return { leftOut: REASONS.withoutClient };
  const id = uuidOf(row.consent_challenge_id ?? '');
  const { details, adapted } = readDetails(row);
  const now = momentOf(taking.now);
  const times = timesOf(row, now);
  const values = {
    ...{ id, subject: row.subject ?? '', client_key: clientKey, login_session_id: sessionId(row.login_session_id) },
    ...{ granted_scope: jsonList(row.granted_scope), granted_audience: jsonList(row.granted_at_audience) },
    ...{ remember: row.consent_remember === 'true', remember_for: Number(row.consent_remember_for), ...times },
    ...{ ...basisOf(row), superseded: isSuperseded(row, times.expires_at, now) },
    details: sealDetailsOf(id, details, taking.configuration.secrets.system),
  };
  return { rows: [{ table: 'consent', values }], adapted };
}

function basisOf({ consent_skip, basis }: Row): { skip: boolean; rests_on: string | null } {
  const skip = consent_skip === 'true';
  return { skip, rests_on: skip && basis ? uuidOf(basis) : null };
}

function timesOf(row: Row, now: bigint): { requested_at: bigint; handled_at: bigint; expires_at: bigint | null } {
  const requestedAt = columnMoment(row.requested_at) ?? now;
  const handledAt = columnMoment(row.consent_handled_at) ?? requestedAt;
  return { requested_at: requestedAt, handled_at: handledAt, expires_at: expiryOf(row, requestedAt) };
}

function isRefused({ state, consent_challenge_id: challenge }: Row): boolean {
  return state === null ? challenge !== null : REFUSED.includes(state);
}

/** Hydra computes the end from the beginning of the flow, of a consent that is not remembered too; up to 0 means never. */
function expiryOf({ consent_remember_for: seconds }: Row, requestedAt: bigint): bigint | null {
  return Number(seconds) > 0 ? requestedAt + BigInt(Number(seconds)) * 1_000_000n : null;
}

/**
 * Of the remembered consents that have not expired Hydra asks the newest alone. Here one that is superseded never counts
 * again, so all but that one are.
 */
function isSuperseded(row: Row, expiresAt: bigint | null, now: bigint): boolean {
  if (row.consent_skip === 'true' || row.consent_remember !== 'true') return false;
  if (row.state === UNUSED || (expiresAt !== null && expiresAt <= now)) return true;
  if (row.later_end === null) return false;
  return row.later_end === 'infinity' || (columnMoment(row.later_end) ?? now) > now;
}

function readDetails(row: Row): { details: ConsentDetails; adapted: string[] } {
  const requestUrl = addressOf(row.request_url ?? '');
  const claims = claimsOf(row);
  const details = {
    ...EMPTY_DETAILS,
    ...claims,
    ...{ acr: row.acr ?? '', amr: jsonList(row.amr), requestUrl: requestUrl ?? '' },
    ...{ requestedScope: jsonList(row.requested_scope), requestedAudience: jsonList(row.requested_at_audience) },
  };
  return { details, adapted: [...(claims ? [] : [NESTED_CLAIMS]), ...(requestUrl === undefined ? [NO_ADDRESS] : [])] };
}

/** Undefined where they cannot be written. */
function claimsOf(row: Row): Partial<ConsentDetails> | undefined {
  const claims: Partial<ConsentDetails> = {
    idTokenClaims: jsonObject(row.session_id_token),
    accessTokenClaims: jsonObject(row.session_access_token),
    context: jsonValue(row.context),
    oidcContext: withoutNulls(jsonObject(row.oidc_context)) as ConsentDetails['oidcContext'],
  };
  const texts = [row.session_id_token, row.session_access_token, row.context, row.oidc_context];
  const length = texts.reduce((sum, text) => sum + (text?.length ?? 0), 0);
  return isWritable(claims as JsonValue, length) ? claims : undefined;
}

/** Without secrets; the same text where it holds none. Undefined where it is no URL. */
function addressOf(requestUrl: string): string | undefined {
  if (requestUrl === '') return '';
  if (!URL.canParse(requestUrl)) return undefined;
  const clean = withoutSecrets(requestUrl);
  return clean === new URL(requestUrl).href ? requestUrl : clean;
}
