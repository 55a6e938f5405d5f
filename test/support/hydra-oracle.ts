/**
 * What Hydra answers about a token, computed from the rows of its database: the rules of Hydra's own storage, written
 * without the program's code, which they judge.
 */
import type { HydraConfiguration, IntrospectionAnswer } from './hydra-database.js';
import { hydraOpened, isHydraToken, isSignedBy, type NamedKey, sha384Hex } from './hydra-crypto.js';
import type { DumpRow } from './dump-text.js';

export interface HydraSession {
  id_token: {
    id_token_claims: Record<string, unknown> & { sub: string; iss: string };
    expires_at: Record<string, string | undefined>;
    subject: string;
    [name: string]: unknown;
  };
  extra: Record<string, unknown> | null;
  [name: string]: unknown;
}

export interface HydraState {
  tables: Record<string, DumpRow[]>;
  configuration: HydraConfiguration;
  now: Date;
}

const INACTIVE: IntrospectionAnswer = { active: false };
const ZERO_TIME = '0001-01-01T00:00:00Z';
const HOUR_MS = 3_600_000;

export function introspected(token: string, state: HydraState): IntrospectionAnswer {
  const kind = token.startsWith('ory_rt_') ? 'refresh_token' : 'access_token';
  const row = kind === 'refresh_token' ? refreshRow(token, state) : accessRow(token, state);
  if (!row || !isAuthentic(token, state)) return INACTIVE;
  const session = sessionOf(row, state.configuration);
  const end = endOf(row, session.id_token.expires_at[kind], kind, state);
  if (end.isPast || !isUsable(row, state)) return INACTIVE;
  return { ...answer(row, session, end.shown), token_use: kind, ...extension(session) };
}

function answer(row: DumpRow, session: HydraSession, end: number): IntrospectionAnswer {
  const iat = Math.floor(utc(row.requested_at) / 1000);
  const { sub, iss } = session.id_token.id_token_claims;
  const scope = list(row.granted_scope).join(' ');
  return {
    active: true,
    ...(scope === '' ? {} : { scope }),
    client_id: row.client_id ?? '',
    sub: row.subject ?? '',
    ...(sub === '' || sub === row.subject ? {} : { obfuscated_subject: sub }),
    exp: Math.floor(end / 1000),
    iat,
    nbf: iat,
    aud: list(row.granted_audience),
    iss,
    token_type: 'Bearer',
  };
}

const extension = ({ extra }: HydraSession): Record<string, unknown> =>
  extra === null || Object.keys(extra).length === 0 ? {} : { ext: extra };

const list = (text: string | null | undefined): string[] => (text ? text.split('|') : []);

const utc = (text: string | null | undefined): number => Date.parse(`${(text ?? '').replace(' ', 'T')}Z`);

function accessRow(token: string, { tables }: HydraState): DumpRow | undefined {
  const mac = token.split('.').at(-1) ?? '';
  // the mac itself is the key of opaque tokens that were written before 2.1
  return tables.hydra_oauth2_access?.find(({ signature }) => signature === sha384Hex(mac) || signature === mac);
}

function refreshRow(token: string, { tables }: HydraState): DumpRow | undefined {
  return tables.hydra_oauth2_refresh?.find(({ signature }) => signature === token.split('.').at(-1));
}

function isAuthentic(token: string, { tables, configuration: { secrets } }: HydraState): boolean {
  if (!token.startsWith('eyJ')) return isHydraToken(token, secrets.system);
  const keys = (tables.hydra_jwk ?? []).filter(({ sid }) => sid === 'hydra.jwt.access-token');
  return keys.some(({ keydata }) =>
    isSignedBy(token, JSON.parse(hydraOpened(keydata ?? '', secrets.system)) as NamedKey),
  );
}

/** A session is sealed, or plain where sealing was off; its names may be those of 1.x. */
function sessionOf(row: DumpRow, { secrets }: HydraConfiguration): HydraSession {
  const text = row.session_data ?? '';
  const value = JSON.parse(text.startsWith('{') ? text : hydraOpened(text, secrets.system)) as Record<string, unknown>;
  return 'idToken' in value ? namesOf2(value) : (value as HydraSession);
}

function namesOf2(value: Record<string, unknown>): HydraSession {
  const idToken = value.idToken as Record<string, Record<string, unknown>>;
  const claims = idToken.Claims ?? {};
  return {
    id_token: {
      id_token_claims: { ...claims, sub: String(claims.Subject), iss: String(claims.Issuer) },
      expires_at: idToken.ExpiresAt as Record<string, string>,
      subject: idToken.Subject as unknown as string,
    },
    extra: value.Extra as Record<string, unknown> | null,
  };
}

/** The session says when a token ends. Without that, an access token ends after the usual time, a refresh token never. */
function endOf(
  row: DumpRow,
  at: string | undefined,
  kind: string,
  state: HydraState,
): { shown: number; isPast: boolean } {
  if (at !== undefined && at !== ZERO_TIME)
    return { shown: Date.parse(at), isPast: Date.parse(at) <= state.now.getTime() };
  const shown = utc(row.requested_at) + lifetimeMs(kind, state.configuration);
  return { shown, isPast: kind === 'access_token' && shown <= state.now.getTime() };
}

function lifetimeMs(kind: string, { ttl }: HydraConfiguration): number {
  const given = ttl?.[kind];
  if (given === '-1') return 0;
  return given === undefined ? (kind === 'access_token' ? 1 : 720) * HOUR_MS : parseInt(given) * HOUR_MS;
}

/** A refresh token that was used is usable within the grace period, as often as is allowed. */
function isUsable(row: DumpRow, { configuration, now }: HydraState): boolean {
  if (row.active === 't') return true;
  if (row.first_used_at === null || row.first_used_at === undefined) return false;
  const { rotation_grace_period: period = '0h', rotation_grace_reuse_count: most = 0 } =
    configuration.oauth2?.grant.refresh_token ?? {};
  const isWithin = utc(row.first_used_at) + parseInt(period) * HOUR_MS > now.getTime();
  return isWithin && (most === 0 || Number(row.used_times) < most);
}
