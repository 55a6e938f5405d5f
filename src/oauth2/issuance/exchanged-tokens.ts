/**
 * Issues exchanged tokens (RFC 8693). They hang on the grant of the subject token, if it has one, and on everything that the
 * token comes from. This class owns the table delegation.
 */
import { Injectable } from '@nestjs/common';
import type { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { decided } from '../../database/decided.js';
import { type Statement, Statements } from '../../database/statements.js';
import type { JsonObject } from '../../protocol/json.js';
import { isUuid } from '../../protocol/uuid.js';
import type { AccessTokenDraft } from './access-token-draft.js';
import { AccessTokens, type TokenWish } from './access-tokens.js';
import { type AuthorizedAccess, StaleClient } from './authorized-access.js';
import {
  EXCHANGE,
  EXCHANGE_LASTING,
  EXCHANGE_LASTING_MARKED,
  EXCHANGE_MARKED,
  type ExchangedRow,
  FIND_GRANTS_OF_SESSION,
  FIND_GRANTS_WITHOUT_SESSION,
  type GrantOfPersonRow,
  READ_EXCHANGED,
} from './exchanged-tokens.statements.js';
import { type GrantSession, inDelegation, inGrant, inToken, sealSession } from './grant-session.js';
import { openSession } from './open-session.js';
import { markValues } from './proof-values.js';
import { type RefreshTokenDraft, RefreshTokens } from './refresh-tokens.js';
import { keepUntil } from './refresh-verdict.js';
import type { TokenSources } from './token-sources.js';

export interface ExchangeOrder {
  access: AuthorizedAccess;
  client: RegisteredClient;
  /** What the subject token comes from, itself included. */
  sources: TokenSources;
  wish: TokenWish;
  /** Present if a refresh token is issued too; without an expiry it never expires. */
  refresh?: { expiresAt?: Date };
}

interface GrantOfPerson {
  id: string;
  consentId: string;
  subject: string;
  session: GrantSession;
}

@Injectable()
export class ExchangedTokens {
  constructor(
    private readonly statements: Statements,
    private readonly accessTokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * One statement checks that everything still lives, and issues.
   * @returns undefined if the subject token has ended meanwhile
   * @throws StaleClient; OAuthError if the proof was used before
   */
  async issue(order: ExchangeOrder): Promise<{ accessToken: AccessTokenDraft; refreshToken?: string } | undefined> {
    const { client, wish, refresh } = order;
    const accessToken = this.accessTokens.draftOf(client, wish);
    const token = refresh && this.refreshTokens.draft(wish.now, refresh.expiresAt);
    const row = await this.write(accessToken, statementOf(accessToken, token), this.values(order, accessToken, token));
    if (!row?.has_client) throw new StaleClient(client.clientId);
    const { mark } = accessToken.proof ?? {};
    if (!row.is_first && mark) throw mark.replayed();
    return row.is_stored ? { accessToken, refreshToken: token?.token } : undefined;
  }

  /** The live grant of the client from which an ID token comes: that of its session, its person and its nonce. */
  async grantOf({ sid, sub, nonce }: JsonObject, client: RegisteredClient): Promise<GrantOfPerson | undefined> {
    const rows = await this.grantRows(sid, sub, client);
    for (const { id, consent_id: consentId, subject, session: sealed } of rows) {
      const session = openSession(this.config.current.secrets, inGrant(id), sealed);
      if (!session || session.subjectIdentifier !== sub) continue;
      if (nonce === undefined || session.nonce === nonce) return { id, consentId, subject, session };
    }
    return undefined;
  }

  private async grantRows(
    sid: JsonObject[string] | undefined,
    sub: JsonObject[string] | undefined,
    { key }: RegisteredClient,
  ): Promise<GrantOfPersonRow[]> {
    const run = (statement: Statement, value: string): Promise<GrantOfPersonRow[]> =>
      this.statements.run<GrantOfPersonRow & Record<string, unknown>>(statement, [key, value]);
    if (sid === undefined) return typeof sub === 'string' ? run(FIND_GRANTS_WITHOUT_SESSION, sub) : [];
    return typeof sid === 'string' && isUuid(sid) ? run(FIND_GRANTS_OF_SESSION, sid) : [];
  }

  private write(draft: AccessTokenDraft, statement: Statement, values: unknown[]): Promise<ExchangedRow | undefined> {
    const first = async (which: Statement, sent: unknown[]): Promise<ExchangedRow | undefined> => {
      const [row] = await this.statements.run<ExchangedRow & Record<string, unknown>>(which, sent);
      return row;
    };
    return decided({
      send: () => this.accessTokens.withBuckets(draft, () => first(statement, values)),
      isDone: (row) => row?.is_stored === true,
      readBack: () => first(READ_EXCHANGED, [draft.bucket, draft.id]),
    });
  }

  /** The parameters of EXCHANGE, in order. */
  private values(
    { access, client, sources }: ExchangeOrder,
    draft: AccessTokenDraft,
    token: RefreshTokenDraft | undefined,
  ): unknown[] {
    const { system } = this.config.current.secrets;
    const { subject, scope, audience, session, grantId } = access;
    const isItself = grantId === undefined && subject === client.clientId;
    return [
      ...[draft.bucket, draft.id, draft.digest, client.key, client.version, grantId ?? null],
      ...[isItself ? null : subject, scope, audience, sealSession(system, inToken(draft), session)],
      ...[draft.issuedAt, draft.expiresAt, draft.proof?.confirmation.bytes ?? null],
      ...[[draft.id, ...sources.lineage], sources.clients, sources.versions],
      ...(token ? [token.id, token.digest, token.expiresAt ?? null, keepUntil(token.expiresAt, draft.expiresAt)] : []),
      ...(token ? [sealSession(system, inDelegation(draft.id), session), access.unlimitedScope ?? scope] : []),
      ...markValues(draft),
    ];
  }
}

function statementOf({ proof }: AccessTokenDraft, token: RefreshTokenDraft | undefined): Statement {
  if (token) return proof?.mark ? EXCHANGE_LASTING_MARKED : EXCHANGE_LASTING;
  return proof?.mark ? EXCHANGE_MARKED : EXCHANGE;
}
