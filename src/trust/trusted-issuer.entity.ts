import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An issuer whose assertions are accepted, about one subject or any subject. Owner of the table: TrustedIssuers. */
@Entity('trusted_issuer')
export class TrustedIssuerEntity {
  /** uuid v7: the list is in the order of creation. */
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  /** `iss` of the assertions, and the name of the key set that holds the key. */
  @Column({ type: 'text' })
  issuer: string;

  @Column({ type: 'text' })
  kid: string;

  /** Empty if any subject is accepted. */
  @Column({ type: 'text' })
  subject: string;

  @Column({ name: 'allow_any_subject', type: 'boolean' })
  allowAnySubject: boolean;

  /** The scopes that tokens issued for its assertions may have. */
  @Column({ type: 'text', array: true })
  scope: string[];

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;
}
