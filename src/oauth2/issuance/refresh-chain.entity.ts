import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { DelegationEntity } from './delegation.entity.js';

/** A chain of refresh tokens of a grant that replace one another. One row represents all of them and is updated in place. */
@Entity('refresh_chain')
export class RefreshChainEntity {
  /** A UUID v7, which is part of each of its tokens. */
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ name: 'grant_id', type: 'uuid' })
  grantId: string;

  /** The generation of the current token. Access tokens of an earlier generation are inactive. */
  @Column({ type: 'integer' })
  generation: number;

  /** SHA-256 of the current token. */
  @Column({ type: 'bytea' })
  digest: Buffer;

  @Column({ name: 'issued_at', type: 'timestamptz' })
  issuedAt: Date;

  /** The expiry of the current token; null if it never expires. */
  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt: Date | null;

  /** The first use of the previous token, by the clock of the database. */
  @Column({ name: 'previous_used_at', type: 'timestamptz', nullable: true })
  previousUsedAt: Date | null;

  @Column({ name: 'previous_uses', type: 'integer' })
  previousUses: number;

  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true })
  revokedAt: Date | null;

  /** Null if the row is kept for ever. */
  @Column({ name: 'keep_until', type: 'timestamptz', nullable: true })
  keepUntil: Date | null;

  /** The key or certificate that its tokens are bound to (see Confirmation); null if there is none. */
  @Column({ type: 'bytea', nullable: true })
  cnf: Buffer | null;

  /** What an exchange handed on; null if the chain has the whole grant and its client. */
  @Column({ name: 'delegation_id', type: 'uuid', nullable: true })
  delegationId: string | null;

  @ManyToOne(() => DelegationEntity)
  @JoinColumn({ name: 'delegation_id' })
  delegation?: DelegationEntity | null;
}
