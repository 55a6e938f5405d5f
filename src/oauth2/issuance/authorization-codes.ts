/**
 * Authorization codes (RFC 6749 §4.1). The id of a code is the id of its grant, which is created with it. The values that
 * the token request must repeat are kept in the flow store. The statement that issues tokens enforces the single use of
 * a code in the row of the grant.
 */
import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { mintToken, type OpaqueToken, readToken } from '../../crypto/opaque-token.js';
import { type Statement, Statements } from '../../database/statements.js';
import { Events } from '../../events/events.js';
import { Flows, type NewRecord } from '../../flow-store/flows.js';
import type { RequestTiming } from '../../http/exchange/request-timing.js';
import { invalidDpopProof, invalidGrant } from '../../protocol/oauth-error.js';
import { Confirmation } from '../sender-constraint/confirmation.js';
import type { SenderProof } from '../sender-constraint/sender-proof.js';
import type { AccessTokenDraft } from './access-token-draft.js';
import { AccessTokens } from './access-tokens.js';
import { type AuthorizedAccess, StaleClient } from './authorized-access.js';
import { type GrantSession, inGrant, inToken, sealSession } from './grant-session.js';
import { sessionOfGrant } from './open-session.js';
import {
  type CodeRow,
  type EndedRow,
  READ_CODE,
  READ_REDEEMED,
  REDEEM_CODE,
  REVOKE_REPLAYED_CODE,
} from './grant.statements.js';
import { type OwnAccess, requireGranted } from './narrowing.js';
import { confirmationValues } from './proof-values.js';
import { RecentUses } from './recent-uses.js';
import { scopeLimits, scopeOfToken } from './resource-scopes.js';
import type { RefreshTokenDraft } from './refresh-tokens.js';
import { keepUntil } from './refresh-verdict.js';

const KIND = 'code';
const UNKNOWN = 'The authorization code is malformed, expired or not valid.';
const USED = 'The authorization code was used before.';

/** The values that the token request must repeat or prove. */
export interface CodeRecord {
  clientKey: string;
  /** Present if the authorization request contained it (RFC 6749 §4.1.3). */
  redirectUri?: string;
  /** An S256 challenge (RFC 7636 §4.4). It is bound to the code until the code is redeemed or expires. */
  codeChallenge?: string;
}

/** The client that presents a code, and the time. */
export interface Presented {
  client: RegisteredClient;
  timing: RequestTiming;
  now: Date;
  /** What the request proves about its sender. */
  proof?: SenderProof;
}

/** An attempt to redeem a code at the token endpoint. */
export interface CodeAttempt extends Presented {
  code: OpaqueToken;
  record: CodeRecord;
  /** True for devices: they poll and may repeat a request before the response arrives, so a second use revokes nothing. */
  mayRepeat?: boolean;
}

interface CodeSuccessors {
  accessToken: AccessTokenDraft;
  /** Issued only if an offline scope was granted. */
  refreshToken?: RefreshTokenDraft;
  /** The session as a hook changed it. */
  session?: GrantSession;
  /** What the access token has in place of the access of the grant. */
  own?: OwnAccess;
}

@Injectable()
export class AuthorizationCodes {
  constructor(
    private readonly statements: Statements,
    private readonly flows: Flows,
    private readonly accessTokens: AccessTokens,
    private readonly uses: RecentUses,
    private readonly events: Events,
    private readonly config: ConfigHolder,
  ) {}

  /** @param grantId 16 bytes */
  mint(grantId: Buffer, now: Date): OpaqueToken & { token: string } {
    return mintToken('code', this.config.current.secrets.system, { at: now, id: grantId });
  }

  /** The record of a new code for the flow store. */
  record(code: string, data: CodeRecord, life: NewRecord['life']): NewRecord {
    return { kind: KIND, handle: code, data, life };
  }

  async store({ kind, handle, data, life }: NewRecord): Promise<void> {
    await this.flows.put(kind, handle, data, life);
  }

  /**
   * Looks up the record of a presented code and does not spend the code.
   * @throws OAuthError invalid_grant for a text that is no code of this server (without a lookup), or for an expired code
   */
  async open(text: string | undefined, presented: Presented): Promise<{ code: OpaqueToken; record: CodeRecord }> {
    const code = text && readToken('code', this.config.current.secrets.system, text);
    if (!code) throw invalidGrant(UNKNOWN);
    // The record of a code never changes, so a record cached in this process is valid.
    const found = this.flows.recall<CodeRecord>(KIND, text)?.record ?? (await this.flows.get<CodeRecord>(KIND, text));
    if (found && found.expiresAt > presented.timing.arrivedAt) return { code, record: found.data };
    await this.endIfReplayed(code, presented);
    throw invalidGrant(UNKNOWN);
  }

  /**
   * Handles a presented code that failed a check. If this is a second use, its grant is revoked (RFC 6749 §4.1.2), whatever
   * else is wrong with the request.
   */
  async endIfReplayed(code: OpaqueToken, presented: Presented): Promise<void> {
    await this.judge(await this.read(code), code, presented);
  }

  /** Whether there is a grant that the code redeems, or has redeemed. */
  async hasGrant(code: OpaqueToken): Promise<boolean> {
    return (await this.read(code)) !== undefined;
  }

  /** The access that a code represents. The code is not spent. @throws OAuthError invalid_grant */
  async describe(attempt: CodeAttempt): Promise<AuthorizedAccess> {
    const row = await this.read(attempt.code);
    if (!row || row.redeemed_at || row.revoked_at) return this.refuse(row, attempt);
    requireKeyOfCode(row, attempt);
    this.uses.sawUnused(attempt.timing);
    return this.access(row, attempt);
  }

  /**
   * Spends the code and issues the tokens, in one statement.
   * @throws OAuthError invalid_grant; a replay revokes the grant; if the session cannot be decrypted, the code is spent.
   * invalid_dpop_proof if a proof is missing or was used before
   * @throws StaleClient
   */
  async redeem(
    attempt: CodeAttempt,
    next: CodeSuccessors,
  ): Promise<{ access: AuthorizedAccess; refreshToken?: string }> {
    const row = await this.claim(attempt, next);
    if (!row?.grant_id) return this.refuse(row, attempt, next.own?.audience);
    const access = { ...this.access(row, attempt), ...next.own };
    return { access, refreshToken: row.chain_id ? next.refreshToken?.token : undefined };
  }

  /** The row that REDEEM_CODE returns, even if the response of the database was lost. */
  private claim(attempt: CodeAttempt, next: CodeSuccessors): Promise<CodeRow | undefined> {
    const { code, timing } = attempt;
    const { bucket, id } = next.accessToken;
    const { statement, values: further } = REDEEM_CODE.of(next.accessToken, scopeLimits(this.config.current));
    const values = [...this.values(attempt, next), ...further];
    return this.uses.decide<CodeRow | undefined>(code.id, timing, {
      send: () => this.accessTokens.withBuckets(next.accessToken, () => this.first(statement, values)),
      isDone: (row) => typeof row?.grant_id === 'string',
      readBack: () => this.first(READ_REDEEMED, [code.id, bucket, id, next.refreshToken?.id ?? null]),
    });
  }

  private read({ id, digest }: OpaqueToken): Promise<CodeRow | undefined> {
    return this.first(READ_CODE, [id, digest]);
  }

  private async first(statement: Statement, values: unknown[]): Promise<CodeRow | undefined> {
    const [row] = await this.statements.run<CodeRow>(statement, values);
    return row;
  }

  /** @param audience what the request asked for in place of all that was granted */
  private async refuse(row: CodeRow | undefined, attempt: CodeAttempt, audience?: readonly string[]): Promise<never> {
    const { client, code } = attempt;
    if (!row) throw invalidGrant(UNKNOWN);
    if (row.client_key === client.key && row.version !== client.version) throw new StaleClient(client.clientId);
    // A proof that is sent again is no second use of the code: whoever repeats a request has no key.
    if (!row.is_first && attempt.proof?.mark) throw attempt.proof.mark.replayed();
    if (!row.redeemed_at && !row.revoked_at) {
      requireKeyOfCode(row, attempt);
      if (audience) requireGranted(audience, row);
    }
    if (!attempt.mayRepeat) await this.judge(row, code, attempt);
    throw invalidGrant(USED);
  }

  /** Revokes the grant of a replayed code. Does nothing if the code is unused, or was redeemed by a concurrent request. */
  private async judge(row: CodeRow | undefined, code: OpaqueToken, { client, timing, now }: Presented): Promise<void> {
    if (!row?.redeemed_at || row.revoked_at) return;
    const recorded = { usedAt: row.redeemed_at, judgedAt: row.judged_at };
    if ((await this.uses.judge(code.id, timing, recorded)) === 'race') return;
    const [ended] = await this.statements.run<EndedRow>(REVOKE_REPLAYED_CODE, [code.id, code.digest, now]);
    if (!ended) return;
    const { subject, grant_id: grantId } = ended;
    this.events.publish({ type: 'code.replayed', at: now, clientId: client.clientId, subject, grantId });
  }

  /** The parameters of REDEEM_CODE, in order. */
  private values(
    { code, client, now }: CodeAttempt,
    { accessToken, refreshToken, session, own = {} }: CodeSuccessors,
  ): unknown[] {
    const { system } = this.config.current.secrets;
    const keep = refreshToken ? keepUntil(refreshToken.expiresAt, accessToken.expiresAt) : accessToken.expiresAt;
    return [
      ...[code.id, code.digest, now, client.key, client.version],
      session ? sealSession(system, inGrant(code.id), session) : null,
      accessToken.expiresAt,
      ...[accessToken.bucket, accessToken.id, accessToken.digest, accessToken.expiresAt],
      ...[refreshToken?.id ?? null, refreshToken?.digest ?? null, refreshToken?.expiresAt ?? null, keep],
      ...confirmationValues(accessToken, client),
      ...[own.audience ?? null, own.session ? sealSession(system, inToken(accessToken), own.session) : null],
    ];
  }

  private access(row: CodeRow, { code }: CodeAttempt): AuthorizedAccess {
    return {
      subject: row.subject,
      ...scopeOfToken(row.scope, row),
      audience: row.audience,
      session: sessionOfGrant(this.config.current.secrets, code.id, row.session),
      grantId: row.grant_id ?? undefined,
      consentId: row.consent_id ?? undefined,
    };
  }
}

/**
 * RFC 9449 §10: a code that is bound to a key is redeemed with a proof of that key.
 * @throws OAuthError invalid_dpop_proof without any proof, invalid_grant with another one; the code is not spent
 */
function requireKeyOfCode({ cnf }: CodeRow, { proof }: CodeAttempt): void {
  const bound = Confirmation.read(cnf);
  if (!bound || bound.equals(proof?.confirmation)) return;
  if (!proof) throw invalidDpopProof('The code is bound to a key: send a proof in the header DPoP.');
  throw invalidGrant('The code is bound to another key than that of the proof.');
}
