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

  /** Only a remembered session allows to skip a later login. */
  @Column({ type: 'boolean' })
  remember: boolean;

  @Column({ name: 'identity_provider_session_id', type: 'text', nullable: true })
  identityProviderSessionId: string | null;

  /** The end by `remember_for`, which the server itself enforces. */
  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;

  /** The cookie has no maximum age: the browser deletes it when it is closed. */
  @Column({ name: 'until_browser_closed', type: 'boolean' })
  untilBrowserClosed: boolean;

  /** How the person logged in; stored only while the configuration enables step-up or the parameter `claims`. */
  @Column({ type: 'text', nullable: true })
  acr: string | null;

  @Column({ type: 'text', array: true, nullable: true })
  amr: string[] | null;

  /** `User-Agent` of the person's browser, if the login app sent it. */
  @Column({ name: 'user_agent', type: 'text', nullable: true })
  userAgent: string | null;

  /** The place of the login as the login app described it. */
  @Column({ type: 'text', nullable: true })
  address: string | null;

  /** The time of the last skipped login, to the minute; null: never. */
  @Column({ name: 'last_used_at', type: 'timestamptz', nullable: true })
  lastUsedAt: Date | null;
}
