import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { ClientEntity } from '../../clients/client.entity.js';

/**
 * A client that waits to be told that the person has answered (CIBA Core §10.2). The row goes when it was told or cannot be
 * told. Owner of the table: Pings.
 */
@Entity('ciba_ping')
export class CibaPingEntity {
  /** uuid v7 */
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ name: 'client_key', type: 'bigint' })
  clientKey: string;

  @ManyToOne(() => ClientEntity)
  @JoinColumn({ name: 'client_key' })
  client?: ClientEntity;

  /** Encrypted Notice. */
  @Column({ type: 'bytea' })
  notice: Buffer;

  @Column({ type: 'integer' })
  attempts: number;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  /** While an attempt is under way: the end of its lease. */
  @Column({ name: 'next_attempt_at', type: 'timestamptz' })
  nextAttemptAt: Date;

  /** The end of the request: then there is nothing to be fetched any more. */
  @Column({ type: 'timestamptz' })
  until: Date;
}
