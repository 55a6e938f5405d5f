/**
 * What a row of Hydra's is worth. The times in the session decide, as they do in Hydra, never the column `expires_at`, which
 * is there for the clean-up alone.
 */
import type { GrantSession } from '../../../oauth2/issuance/grant-session.js';
import { gracePeriod } from '../../../oauth2/issuance/refresh-verdict.js';
import type { HydraSession } from '../formats/session-data.js';
import { columnMoment, momentOf } from '../formats/moments.js';
import { REASONS, type Taking } from '../table-import.js';
import type { SessionReader } from './session-reader.js';
import { ACCESS, hashOf, type TokenRow } from './token-row.js';

/** A token that can be used. Moments are microseconds since 1970. */
export interface HydraToken {
  row: TokenRow;
  clientKey: string;
  /** 48 bytes. */
  hash: Buffer;
  issuedAt: bigint;
  /** Undefined: never. */
  expiresAt: bigint | undefined;
  session: GrantSession;
}

export interface AccessToken extends HydraToken {
  expiresAt: bigint;
}

/** A refresh token that was used, and may be used again until its grace period ends. */
export interface GracefulToken extends HydraToken {
  usedAt: bigint;
  uses: number;
  graceUntil: bigint;
}

export type Judged =
  | { state: 'access'; token: AccessToken }
  | { state: 'refresh'; token: HydraToken }
  | { state: 'graceful'; token: GracefulToken }
  | { state: 'spent'; hash: Buffer }
  | { state: 'left out'; reason: string };

/** What a conversion of tokens has to know: plain data. */
export interface ConversionSettings extends Pick<Taking, 'now' | 'clientKeys'> {
  configuration: {
    secrets: { system: readonly string[] };
    oauth2: { grant: Pick<Taking['configuration']['oauth2']['grant'], 'refresh_token'> };
    ttl: Pick<Taking['configuration']['ttl'], 'access_token'>;
  };
}

const MICROSECONDS = 1_000_000;
const INACTIVE = 'not active';

export class TokenJudge {
  private readonly now: bigint;
  private readonly grace: ReturnType<typeof gracePeriod>;

  constructor(
    private readonly taking: ConversionSettings,
    private readonly sessions: SessionReader,
  ) {
    this.now = momentOf(taking.now);
    this.grace = gracePeriod(taking.configuration.oauth2.grant.refresh_token);
  }

  judge(row: TokenRow): Judged {
    const clientKey = this.taking.clientKeys.get(row.client_id);
    if (clientKey === undefined) return leftOut(REASONS.withoutClient);
    // Tokens that belong to nobody are most, where there are many
    const kind = row.challenge_id === null ? row.client_id : undefined;
    const session = row.session_data === null ? undefined : this.sessions.read(row.session_data, kind);
    if (typeof session === 'string') return leftOut(session);
    if (row.table === ACCESS) return session && row.active ? this.access(row, clientKey, session) : leftOut(INACTIVE);
    if (row.active) return session ? this.refresh(row, clientKey, session) : leftOut(INACTIVE);
    return (session && this.graceful(row, clientKey, session)) ?? { state: 'spent', hash: hashOf(row) };
  }

  private access(row: TokenRow, clientKey: string, { session, accessTokenExpiry }: HydraSession): Judged {
    const issuedAt = issueOf(row);
    const lifespan = this.taking.configuration.ttl.access_token;
    const expiresAt = accessTokenExpiry ?? issuedAt + microseconds(lifespan);
    if (expiresAt <= this.now) return leftOut(REASONS.expired);
    return { state: 'access', token: { row, clientKey, hash: hashOf(row), issuedAt, expiresAt, session } };
  }

  private refresh(row: TokenRow, clientKey: string, { session, refreshTokenExpiry: expiresAt }: HydraSession): Judged {
    if (expiresAt !== undefined && expiresAt <= this.now) return leftOut(REASONS.expired);
    return {
      state: 'refresh',
      token: { row, clientKey, hash: hashOf(row), issuedAt: issueOf(row), expiresAt, session },
    };
  }

  /** A token without a first use was used under strict rotation. Hydra before 25.4 does not count the uses. */
  private graceful(row: TokenRow, clientKey: string, session: HydraSession): Judged | undefined {
    const usedAt = columnMoment(row.first_used_at);
    if (this.grace.period === undefined || usedAt === undefined) return undefined;
    const graceUntil = usedAt + microseconds(this.grace.period);
    const uses = Math.max(Number(row.used_times ?? 1), 1);
    if (graceUntil <= this.now || (this.grace.uses > 0 && uses >= this.grace.uses)) return undefined;
    const judged = this.refresh(row, clientKey, session);
    if (judged.state !== 'refresh') return undefined;
    return { state: 'graceful', token: { ...judged.token, usedAt, uses, graceUntil } };
  }
}

function leftOut(reason: string): Judged {
  return { state: 'left out', reason };
}

/** The column has a value in every row of Hydra's. */
function issueOf({ requested_at }: TokenRow): bigint {
  return columnMoment(requested_at) ?? 0n;
}

function microseconds(seconds: number): bigint {
  return BigInt(Math.round(seconds * MICROSECONDS));
}
