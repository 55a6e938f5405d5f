import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a subject granted to a client, remembered or not. Owner of the table: Consents. */
@Entity('consent')
export class ConsentEntity {
  /** `consent_request_id`: the request id of every token of its grants. On the wire 32 hexadecimal digits. */
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  subject: string;

  @Column({ name: 'client_key', type: 'bigint' })
  clientKey: string;

  @Column({ name: 'login_session_id', type: 'uuid', nullable: true })
  loginSessionId: string | null;

  @Column({ name: 'granted_scope', type: 'text', array: true })
  grantedScope: string[];

  @Column({ name: 'granted_audience', type: 'text', array: true })
  grantedAudience: string[];

  @Column({ type: 'boolean' })
  remember: boolean;

  /** Seconds; 0: for ever. */
  @Column({ name: 'remember_for', type: 'integer' })
  rememberFor: number;

  /** Given on a skipped consent request: neither listed nor remembered. */
  @Column({ type: 'boolean' })
  skip: boolean;

  @Column({ name: 'requested_at', type: 'timestamptz' })
  requestedAt: Date;

  @Column({ name: 'handled_at', type: 'timestamptz' })
  handledAt: Date;

  /** End of a remembered consent; null: never. */
  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt: Date | null;

  /** Sealed ConsentDetails. */
  @Column({ type: 'bytea' })
  details: Buffer;
}
