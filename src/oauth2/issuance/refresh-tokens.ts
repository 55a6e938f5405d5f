/**
 * Refresh tokens. A chain is one row, which rotation updates in place (RFC 9700 §4.14.2). A token names its chain and
 * generation, and one statement decides by the row. This class owns the table refresh_chain.
 */
import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { equalBytes } from '../../crypto/digest.js';
import { mintToken, type OpaqueToken, readToken } from '../../crypto/opaque-token.js';
import { decided } from '../../database/decided.js';
import { type Statement, Statements } from '../../database/statements.js';
import { Events } from '../../events/events.js';
import type { RequestTiming } from '../../http/exchange/request-timing.js';
import { invalidGrant } from '../../protocol/oauth-error.js';
import { Confirmation } from '../sender-constraint/confirmation.js';
import type { SenderProof } from '../sender-constraint/sender-proof.js';
import type { AccessTokenDraft } from './access-token-draft.js';
import { AccessTokens } from './access-tokens.js';
import { type RevokedAccess, type AuthorizedAccess, StaleClient } from './authorized-access.js';
import { type GrantSession, inChain, inToken, sealSession } from './grant-session.js';
import { openSession, sessionOfGrant } from './open-session.js';
import {
  type EndedRow,
  READ_REFRESH,
  READ_ROTATED,
  type RefreshRow,
  REVOKE_CHAIN,
  REVOKE_GRANT,
  REVOKE_REFRESH,
  ROTATE,
} from './grant.statements.js';
import { ImportedTokens } from './imported-tokens.js';
import { type OwnAccess, requireGranted } from './narrowing.js';
import { KEEP } from './kept-refresh.statements.js';
import { confirmationValues } from './proof-values.js';
import { RecentUses, type SecondUse } from './recent-uses.js';
import { scopeLimits, scopeOfToken } from './resource-scopes.js';
import { END_DELEGATION } from './sources.statements.js';
import { gracePeriod, judgeRefresh, keepUntil, type RefreshVerdict, usedAt } from './refresh-verdict.js';

/** A generation takes two bytes of a token. A chain that reaches the last one continues as a new chain. */
const LAST_GENERATION = 65_535;

const HINTS: Record<Exclude<RefreshVerdict, 'spendable' | 'used'> | SecondUse, string> = {
  inactive: 'The refresh token is malformed, revoked or not valid.',
  expired: 'The refresh token expired.',
  foreign: 'The refresh token was issued to another client.',
  unproven: 'The refresh token is bound to a key or certificate: send a proof of the same one.',
  race: 'The refresh token was being used by another request at the same time. Use the tokens that request received.',
  replay: 'The refresh token was used before. Every token of the grant was revoked.',
};

export interface RefreshTokenDraft extends OpaqueToken {
  token: string;
  /** Undefined if it never expires. */
  expiresAt?: Date;
}

/** An attempt to use a refresh token at the token endpoint. */
export interface RefreshAttempt {
  token: OpaqueToken;
  client: RegisteredClient;
  timing: RequestTiming;
  now: Date;
  /** A part of the granted scope, for the access token only (RFC 6749 §6). */
  narrowedScope?: string[];
  /** The text of the token, if it is not replaced by a successor but stays the current one. */
  kept?: string;
  /** What the request proves about its sender. */
  proof?: SenderProof;
}

export interface Successors {
  accessToken: AccessTokenDraft;
  /** The expiry of the new refresh token; undefined if it never expires. */
  expiresAt?: Date;
  /** Scopes and audiences that the client may still have; undefined if they were checked before. */
  allowed?: { scope: readonly string[]; audience: readonly string[] };
  /** The session of this grant as a hook changed it. */
  hooked?: { session: GrantSession; grantId: string; delegationId?: string };
  /** What the access token has in place of the access of the grant. Its session is by default that of the hook. */
  own?: OwnAccess;
}

export interface Rotated {
  access: AuthorizedAccess;
  refreshToken: string;
}

interface ActiveRefreshToken extends AuthorizedAccess {
  clientId: string;
  issuedAt: Date;
  expiresAt?: Date;
  confirmation?: Confirmation;
}

@Injectable()
export class RefreshTokens {
  constructor(
    private readonly statements: Statements,
    private readonly accessTokens: AccessTokens,
    private readonly imported: ImportedTokens,
    private readonly uses: RecentUses,
    private readonly events: Events,
    private readonly config: ConfigHolder,
  ) {}

  /** The first token of a new chain. */
  draft(now: Date, expiresAt?: Date): RefreshTokenDraft {
    return { ...mintToken('refresh_token', this.config.current.secrets.system, { at: now }), expiresAt };
  }

  /**
   * A token of this server at once, one of Hydra after a look-up.
   * @throws OAuthError invalid_grant for every other text, without a query
   */
  parse(token = ''): OpaqueToken | Promise<OpaqueToken> {
    return readToken('refresh_token', this.config.current.secrets.system, token) ?? this.parseImported(token);
  }

  /**
   * Spends the token, unless it is kept, and issues its successors, in one statement. Returns undefined, with nothing spent, if
   * a condition of the statement failed (the client may no longer have a scope or an audience): the caller checks and tries
   * again. An audience that was not granted is refused at once, unless the caller has more to check.
   * @throws OAuthError invalid_grant for a token that is unknown, expired, revoked, used before, or of another client or key;
   * invalid_dpop_proof if the proof was used before
   * @throws StaleClient
   */
  async rotate(attempt: RefreshAttempt, next: Successors): Promise<Rotated | undefined> {
    const { kept } = attempt;
    const [successor, branch] = [this.successor(attempt), this.draft(attempt.now)];
    const row = await (kept === undefined
      ? this.claim(attempt, next.accessToken, this.values(attempt, next, { successor, branch }))
      : this.keep(attempt, next));
    if (row && row.rotated !== null) {
      const access = this.issuedAccess(row, next, attempt);
      return { access, refreshToken: kept ?? (row.rotated ? successor.token : branch.token) };
    }
    // A proof that is sent again is no second use of the token: whoever repeats a request has no key.
    if (row && !row.is_first && attempt.proof?.mark) throw attempt.proof.mark.replayed();
    const spendable = await this.judge(row, attempt);
    if (guardRefused(spendable, attempt, next)) return undefined;
    requireGrantedTo(spendable, next);
    throw invalidGrant(HINTS.race); // the snapshot showed the token unused, but it was used before the lock was taken
  }

  /** The access that a presented token represents. The token is not spent. @throws as rotate */
  async describe(attempt: RefreshAttempt): Promise<AuthorizedAccess> {
    const [row] = await this.statements.run<RefreshRow>(READ_REFRESH, [attempt.token.id]);
    const spendable = await this.judge(row, attempt);
    return this.access(spendable, this.session(spendable), attempt);
  }

  /** The active token; undefined for everything else. */
  async find(token: string, now: Date): Promise<ActiveRefreshToken | undefined> {
    const read = await this.read(token);
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
    const session =
      active && openSession(this.config.current.secrets, inChain(row.grant_id, row.delegation_id), row.session);
    if (!session) return undefined;
    const life = { issuedAt: row.issued_at, expiresAt: row.expires_at ?? undefined };
    const confirmation = Confirmation.read(row.cnf);
    return { ...this.access(row, session), clientId: row.client_id, ...life, confirmation };
  }

  /** RFC 7009: revokes the grant of a token of this client, used or not. */
  revoke(token: string, client: RegisteredClient, now: Date): Promise<RevokedAccess | undefined> {
    return this.end(REVOKE_REFRESH, token, client, now);
  }

  /** Revokes the chain of a token of this client, used or not. Other chains of the grant stay active. */
  revokeChain(token: string, client: RegisteredClient, now: Date): Promise<RevokedAccess | undefined> {
    return this.end(REVOKE_CHAIN, token, client, now);
  }

  private async parseImported(token: string): Promise<OpaqueToken> {
    const read = await this.imported.refreshToken(token);
    if (!read) throw invalidGrant(HINTS.inactive);
    return read;
  }

  /** The same as `parse`, without an error. */
  private read(token: string): OpaqueToken | Promise<OpaqueToken | undefined> | undefined {
    return readToken('refresh_token', this.config.current.secrets.system, token) ?? this.imported.refreshToken(token);
  }

  /** Undefined if nothing was revoked. */
  private async end(
    statement: Statement,
    token: string,
    client: RegisteredClient,
    now: Date,
  ): Promise<RevokedAccess | undefined> {
    const read = await this.read(token);
    const [row] = read ? await this.statements.run<EndedRow>(statement, [read.id, client.key, now]) : [];
    return row && { subject: row.subject, grantId: row.grant_id };
  }

  /** Returns the row of a spendable token. Refuses every other token, and revokes the grant of a replayed one. */
  private async judge(row: RefreshRow | undefined, attempt: RefreshAttempt): Promise<RefreshRow> {
    if (!row) throw invalidGrant(HINTS.inactive);
    const { client, token, timing, proof } = attempt;
    if (row.client_key === client.key && row.version !== client.version) throw new StaleClient(client.clientId);
    const grace = gracePeriod(this.config.current.oauth2.grant.refresh_token);
    const verdict = judgeRefresh(row, {
      ...{ token, clientKey: client.key, arrivedAt: timing.arrivedAt, grace },
      confirmation: proof?.confirmation,
    });
    if (row.generation === token.number) this.uses.sawUnused(timing);
    if (verdict === 'spendable') return row;
    throw invalidGrant(HINTS[verdict === 'used' ? await this.usedAgain(row, attempt) : verdict]);
  }

  /** The row that ROTATE returns, even if the response of the database was lost. */
  private claim(
    { token, timing }: RefreshAttempt,
    draft: AccessTokenDraft,
    values: unknown[],
  ): Promise<RefreshRow | undefined> {
    const { statement, values: further } = ROTATE.of(draft, scopeLimits(this.config.current));
    return this.uses.decide<RefreshRow | undefined>(useOf(token), timing, {
      send: () => this.accessTokens.withBuckets(draft, () => this.first(statement, [...values, ...further])),
      isDone: (row) => row !== undefined && row.rotated !== null,
      readBack: () => this.first(READ_ROTATED, [token.id, draft.bucket, draft.id]),
    });
  }

  /** The row that KEEP returns, even if the response of the database was lost. A kept token is not used up. */
  private keep(attempt: RefreshAttempt, next: Successors): Promise<RefreshRow | undefined> {
    const { accessToken: draft } = next;
    const { statement, values: further } = KEEP.of(draft, scopeLimits(this.config.current));
    const values = [...this.keptValues(attempt, next), ...further];
    return decided<RefreshRow | undefined>({
      send: () => this.accessTokens.withBuckets(draft, () => this.first(statement, values)),
      isDone: (row) => row !== undefined && row.rotated !== null,
      readBack: () => this.first(READ_ROTATED, [attempt.token.id, draft.bucket, draft.id]),
    });
  }

  private async first(statement: Statement, values: unknown[]): Promise<RefreshRow | undefined> {
    const [row] = await this.statements.run<RefreshRow>(statement, values);
    return row;
  }

  private async usedAgain(row: RefreshRow, { client, token, timing, now }: RefreshAttempt): Promise<SecondUse> {
    const recorded = { usedAt: usedAt(row, token), judgedAt: row.judged_at };
    const verdict = await this.uses.judge(useOf(token), timing, recorded);
    if (verdict === 'replay') {
      await this.endFamily(row, now);
      const about = { clientId: client.clientId, subject: row.subject, grantId: row.grant_id };
      this.events.publish({ type: 'refresh_token.replayed', at: now, ...about });
    }
    return verdict;
  }

  /** Whoever uses a token of a delegation again ends what was handed on, but not what the person granted to another client. */
  private async endFamily({ grant_id: grantId, delegation_id: delegationId }: RefreshRow, now: Date): Promise<void> {
    if (delegationId) await this.statements.run(END_DELEGATION, [delegationId, grantId, now]);
    else await this.statements.run(REVOKE_GRANT, [grantId, now]);
  }

  private successor({ token, now }: RefreshAttempt): RefreshTokenDraft {
    const number = Math.min(token.number + 1, LAST_GENERATION);
    const id = Buffer.from(token.id.replaceAll('-', ''), 'hex');
    return mintToken('refresh_token', this.config.current.secrets.system, { at: now, number, id });
  }

  /** The parameters of ROTATE, in order. */
  private values(
    { token, client, timing, now, narrowedScope }: RefreshAttempt,
    next: Successors,
    { successor, branch }: { successor: RefreshTokenDraft; branch: RefreshTokenDraft },
  ): unknown[] {
    const { secrets, oauth2 } = this.config.current;
    const grace = gracePeriod(oauth2.grant.refresh_token);
    const { accessToken, expiresAt, allowed, hooked } = next;
    return [
      ...[token.id, token.number, token.digest, timing.arrivedAt, now, client.key, client.version],
      ...[allowed?.scope ?? null, allowed?.audience ?? null, narrowedScope ?? null],
      hooked ? sealSession(secrets.system, inChain(hooked.grantId, hooked.delegationId), hooked.session) : null,
      ...[successor.digest, expiresAt ?? null, keepUntil(expiresAt, accessToken.expiresAt)],
      ...[accessToken.bucket, accessToken.id, accessToken.digest, accessToken.expiresAt],
      ...[grace.period ?? null, grace.uses, branch.id, branch.digest],
      this.ownSession(next),
      ...confirmationValues(accessToken, client),
      next.own?.audience ?? null,
    ];
  }

  /** The session in the access token's own row. */
  private ownSession({ accessToken, hooked, own }: Successors): Buffer | null {
    const session = own?.session ?? hooked?.session;
    return session ? sealSession(this.config.current.secrets.system, inToken(accessToken), session) : null;
  }

  /** The parameters of KEEP, in order. */
  private keptValues({ token, client, timing, now, narrowedScope }: RefreshAttempt, next: Successors): unknown[] {
    const { accessToken, allowed, hooked, own } = next;
    const { system } = this.config.current.secrets;
    return [
      ...[token.id, token.number, token.digest, timing.arrivedAt, now, client.key, client.version],
      ...[allowed?.scope ?? null, allowed?.audience ?? null, narrowedScope ?? null],
      hooked ? sealSession(system, inChain(hooked.grantId, hooked.delegationId), hooked.session) : null,
      keepUntil(accessToken.expiresAt, accessToken.expiresAt),
      ...[accessToken.bucket, accessToken.id, accessToken.digest, accessToken.expiresAt],
      this.ownSession(next),
      own?.audience ?? null,
      accessToken.proof?.confirmation.bytes ?? null,
    ];
  }

  private session(row: RefreshRow): GrantSession {
    return sessionOfGrant(this.config.current.secrets, row.grant_id, row.session, row.delegation_id);
  }

  private issuedAccess(row: RefreshRow, { own, hooked }: Successors, attempt: RefreshAttempt): AuthorizedAccess {
    const session = own?.session ?? hooked?.session ?? this.session(row);
    return { ...this.access(row, session, attempt), ...own };
  }

  private access(
    row: RefreshRow,
    session: GrantSession,
    { narrowedScope }: { narrowedScope?: string[] } = {},
  ): AuthorizedAccess {
    return {
      subject: row.subject,
      ...scopeOfToken(narrowedScope ?? row.scope, row),
      audience: row.audience,
      session,
      grantId: row.grant_id,
      delegationId: row.delegation_id ?? undefined,
      consentId: row.consent_id ?? undefined,
    };
  }
}

/** The name of the token in RecentUses. */
const useOf = ({ id, number }: OpaqueToken): string => `${id}:${number}`;

/** The statement issues nothing for an audience that was not granted. @throws OAuthError invalid_target */
function requireGrantedTo(row: RefreshRow, { own }: Successors): void {
  if (own?.audience) requireGranted(own.audience, row);
}

/** Whether a condition of the statement failed, as far as the returned row shows. */
function guardRefused(row: RefreshRow, { narrowedScope }: RefreshAttempt, { allowed }: Successors): boolean {
  if (narrowedScope && !isWithin(narrowedScope, row.scope)) return true;
  return allowed !== undefined && !(isWithin(row.scope, allowed.scope) && isWithin(row.audience, allowed.audience));
}

function isWithin(wanted: readonly string[], have: readonly string[]): boolean {
  const all = new Set(have);
  return wanted.every((one) => all.has(one));
}
