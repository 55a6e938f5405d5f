import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A login of a subject; its id is the `sid` of ID tokens. Owner of the table: LoginSessions. */
@Entity('login_session')
export class LoginSessionEntity {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  subject: string;

  @Column({ name: 'authenticated_at', type: 'timestamptz' })
  authenticatedAt: Date;

  /** Only a remembered session lets a later login be skipped. */
  @Column({ type: 'boolean' })
  remember: boolean;

  @Column({ name: 'identity_provider_session_id', type: 'text', nullable: true })
  identityProviderSessionId: string | null;

  /** Follows `remember_for`: the server itself honours it. */
  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;

  /** Of the person's browser, where the login app passed it. */
  @Column({ name: 'user_agent', type: 'text', nullable: true })
  userAgent: string | null;

  /** Where the person logged in from, in the words of the login app. */
  @Column({ type: 'text', nullable: true })
  address: string | null;

  /** When a login was last skipped with it, to the minute; null: never. */
  @Column({ name: 'last_used_at', type: 'timestamptz', nullable: true })
  lastUsedAt: Date | null;
}
