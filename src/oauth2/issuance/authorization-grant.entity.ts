import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { ClientEntity } from '../../clients/client.entity.js';
import { ConsentEntity } from '../../consent/consents/consent.entity.js';

/** An authorization of a client, with its code, refresh chains and tokens. It is deleted with its client or consent. */
@Entity('authorization_grant')
export class AuthorizationGrantEntity {
  /** A UUID v7. */
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ name: 'client_key', type: 'bigint' })
  clientKey: string;

  @ManyToOne(() => ClientEntity)
  @JoinColumn({ name: 'client_key' })
  client?: ClientEntity;

  @Column({ name: 'consent_id', type: 'uuid', nullable: true })
  consentId: string | null;

  @ManyToOne(() => ConsentEntity)
  @JoinColumn({ name: 'consent_id' })
  consent?: ConsentEntity | null;

  /** The subject as the client knows it: a pairwise one if the client uses pairwise subjects. */
  @Column({ type: 'text' })
  subject: string;

  @Column({ type: 'text', array: true })
  scope: string[];

  @Column({ type: 'text', array: true })
  audience: string[];

  /** The encrypted claims of its tokens. */
  @Column({ type: 'bytea' })
  session: Buffer;

  /** SHA-256 of the code; null if the grant began without a code. */
  @Column({ name: 'code_digest', type: 'bytea', nullable: true })
  codeDigest: Buffer | null;

  @Column({ name: 'code_expires_at', type: 'timestamptz', nullable: true })
  codeExpiresAt: Date | null;

  /** The time when the code was used, by the clock of the database. */
  @Column({ name: 'redeemed_at', type: 'timestamptz', nullable: true })
  redeemedAt: Date | null;

  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true })
  revokedAt: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  /** The latest expiry of its codes and tokens, refresh chains aside. */
  @Column({ name: 'keep_until', type: 'timestamptz' })
  keepUntil: Date;

  /** The key or certificate that the code is bound to (see Confirmation); null if there is none. */
  @Column({ type: 'bytea', nullable: true })
  cnf: Buffer | null;
}
