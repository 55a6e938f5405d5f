/**
 * Authorization codes (RFC 6749 §4.1). The code's id is that of its grant, which was born with it; what the token request
 * must repeat travels in the flow store. Being used once is decided by the grant's row, in the statement that issues.
 */
import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { mintToken, type OpaqueToken, readToken } from '../../crypto/opaque-token.js';
import { Statements } from '../../database/statements.js';
import { Events } from '../../events/events.js';
import { Flows, type NewRecord } from '../../flow-store/flows.js';
import { invalidGrant } from '../../protocol/oauth-error.js';
import type { AccessTokenDraft } from './access-token-draft.js';
import { AccessTokens } from './access-tokens.js';
import { type CodeRow, type EndedRow, READ_CODE, REDEEM_CODE, REVOKE_REPLAYED_CODE } from './grant.statements.js';
import { type GrantSession, openSession, sealSession } from './grant-session.js';
import { keepUntil, type RefreshTokenDraft } from './refresh-tokens.js';
import { type Right, StaleClient } from './right.js';

const KIND = 'code';
const UNKNOWN = 'The authorization code is malformed, expired or not valid.';
const USED = 'The authorization code was used before.';

/** What the token request must repeat or prove. */
export interface CodeRecord {
  clientKey: string;
  /** Present where the authorization request named it (RFC 6749 §4.1.3). */
  redirectUri?: string;
  /** S256 (RFC 7636 §4.4). Bound to the code until it is redeemed or expires. */
  codeChallenge?: string;
}

/** By whom and when a code is presented. */
export interface Presented {
  client: RegisteredClient;
  arrivedAt: Date;
  now: Date;
}

/** A code at the token endpoint. */
export interface CodeAttempt extends Presented {
  code: OpaqueToken;
  record: CodeRecord;
  /** Devices poll, and may ask again before they have read an answer: their second use ends nothing. */
  mayRepeat?: boolean;
}

export interface CodeSuccessors {
  accessToken: AccessTokenDraft;
  /** Issued only where an offline scope was granted. */
  refreshToken?: RefreshTokenDraft;
  /** What a hook made of the session. */
  session?: GrantSession;
}

@Injectable()
export class AuthorizationCodes {
  constructor(
    private readonly statements: Statements,
    private readonly flows: Flows,
    private readonly accessTokens: AccessTokens,
    private readonly events: Events,
    private readonly config: ConfigHolder,
  ) {}

  /** @param grantId 16 bytes */
  mint(grantId: Buffer, now: Date): OpaqueToken & { token: string } {
    return mintToken('code', this.config.current.secrets.system, { at: now, id: grantId });
  }

  /** What is to be stored of a new code. */
  record(code: string, data: CodeRecord, life: NewRecord['life']): NewRecord {
    return { kind: KIND, handle: code, data, life };
  }

  async store({ kind, handle, data, life }: NewRecord): Promise<void> {
    await this.flows.put(kind, handle, data, life);
  }

  /**
   * What is known of a presented code; spends nothing.
   * @throws OAuthError invalid_grant for a text that is no code of ours (costs no look-up), or one that is expired
   */
  async open(text: string | undefined, presented: Presented): Promise<{ code: OpaqueToken; record: CodeRecord }> {
    const code = text && readToken('code', this.config.current.secrets.system, text);
    if (!code) throw invalidGrant(UNKNOWN);
    // The record of a code never changes: what this process knows of it is as good as what is stored.
    const found = this.flows.recall<CodeRecord>(KIND, text)?.record ?? (await this.flows.get<CodeRecord>(KIND, text));
    if (found && found.expiresAt > presented.arrivedAt) return { code, record: found.data };
    await this.endIfReplayed(code, presented);
    throw invalidGrant(UNKNOWN);
  }

  /**
   * A presented code that fails a check: where it was redeemed before this request arrived, its grant ends
   * (RFC 6749 §4.1.2), whatever else is wrong with the request.
   */
  async endIfReplayed(code: OpaqueToken, { client: { clientId }, arrivedAt, now }: Presented): Promise<void> {
    const [ended] = await this.statements.run<EndedRow>(REVOKE_REPLAYED_CODE, [code.id, code.digest, arrivedAt, now]);
    if (!ended) return;
    const { subject, grant_id: grantId } = ended;
    this.events.publish({ type: 'code.replayed', at: now, clientId, subject, grantId });
  }

  /** The right behind a code, spending nothing. @throws OAuthError invalid_grant */
  async describe(attempt: CodeAttempt): Promise<Right> {
    const [row] = await this.statements.run<CodeRow>(READ_CODE, [attempt.code.id, attempt.code.digest]);
    if (!row || row.redeemed_at || row.revoked_at) return this.refuse(row, attempt);
    return this.right(row);
  }

  /**
   * Claims the code and issues, in one statement.
   * @throws OAuthError invalid_grant; a replay ends the grant
   * @throws StaleClient
   */
  async redeem(attempt: CodeAttempt, next: CodeSuccessors): Promise<{ right: Right; refreshToken?: string }> {
    const rows = await this.accessTokens.withBucket(next.accessToken.bucket, () =>
      this.statements.run<CodeRow>(REDEEM_CODE, this.values(attempt, next)),
    );
    const [row] = rows;
    if (!row?.grant_id) return this.refuse(row, attempt);
    return { right: this.right(row), refreshToken: row.chain_id ? next.refreshToken?.token : undefined };
  }

  private async refuse(row: CodeRow | undefined, attempt: CodeAttempt): Promise<never> {
    const { client, code, arrivedAt } = attempt;
    if (!row) throw invalidGrant(UNKNOWN);
    if (row.client_key === client.key && row.version !== client.version) throw new StaleClient(client.clientId);
    if (row.redeemed_at && row.redeemed_at < arrivedAt && !attempt.mayRepeat) await this.endIfReplayed(code, attempt);
    throw invalidGrant(USED);
  }

  /** The parameters of REDEEM_CODE, in order. */
  private values(
    { code, client, now }: CodeAttempt,
    { accessToken, refreshToken, session }: CodeSuccessors,
  ): unknown[] {
    const keep = refreshToken ? keepUntil(refreshToken.expiresAt, accessToken.expiresAt) : accessToken.expiresAt;
    return [
      ...[code.id, code.digest, now, client.key, client.version],
      session ? sealSession(this.config.current.secrets.system, session) : null,
      accessToken.expiresAt,
      ...[accessToken.bucket, accessToken.id, accessToken.digest, accessToken.expiresAt],
      ...[refreshToken?.id ?? null, refreshToken?.digest ?? null, refreshToken?.expiresAt ?? null, keep],
    ];
  }

  private right(row: CodeRow): Right {
    return {
      subject: row.subject,
      scope: row.scope,
      audience: row.audience,
      session: openSession(this.config.current.secrets.system, row.session),
      grantId: row.grant_id ?? undefined,
      consentId: row.consent_id ?? undefined,
    };
  }
}
