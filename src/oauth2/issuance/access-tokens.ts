/**
 * Access tokens: drafted before the statement that issues them, finished after it. An opaque token is whole when it is
 * drafted; a JWT is signed when the right is known, outside of any transaction. Owner of the table access_token.
 */
import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { equalBytes } from '../../crypto/digest.js';
import { mintToken, readToken } from '../../crypto/opaque-token.js';
import { uuidText, uuidV7 } from '../../crypto/random.js';
import { Buckets } from '../../database/bucket-keeper.js';
import { bucketOf } from '../../database/buckets.js';
import { isMissingPartition } from '../../database/sql-state.js';
import type { AccessTokenDraft } from './access-token-draft.js';
import { AccessTokenRows } from './access-token-rows.js';
import type { ActiveTokenRow, EndedTokenRow } from './access-token.statements.js';
import { openSession, sealSession } from './grant-session.js';
import { JwtAccessTokens } from './jwt-access-tokens.js';
import { type EndedRight, type Right, StaleClient } from './right.js';

/** An access token that is active now. */
export interface ActiveAccessToken extends Right {
  clientId: string;
  clientKey: string;
  issuedAt: Date;
  expiresAt: Date;
}

@Injectable()
export class AccessTokens {
  constructor(
    private readonly rows: AccessTokenRows,
    private readonly buckets: Buckets,
    private readonly jwts: JwtAccessTokens,
    private readonly config: ConfigHolder,
  ) {}

  /** @param lifetime seconds; below zero it is none: no bucket is made for a day that is over */
  draft(client: RegisteredClient, now: Date, lifetime: number): AccessTokenDraft {
    const seconds = Math.max(lifetime, 0);
    const expiresAt = new Date(now.getTime() + seconds * 1000);
    const bucket = bucketOf(expiresAt, now);
    const common = { bucket, issuedAt: now, expiresAt, expiresIn: Math.floor(seconds) };
    if (this.isJwt(client)) return { ...common, id: uuidText(uuidV7(now)), digest: null };
    return { ...common, ...mintToken('access_token', this.config.current.secrets.system, { at: now, number: bucket }) };
  }

  /** The text that the client gets. Call it after the statement has committed. */
  finish(draft: AccessTokenDraft, client: RegisteredClient, right: Right): Promise<string> {
    return draft.token ? Promise.resolve(draft.token) : this.jwts.sign(draft, client, right);
  }

  /** Whatever a JWT needs before its right is spent: a signing key that opens. */
  async prepare(client: RegisteredClient): Promise<void> {
    if (this.isJwt(client)) await this.jwts.prepare();
  }

  /**
   * Stores a token without a grant.
   * @throws StaleClient
   */
  async issueWithoutGrant(draft: AccessTokenDraft, client: RegisteredClient, right: Right): Promise<void> {
    const { idTokenClaims, accessTokenClaims } = right.session;
    const hasClaims = Object.keys(idTokenClaims).length + Object.keys(accessTokenClaims).length > 0;
    const row = {
      bucket: draft.bucket,
      id: draft.id,
      digest: draft.digest,
      clientKey: client.key,
      clientVersion: client.version,
      subject: right.subject === client.clientId ? null : right.subject,
      scope: right.scope,
      audience: right.audience,
      session: hasClaims ? sealSession(this.config.current.secrets.system, right.session) : null,
      issuedAt: draft.issuedAt,
      expiresAt: draft.expiresAt,
    };
    const stored = await this.withBucket(draft.bucket, () => this.rows.insert(row));
    if (!stored) throw new StaleClient(client.clientId);
  }

  /** Runs a statement that inserts a token, and once more after its bucket was made where it was missing. */
  async withBucket<T>(bucket: number, insert: () => Promise<T>): Promise<T> {
    try {
      return await insert();
    } catch (error) {
      if (!isMissingPartition(error)) throw error;
      await this.buckets.ensure('access_token', bucket);
      return insert();
    }
  }

  /** The token where it is active, opaque or JWT; undefined for everything else. Garbage costs no SQL. */
  async find(token: string, now: Date): Promise<ActiveAccessToken | undefined> {
    const located = await this.locate(token, now);
    if (!located) return undefined;
    const row = await this.rows.find(located.bucket, located.id);
    if (!row || row.expires_at <= now) return undefined;
    const same = row.digest ? located.digest && equalBytes(row.digest, located.digest) : !located.digest;
    return same ? this.active(row) : undefined;
  }

  /** RFC 7009: ends the token of this client, with the grant it hangs on. Undefined where nothing ended by it. */
  async revoke(token: string, client: RegisteredClient, now: Date): Promise<EndedRight | undefined> {
    const located = await this.locate(token, now);
    const row = located && (await this.rows.end(located.bucket, { id: located.id, clientKey: client.key, now }));
    return row && endedRight(row, client);
  }

  /** Ends the token of this client and its refresh chain; other branches of the grant live on. */
  async revokeChain(token: string, client: RegisteredClient, now: Date): Promise<EndedRight | undefined> {
    const located = await this.locate(token, now);
    const row =
      located && (await this.rows.endWithChain(located.bucket, { id: located.id, clientKey: client.key, now }));
    return row && endedRight(row, client);
  }

  /** Where the row of a token lies; undefined where its own form is wrong. */
  private async locate(token: string, now: Date): Promise<{ bucket: number; id: string; digest?: Buffer } | undefined> {
    const opaque = readToken('access_token', this.config.current.secrets.system, token);
    if (opaque) return { bucket: opaque.number, id: opaque.id, digest: opaque.digest };
    return token.startsWith('ey') ? this.jwts.locate(token, now) : undefined;
  }

  private active(row: ActiveTokenRow): ActiveAccessToken {
    return {
      clientId: row.client_id,
      clientKey: row.client_key,
      subject: row.subject,
      scope: row.scope,
      audience: row.audience,
      session: openSession(this.config.current.secrets.system, row.session),
      grantId: row.grant_id ?? undefined,
      consentId: row.consent_id ?? undefined,
      issuedAt: row.issued_at,
      expiresAt: row.expires_at,
    };
  }

  private isJwt(client: RegisteredClient): boolean {
    return (client.metadata.access_token_strategy ?? this.config.current.strategies.access_token) === 'jwt';
  }
}

/** A token of the client's own has no subject beside it. */
function endedRight(row: EndedTokenRow, { clientId }: RegisteredClient): EndedRight {
  return { subject: row.subject ?? clientId, grantId: row.grant_id ?? undefined };
}
