/**
 * Access tokens. They are drafted before the statement that issues them. An opaque token is complete by then; a JWT is
 * signed when its access is known, outside of any transaction: before the statement, or after it if the statement reads
 * the access. This class owns the table access_token.
 */
import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { equalBytes } from '../../crypto/digest.js';
import { mintToken, readToken } from '../../crypto/opaque-token.js';
import { uuidText, uuidV7 } from '../../crypto/random.js';
import { type BucketedTable, Buckets } from '../../database/bucket-partitions.js';
import { bucketOf } from '../../database/buckets.js';
import { isMissingPartition } from '../../database/sql-state.js';
import type { Signer } from '../../keys/signer.js';
import { Confirmation } from '../sender-constraint/confirmation.js';
import type { SenderProof } from '../sender-constraint/sender-proof.js';
import type { AccessTokenDraft } from './access-token-draft.js';
import { AccessTokenRows } from './access-token-rows.js';
import type { ActiveTokenRow, EndedTokenRow, SourceTokenRow, UsedTokenRow } from './access-token.statements.js';
import { type RevokedAccess, type AuthorizedAccess, StaleClient } from './authorized-access.js';
import { EMPTY_SESSION, type GrantSession, inChain, inToken, sealSession } from './grant-session.js';
import { openSession } from './open-session.js';
import { ImportedTokens } from './imported-tokens.js';
import { JwtAccessTokens } from './jwt-access-tokens.js';
import { lifespan } from './lifespans.js';
import { sourcesOf, type TokenSources } from './token-sources.js';

/** An access token that is active now. */
export interface ActiveAccessToken extends AuthorizedAccess {
  /** Empty for a token that belongs to no client. */
  clientId: string;
  clientKey: string;
  /** The claim `aud` of a JWT: its audience, or the default one (RFC 9068 §3), which the client has no permission for. */
  statedAudience?: string[];
  issuedAt: Date;
  expiresAt: Date;
  /** The key or certificate whose possession must be proven with the token. */
  confirmation?: Confirmation;
}

/** An active access token that may be exchanged. */
export interface SourceAccessToken extends ActiveAccessToken {
  /** What a token comes from that is exchanged from it. */
  sources: TokenSources;
}

/** What a request wants of its access token in place of what the client usually gets. */
export interface TokenWish {
  grantType: string;
  now: Date;
  proof?: SenderProof;
  /** The latest expiry. */
  latest?: Date;
  /** Whether it is a JWT whatever the client registered. */
  asJwt?: boolean;
}

interface LocatedToken {
  bucket: number;
  id: string;
  digest?: Buffer;
  audience?: string[];
}

@Injectable()
export class AccessTokens {
  constructor(
    private readonly rows: AccessTokenRows,
    private readonly buckets: Buckets,
    private readonly jwts: JwtAccessTokens,
    private readonly imported: ImportedTokens,
    private readonly config: ConfigHolder,
  ) {}

  draft(client: RegisteredClient, grantType: string, now: Date, proof?: SenderProof): AccessTokenDraft {
    return this.draftOf(client, { grantType, now, proof });
  }

  /** A negative lifespan counts as zero, so that no bucket is created for a past day. */
  draftOf(client: RegisteredClient, { grantType, now, proof, latest, asJwt }: TokenWish): AccessTokenDraft {
    const usual = lifespan(this.config.current, client, grantType, 'access_token');
    const longest = latest ? (latest.getTime() - now.getTime()) / 1000 : usual;
    const seconds = Math.max(Math.min(usual, longest), 0);
    const expiresAt = new Date(now.getTime() + seconds * 1000);
    const bucket = bucketOf(expiresAt, now);
    const common = { bucket, issuedAt: now, expiresAt, expiresIn: Math.floor(seconds), proof };
    if (asJwt || this.isJwt(client)) return { ...common, id: uuidText(uuidV7(now)), digest: null };
    return { ...common, ...mintToken('access_token', this.config.current.secrets.system, { at: now, number: bucket }) };
  }

  /** The text of the token, created as soon as its access is known. @param signer from `prepare` */
  async finish(
    draft: AccessTokenDraft,
    client: RegisteredClient,
    access: AuthorizedAccess,
    signer?: Signer,
  ): Promise<string> {
    return draft.token ?? this.jwts.sign(draft, client, access, signer ?? (await this.jwts.prepare()));
  }

  /**
   * The key that signs a JWT, found before a credential is spent. Undefined for opaque tokens.
   * @param asJwt whether the token is a JWT whatever the client registered
   */
  async prepare(client: RegisteredClient, asJwt = false): Promise<Signer | undefined> {
    return asJwt || this.isJwt(client) ? this.jwts.prepare() : undefined;
  }

  /**
   * Creates and stores a token without a grant. Its text is created first, so that every stored token can be returned.
   * @returns the draft with its text
   * @throws StaleClient; OAuthError if the proof was used before
   */
  async issueWithoutGrant(
    access: AuthorizedAccess,
    { client, grantType, now, proof }: { client: RegisteredClient; grantType: string; now: Date; proof?: SenderProof },
  ): Promise<AccessTokenDraft> {
    const draft = this.draft(client, grantType, now, proof);
    const whole = { ...draft, token: await this.finish(draft, client, access) };
    const { idTokenClaims, accessTokenClaims, authorizationDetails = [] } = access.session;
    const hasClaims = [idTokenClaims, accessTokenClaims, authorizationDetails].some((one) => Object.keys(one).length);
    const row = {
      bucket: draft.bucket,
      id: draft.id,
      digest: draft.digest,
      clientKey: client.key,
      clientVersion: client.version,
      subject: access.subject === client.clientId ? null : access.subject,
      scope: access.scope,
      audience: access.audience,
      session: hasClaims ? sealSession(this.config.current.secrets.system, inToken(draft), access.session) : null,
      issuedAt: draft.issuedAt,
      expiresAt: draft.expiresAt,
      proof,
    };
    const result = await this.withBuckets(draft, () => this.rows.insert(row));
    if (result === 'stale client') throw new StaleClient(client.clientId);
    if (result === 'proof replayed' && proof?.mark) throw proof.mark.replayed();
    return whole;
  }

  /**
   * Runs a statement that inserts a token and the mark of its proof. If a bucket is missing, creates it and runs the
   * statement once more.
   */
  withBuckets<T>({ bucket, proof }: AccessTokenDraft, insert: () => Promise<T>): Promise<T> {
    return this.inBuckets({ access_token: bucket, use_mark: proof?.mark?.bucket }, insert);
  }

  /**
   * The active token, opaque or JWT; undefined for everything else. A malformed text causes no query.
   * @param prove verifies the proof that came with the token, which is one of this server then; it counts if the token is
   * bound to it: the caller compares
   * @throws OAuthError if the proof was used before, and any error of `prove`
   */
  async find(
    token: string,
    now: Date,
    prove?: () => Promise<SenderProof | undefined>,
  ): Promise<ActiveAccessToken | undefined> {
    const located = await this.locate(token, now);
    if (!located) return undefined;
    return this.activated(await this.presented(located, await prove?.()), located, now);
  }

  /** The active tokens, in order, read together; undefined for every text that is none. Proofs of possession do not count. */
  async findSources(tokens: readonly string[], now: Date): Promise<(SourceAccessToken | undefined)[]> {
    const places = await Promise.all(tokens.map((token) => this.locate(token, now)));
    const rows: SourceTokenRow[] = await this.rows.findSources(places.filter((place) => place !== undefined));
    return places.map((place) => {
      const row = rows.find(({ id }) => id === place?.id);
      const active = place && this.activated(row, place, now);
      return row && active ? { ...active, sources: sourcesOf(row) } : undefined;
    });
  }

  /**
   * The client that a token was issued to, even if the token is no longer active. Undefined if the text is no token of
   * this server, or if its row was deleted. The result is no proof of identity.
   */
  async clientOf(token: string): Promise<string | undefined> {
    const opaque = readToken('access_token', this.config.current.secrets.system, token);
    if (opaque) return this.rows.findClient(opaque.number, opaque.id);
    const client = token.startsWith('ey') ? await this.jwts.clientOf(token) : undefined;
    const imported = client === undefined && this.imported.accessToken(token);
    return imported ? this.rows.findClient(imported.bucket, imported.id) : client;
  }

  /** RFC 7009: revokes the token of this client with its grant. Undefined if nothing was revoked. */
  async revoke(token: string, client: RegisteredClient, now: Date): Promise<RevokedAccess | undefined> {
    const located = await this.locate(token, now);
    const row = located && (await this.rows.end(located.bucket, { id: located.id, clientKey: client.key, now }));
    return row && revokedAccess(row, client);
  }

  /** Revokes the token of this client and its refresh chain. Other chains of the grant stay active. */
  async revokeChain(token: string, client: RegisteredClient, now: Date): Promise<RevokedAccess | undefined> {
    const located = await this.locate(token, now);
    const row =
      located && (await this.rows.endWithChain(located.bucket, { id: located.id, clientKey: client.key, now }));
    return row && revokedAccess(row, client);
  }

  /** The place of the token's row; undefined if the token is malformed. */
  private async locate(token: string, now: Date): Promise<LocatedToken | undefined> {
    const opaque = readToken('access_token', this.config.current.secrets.system, token);
    if (opaque) return { bucket: opaque.number, id: opaque.id, digest: opaque.digest };
    const jwt = token.startsWith('ey') ? await this.jwts.locate(token, now) : undefined;
    return jwt ?? this.imported.accessToken(token);
  }

  /** The token in the row, if it is the located one and has not expired. */
  private activated(row: ActiveTokenRow | undefined, located: LocatedToken, now: Date): ActiveAccessToken | undefined {
    if (!row || row.expires_at <= now) return undefined;
    const same = row.digest ? located.digest && equalBytes(row.digest, located.digest) : !located.digest;
    const session = same && this.session(row, located);
    return session ? { ...activeToken(row, session), statedAudience: located.audience } : undefined;
  }

  private async inBuckets<T>(
    needed: Partial<Record<BucketedTable, number | undefined>>,
    insert: () => Promise<T>,
  ): Promise<T> {
    try {
      return await insert();
    } catch (error) {
      if (!isMissingPartition(error)) throw error;
      if (needed.access_token !== undefined) await this.buckets.ensure('access_token', needed.access_token);
      if (needed.use_mark !== undefined) await this.buckets.ensure('use_mark', needed.use_mark);
      return insert();
    }
  }

  private async presented(
    { bucket, id }: { bucket: number; id: string },
    proof?: SenderProof,
  ): Promise<ActiveTokenRow | undefined> {
    if (!proof?.mark) return this.rows.find(bucket, id);
    const { mark, confirmation } = proof;
    const use = (): Promise<UsedTokenRow | undefined> => this.rows.use(bucket, { id, proof, mark });
    const row = await this.inBuckets({ use_mark: mark.bucket }, use);
    if (row && !row.is_first && Confirmation.read(row.cnf)?.equals(confirmation)) throw mark.replayed();
    return row;
  }

  /** A token has its own session if there is no grant, if a hook changed that of the grant, or if it is narrower. */
  private session(
    { session, grant_session, grant_id, delegation_id }: ActiveTokenRow,
    located: { bucket: number; id: string },
  ): GrantSession | undefined {
    const { secrets } = this.config.current;
    if (session) return openSession(secrets, inToken(located), session);
    if (!grant_session || !grant_id) return EMPTY_SESSION;
    return openSession(secrets, inChain(grant_id, delegation_id), grant_session);
  }

  private isJwt(client: RegisteredClient): boolean {
    return (client.metadata.access_token_strategy ?? this.config.current.strategies.access_token) === 'jwt';
  }
}

function activeToken(row: ActiveTokenRow, session: GrantSession): ActiveAccessToken {
  return {
    clientId: row.client_id,
    clientKey: row.client_key,
    subject: row.subject,
    scope: row.scope,
    audience: row.audience,
    session,
    grantId: row.grant_id ?? undefined,
    consentId: row.consent_id ?? undefined,
    issuedAt: row.issued_at,
    expiresAt: row.expires_at,
    confirmation: Confirmation.read(row.cnf),
  };
}

/** A token of the client itself has no subject. */
function revokedAccess(row: EndedTokenRow, { clientId }: RegisteredClient): RevokedAccess {
  return { subject: row.subject ?? clientId, grantId: row.grant_id ?? undefined };
}
