/** Reports until when tokens need the secret that signed them. No token says which secret that was, but its age does. */
import type { DataSource } from 'typeorm';
import type { Configuration } from '../../config/configuration.js';
import { attachedBuckets, bucketTable } from '../../database/bucket-partitions.js';
import { endOfBucket, FAR_BUCKET } from '../../database/buckets.js';

export interface Rotation {
  ttl: Configuration['ttl'];
  now: Date;
  /** Tokens that were issued before this time may need an older secret. */
  rotatedAt: Date;
  /** Without `secrets.cookie`, the cookies of browsers are encrypted under these secrets, too. */
  sealsCookies: boolean;
}

interface Need {
  what: string;
  /** 'never' where some of them do not expire. Undefined where none is left. */
  until: Date | 'never' | undefined;
}

/** Lines for the operator; the last line says whether the older secrets can be removed. */
export async function stillNeeded(database: DataSource, rotation: Rotation): Promise<string[]> {
  const needs = [
    { what: 'access tokens', until: await lastAccessToken(database, rotation) },
    { what: 'refresh tokens', until: await lastRefreshToken(database, rotation) },
    { what: 'tokens that were imported from Hydra', until: await lastImported(database, rotation) },
    { what: 'remembered logins', until: rotation.sealsCookies ? await lastLogin(database, rotation) : undefined },
    ...shortLived(rotation),
  ].filter(({ until }) => until === 'never' || (until && until > rotation.now));
  const registered = await registrationTokens(database, rotation);
  const before = rotation.rotatedAt.toISOString();
  return [
    ...(needs.length > 0 ? [`Issued before ${before}, and signed with an older secret:`] : []),
    ...needs.map(({ what, until }) => `  ${what}: ${until instanceof Date ? `until ${day(until)}` : 'some never end'}`),
    ...(registered > 0
      ? [
          `  registration access tokens of ${registered} clients: they do not expire, and are renewed when the client updates itself`,
        ]
      : []),
    verdict(needs),
  ];
}

function verdict(needs: readonly Need[]): string {
  if (needs.some(({ until }) => until === 'never'))
    return 'Without the older secrets the refresh tokens that never end stop working; nothing that is stored needs them.';
  const last = Math.max(...needs.map(({ until }) => (until instanceof Date ? until.getTime() : 0)));
  return needs.length === 0
    ? 'The older secrets can be removed from secrets.system.'
    : `The older secrets can be removed from secrets.system after ${day(new Date(last))}. Earlier, these stop working.`;
}

/**
 * The newest bucket with tokens issued before then gives the day, or the month; there is no index by expiry. The far
 * bucket has few rows.
 */
async function lastAccessToken(database: DataSource, rotation: Rotation): Promise<Need['until']> {
  const buckets = await attachedBuckets(database, 'access_token');
  const ends = [await lastOfFar(database, rotation), await lastOfOthers(database, buckets, rotation)];
  return ends.filter((end) => end !== undefined).sort((a, b) => b.getTime() - a.getTime())[0];
}

async function lastOfFar(database: DataSource, { rotatedAt }: Rotation): Promise<Date | undefined> {
  const [row] = await database.query<[{ until: Date | null }]>(
    `select max(expires_at) as until from ${bucketTable('access_token', FAR_BUCKET)} where issued_at <= $1`,
    [rotatedAt],
  );
  return row.until ?? undefined;
}

async function lastOfOthers(
  database: DataSource,
  buckets: readonly number[],
  { rotatedAt }: Rotation,
): Promise<Date | undefined> {
  for (const bucket of buckets.filter((one) => one !== FAR_BUCKET).reverse()) {
    const [oldest] = await database.query<{ issued_at: Date }[]>(
      `select issued_at from ${bucketTable('access_token', bucket)} order by id limit 1`,
    );
    if (oldest && oldest.issued_at <= rotatedAt) return endOfBucket(bucket);
  }
  return undefined;
}

async function lastRefreshToken(database: DataSource, { now, rotatedAt }: Rotation): Promise<Need['until']> {
  const [row] = await database.query<[{ until: Date | null; endless: boolean | null }]>(
    `select max(r.expires_at) as until, bool_or(r.expires_at is null) as endless
from refresh_chain r join authorization_grant g on g.id = r.grant_id
where r.issued_at <= $1 and r.revoked_at is null and g.revoked_at is null and (r.expires_at is null or r.expires_at > $2)`,
    [rotatedAt, now],
  );
  return row.endless === true ? 'never' : (row.until ?? undefined);
}

/** They are checked by the secrets themselves, so that they need the secret of Hydra that signed them. */
async function lastImported(database: DataSource, { now, rotatedAt }: Rotation): Promise<Need['until']> {
  const [row] = await database.query<[{ until: Date | null; endless: boolean | null }]>(
    `select max(ends) filter (where ends < 'infinity') as until, bool_or(ends = 'infinity') as endless from (
  select live_until as ends from hydra_import_table where name = 'hydra_oauth2_access'
  union all
  select coalesce(r.expires_at, 'infinity') from imported_refresh_token i
  join refresh_chain r on r.id = i.chain_id and r.generation = i.generation join authorization_grant g on g.id = r.grant_id
  where r.issued_at <= $1 and r.revoked_at is null and g.revoked_at is null
) imported where ends > $2`,
    [rotatedAt, now],
  );
  return row.endless === true ? 'never' : (row.until ?? undefined);
}

async function lastLogin(database: DataSource, { rotatedAt }: Rotation): Promise<Date | undefined> {
  const [row] = await database.query<[{ until: Date | null }]>(
    'select max(expires_at) as until from login_session where remember and authenticated_at <= $1',
    [rotatedAt],
  );
  return row.until ?? undefined;
}

function shortLived({ ttl, rotatedAt }: Rotation): Need[] {
  const after = (seconds: number): Date => new Date(rotatedAt.getTime() + seconds * 1000);
  return [
    { what: 'authorization codes', until: after(ttl.auth_code) },
    { what: 'device and user codes', until: after(ttl.device_user_code) },
    { what: 'backchannel authentication requests', until: after(ttl.ciba_request) },
    { what: 'login, consent and logout requests', until: after(ttl.login_consent_request) },
    { what: 'nonces for verifiable credentials', until: after(ttl.vc_nonce) },
  ];
}

/** Counts clients that may hold one: the time at which a token was renewed is not recorded. */
async function registrationTokens(database: DataSource, { rotatedAt }: Rotation): Promise<number> {
  const [row] = await database.query<[{ count: number }]>(
    'select count(*)::integer as count from client where registration_token_digest is not null and created_at <= $1',
    [rotatedAt],
  );
  return row.count;
}

const day = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z');
