import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * An access token, in the partition of its bucket. Only the statements of the hot paths read and write it. They name the
 * partition in their text.
 */
@Entity('access_token')
export class AccessTokenEntity {
  /** The partition, which depends on the expiry. */
  @PrimaryColumn({ type: 'integer' })
  bucket: number;

  /** A UUID v7, which is part of the token. */
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  /** SHA-256 of the token; null for a JWT. */
  @Column({ type: 'bytea', nullable: true })
  digest: Buffer | null;

  /** Not a foreign key: a token of a deleted client is inactive anyway. */
  @Column({ name: 'client_key', type: 'bigint' })
  clientKey: string;

  /** The version of the client when the token was issued; null if an earlier release issued it. */
  @Column({ name: 'client_version', type: 'integer', nullable: true })
  clientVersion: number | null;

  /** Null for a token from client credentials or an assertion. */
  @Column({ name: 'grant_id', type: 'uuid', nullable: true })
  grantId: string | null;

  @Column({ name: 'chain_id', type: 'uuid', nullable: true })
  chainId: string | null;

  @Column({ name: 'chain_generation', type: 'integer', nullable: true })
  chainGeneration: number | null;

  /** Null if the subject is that of the grant, or the client itself. */
  @Column({ type: 'text', nullable: true })
  subject: string | null;

  /** Null if the scope is that of the grant. */
  @Column({ type: 'text', array: true, nullable: true })
  scope: string[] | null;

  /** Null if the audience is that of the grant. */
  @Column({ type: 'text', array: true, nullable: true })
  audience: string[] | null;

  /** The encrypted session; null if it is that of the grant, or if there is none. */
  @Column({ type: 'bytea', nullable: true })
  session: Buffer | null;

  @Column({ name: 'issued_at', type: 'timestamptz' })
  issuedAt: Date;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;

  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true })
  revokedAt: Date | null;

  /** The key or certificate that the token is bound to (see Confirmation); null if there is none. */
  @Column({ type: 'bytea', nullable: true })
  cnf: Buffer | null;

  /**
   * Of an exchanged token: its own id, then the tokens and chains that it was exchanged from, directly or not (see
   * EndedSourceEntity). Null for every other token, and where they are those of the delegation of its chain.
   */
  @Column({ type: 'uuid', array: true, nullable: true })
  lineage: string[] | null;

  /** The clients of those tokens: with one of them the token ends. */
  @Column({ name: 'source_clients', type: 'bigint', array: true, nullable: true })
  sourceClients: string[] | null;

  /** The versions of those clients at the exchange; null where an end of their access tokens does not matter. */
  @Column({ name: 'source_versions', type: 'integer', array: true, nullable: true })
  sourceVersions: (number | null)[] | null;
}
