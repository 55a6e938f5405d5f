import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The identifier that the login app gave a subject for one pairwise client. Owner of the table: SubjectIdentifiers. */
@Entity('forced_subject')
export class ForcedSubjectEntity {
  @PrimaryColumn({ name: 'client_key', type: 'bigint' })
  clientKey: string;

  @PrimaryColumn({ type: 'text' })
  subject: string;

  /** Unique for the client. */
  @Column({ type: 'text' })
  identifier: string;
}
