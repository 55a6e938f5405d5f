import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { ClientEntity } from '../../clients/client.entity.js';

/** A consent of a subject to a client, remembered or not. Owner of the table: Consents. */
@Entity('consent')
export class ConsentEntity {
  /** `consent_request_id`, the request id of every token of its grants. The API writes it as 32 hexadecimal digits. */
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  subject: string;

  @Column({ name: 'client_key', type: 'bigint' })
  clientKey: string;

  @ManyToOne(() => ClientEntity)
  @JoinColumn({ name: 'client_key' })
  client?: ClientEntity;

  @Column({ name: 'login_session_id', type: 'uuid', nullable: true })
  loginSessionId: string | null;

  @Column({ name: 'granted_scope', type: 'text', array: true })
  grantedScope: string[];

  @Column({ name: 'granted_audience', type: 'text', array: true })
  grantedAudience: string[];

  @Column({ type: 'boolean' })
  remember: boolean;

  /** Seconds; 0: forever. */
  @Column({ name: 'remember_for', type: 'integer' })
  rememberFor: number;

  /** The consent request was skipped: the row is neither listed nor remembered. */
  @Column({ type: 'boolean' })
  skip: boolean;

  /** The remembered consent because of which this one was skipped; this row is deleted with it. */
  @Column({ name: 'rests_on', type: 'uuid', nullable: true })
  restsOn: string | null;

  /** A newer remembered consent of subject and client has replaced it: it stays ineffective even if that one is revoked. */
  @Column({ type: 'boolean' })
  superseded: boolean;

  @Column({ name: 'requested_at', type: 'timestamptz' })
  requestedAt: Date;

  @Column({ name: 'handled_at', type: 'timestamptz' })
  handledAt: Date;

  /** End of a remembered consent; null: never. */
  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt: Date | null;

  /** Encrypted ConsentDetails. */
  @Column({ type: 'bytea' })
  details: Buffer;
}
