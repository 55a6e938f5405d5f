/**
 * Refresh tokens: one row a chain, moved on in place (RFC 9700 §4.14.2). A token names chain and generation; the row
 * decides in one statement. Owner of the table refresh_chain.
 */
import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { equalBytes } from '../../crypto/digest.js';
import { mintToken, type OpaqueToken, readToken } from '../../crypto/opaque-token.js';
import { type Statement, Statements } from '../../database/statements.js';
import { Events } from '../../events/events.js';
import { invalidGrant } from '../../protocol/oauth-error.js';
import type { AccessTokenDraft } from './access-token-draft.js';
import { AccessTokens } from './access-tokens.js';
import {
  type EndedRow,
  READ_REFRESH,
  type RefreshRow,
  REVOKE_CHAIN,
  REVOKE_GRANT,
  REVOKE_REFRESH,
  ROTATE,
} from './grant.statements.js';
import { type GrantSession, openSession, sealSession } from './grant-session.js';
import { gracePeriod, judgeRefresh, type RefreshVerdict } from './refresh-verdict.js';
import { type EndedRight, type Right, StaleClient } from './right.js';

/** Generations fit two bytes of a token; a chain that old goes on as a new one. */
const LAST_GENERATION = 65_535;
/** A chain is kept a little beyond its end, so that a late use is told from an unknown token. */
const KEEP_MS = 86_400_000;

const HINTS: Record<Exclude<RefreshVerdict, 'spendable'>, string> = {
  inactive: 'The refresh token is malformed, revoked or not valid.',
  expired: 'The refresh token expired.',
  foreign: 'The refresh token was issued to another client.',
  race: 'The refresh token was being used by another request at the same time. Use the tokens that request received.',
  replay: 'The refresh token was used before. Every token of the grant was revoked.',
};

export interface RefreshTokenDraft extends OpaqueToken {
  token: string;
  /** Undefined: never. */
  expiresAt?: Date;
}

/** A refresh token at the token endpoint. */
export interface RefreshAttempt {
  token: OpaqueToken;
  client: RegisteredClient;
  arrivedAt: Date;
  now: Date;
  /** A part of the granted scope, for the access token alone (RFC 6749 §6). */
  narrowedScope?: string[];
}

export interface Successors {
  accessToken: AccessTokenDraft;
  /** End of the new refresh token; undefined: never. */
  expiresAt?: Date;
  /** Scopes and audiences that the client may still have; undefined where they were judged before. */
  allowed?: { scope: readonly string[]; audience: readonly string[] };
  /** What a hook made of the session. */
  session?: GrantSession;
}

export interface Rotated {
  right: Right;
  refreshToken: string;
}

export interface ActiveRefreshToken extends Right {
  clientId: string;
  issuedAt: Date;
  expiresAt?: Date;
}

@Injectable()
export class RefreshTokens {
  constructor(
    private readonly statements: Statements,
    private readonly accessTokens: AccessTokens,
    private readonly events: Events,
    private readonly config: ConfigHolder,
  ) {}

  /** The first token of a new chain. */
  draft(now: Date, expiresAt?: Date): RefreshTokenDraft {
    return { ...mintToken('refresh_token', this.config.current.secrets.system, { at: now }), expiresAt };
  }

  /** @throws OAuthError invalid_grant for a text that is no refresh token of ours; costs no SQL */
  parse(token: string | undefined): OpaqueToken {
    const read = token && readToken('refresh_token', this.config.current.secrets.system, token);
    if (!read) throw invalidGrant(HINTS.inactive);
    return read;
  }

  /**
   * Claims the token and issues its successors, in one statement. Undefined where a guard of the statement refused
   * (the client may no longer have a scope or an audience): nothing was spent; describe, judge, and claim again.
   * @throws OAuthError invalid_grant for a token that is unknown, expired, revoked, another client's, or used before
   * @throws StaleClient
   */
  async rotate(attempt: RefreshAttempt, next: Successors): Promise<Rotated | undefined> {
    const successor = this.successor(attempt);
    const branch = this.draft(attempt.now);
    const values = this.values(attempt, next, { successor, branch });
    const rows = await this.accessTokens.withBucket(next.accessToken.bucket, () =>
      this.statements.run<RefreshRow>(ROTATE, values),
    );
    const [row] = rows;
    if (row && row.rotated !== null) {
      const right = { ...this.right(row, attempt), ...(next.session && { session: next.session }) };
      return { right, refreshToken: row.rotated ? successor.token : branch.token };
    }
    const spendable = await this.judge(row, attempt);
    if (guardRefused(spendable, attempt, next)) return undefined;
    throw invalidGrant(HINTS.race); // what the snapshot showed unused was used when the lock was won
  }

  /** The right behind a presented token, spending nothing. @throws as rotate */
  async describe(attempt: RefreshAttempt): Promise<Right> {
    const [row] = await this.statements.run<RefreshRow>(READ_REFRESH, [attempt.token.id]);
    return this.right(await this.judge(row, attempt), attempt);
  }

  /** The token where it is active; undefined for everything else. */
  async find(token: string, now: Date): Promise<ActiveRefreshToken | undefined> {
    const read = readToken('refresh_token', this.config.current.secrets.system, token);
    if (!read) return undefined;
    const [row] = await this.statements.run<RefreshRow & { issued_at: Date; client_id: string }>(READ_REFRESH, [
      read.id,
    ]);
    const active =
      row &&
      !(row.revoked_at ?? row.chain_revoked_at) &&
      (!row.expires_at || row.expires_at > now) &&
      row.generation === read.number &&
      equalBytes(row.digest, read.digest);
    if (!active) return undefined;
    const life = { issuedAt: row.issued_at, expiresAt: row.expires_at ?? undefined };
    return { ...this.right(row, {}), clientId: row.client_id, ...life };
  }

  /** RFC 7009: ends the grant of a token of this client, used up or not. */
  revoke(token: string, client: RegisteredClient, now: Date): Promise<EndedRight | undefined> {
    return this.end(REVOKE_REFRESH, token, client, now);
  }

  /** Ends the chain of a token of this client, used up or not; other branches of the grant live on. */
  revokeChain(token: string, client: RegisteredClient, now: Date): Promise<EndedRight | undefined> {
    return this.end(REVOKE_CHAIN, token, client, now);
  }

  /** Undefined where nothing ended by it. */
  private async end(
    statement: Statement,
    token: string,
    client: RegisteredClient,
    now: Date,
  ): Promise<EndedRight | undefined> {
    const read = readToken('refresh_token', this.config.current.secrets.system, token);
    const [row] = read ? await this.statements.run<EndedRow>(statement, [read.id, client.key, now]) : [];
    return row && { subject: row.subject, grantId: row.grant_id };
  }

  /** Gives the row of a token that may be spent; refuses every other, and on a replay ends the grant first. */
  private async judge(row: RefreshRow | undefined, attempt: RefreshAttempt): Promise<RefreshRow> {
    if (!row) throw invalidGrant(HINTS.inactive);
    const { client, token, arrivedAt, now } = attempt;
    if (row.client_key === client.key && row.version !== client.version) throw new StaleClient(client.clientId);
    const grace = gracePeriod(this.config.current.oauth2.grant.refresh_token);
    const verdict = judgeRefresh(row, { token, clientKey: client.key, arrivedAt, now, grace });
    if (verdict === 'spendable') return row;
    if (verdict === 'replay') {
      await this.statements.run(REVOKE_GRANT, [row.grant_id, now]);
      const about = { clientId: client.clientId, subject: row.subject, grantId: row.grant_id };
      this.events.publish({ type: 'refresh_token.replayed', at: now, ...about });
    }
    throw invalidGrant(HINTS[verdict]);
  }

  private successor({ token, now }: RefreshAttempt): RefreshTokenDraft {
    const number = Math.min(token.number + 1, LAST_GENERATION);
    const id = Buffer.from(token.id.replaceAll('-', ''), 'hex');
    return mintToken('refresh_token', this.config.current.secrets.system, { at: now, number, id });
  }

  /** The parameters of ROTATE, in order. */
  private values(
    { token, client, arrivedAt, now, narrowedScope }: RefreshAttempt,
    { accessToken, expiresAt, allowed, session }: Successors,
    { successor, branch }: { successor: RefreshTokenDraft; branch: RefreshTokenDraft },
  ): unknown[] {
    const { secrets, oauth2 } = this.config.current;
    const grace = gracePeriod(oauth2.grant.refresh_token);
    return [
      ...[token.id, token.number, token.digest, arrivedAt, now, client.key, client.version],
      ...[allowed?.scope ?? null, allowed?.audience ?? null, narrowedScope ?? null],
      session ? sealSession(secrets.system, session) : null,
      ...[successor.digest, expiresAt ?? null, keepUntil(expiresAt, accessToken.expiresAt)],
      ...[accessToken.bucket, accessToken.id, accessToken.digest, accessToken.expiresAt],
      ...[grace.period ?? null, grace.uses, branch.id, branch.digest],
    ];
  }

  private right(row: RefreshRow, { narrowedScope }: { narrowedScope?: string[] }): Right {
    return {
      subject: row.subject,
      scope: narrowedScope ?? row.scope,
      audience: row.audience,
      session: openSession(this.config.current.secrets.system, row.session),
      grantId: row.grant_id,
      consentId: row.consent_id ?? undefined,
    };
  }
}

/** When a chain and what was issued with it can be forgotten; null: never. */
export function keepUntil(refreshExpiry: Date | undefined, accessExpiry: Date): Date | null {
  return refreshExpiry ? new Date(Math.max(refreshExpiry.getTime(), accessExpiry.getTime()) + KEEP_MS) : null;
}

/** Whether one of the statement's guards did not hold, as far as the row that it saw tells. */
function guardRefused(row: RefreshRow, { narrowedScope }: RefreshAttempt, { allowed }: Successors): boolean {
  const within = (wanted: readonly string[], have: readonly string[]): boolean => wanted.every((w) => have.includes(w));
  if (narrowedScope && !within(narrowedScope, row.scope)) return true;
  return allowed !== undefined && !(within(row.scope, allowed.scope) && within(row.audience, allowed.audience));
}
