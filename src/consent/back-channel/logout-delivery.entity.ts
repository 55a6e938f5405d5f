import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { ClientEntity } from '../../clients/client.entity.js';

export type DeliveryChannel = 'back_channel' | 'identity_provider';

/** `expired`: given up after the configured time. */
export const DELIVERY_STATES = ['pending', 'delivered', 'failed', 'expired'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** The notification of one receiver that a session has ended. Owner of the table: LogoutDeliveries. */
@Entity('logout_delivery')
export class LogoutDeliveryEntity {
  /** uuid v7 */
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  channel: DeliveryChannel;

  /** Null: the receiver is the identity provider. */
  @Column({ name: 'client_key', type: 'bigint', nullable: true })
  clientKey: string | null;

  @ManyToOne(() => ClientEntity)
  @JoinColumn({ name: 'client_key' })
  client?: ClientEntity | null;

  /** No foreign key: the row of the session is deleted. */
  @Column({ name: 'login_session_id', type: 'uuid' })
  loginSessionId: string;

  @Column({ type: 'text' })
  subject: string;

  @Column({ name: 'identity_provider_session_id', type: 'text', nullable: true })
  identityProviderSessionId: string | null;

  @Column({ type: 'text' })
  state: DeliveryState;

  @Column({ type: 'integer' })
  attempts: number;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  /** While an attempt is under way: the end of its lease. */
  @Column({ name: 'next_attempt_at', type: 'timestamptz' })
  nextAttemptAt: Date;

  @Column({ name: 'last_attempt_at', type: 'timestamptz', nullable: true })
  lastAttemptAt: Date | null;

  @Column({ name: 'finished_at', type: 'timestamptz', nullable: true })
  finishedAt: Date | null;

  /** HTTP status of the last response. */
  @Column({ name: 'response_status', type: 'integer', nullable: true })
  responseStatus: number | null;

  @Column({ type: 'text', nullable: true })
  failure: string | null;
}
