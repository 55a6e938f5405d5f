import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * A token, a refresh chain or a delegation that was revoked without its grant. What was exchanged from it names it in its
 * lineage, and is inactive from that moment: nothing is searched and changed when something is revoked.
 */
@Entity('ended_source')
export class EndedSourceEntity {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  /** The row is kept as long as the grant, whose chains may go on; null without a grant. */
  @Column({ name: 'grant_id', type: 'uuid', nullable: true })
  grantId: string | null;

  /** The end of the token: no access token that was exchanged from it lives longer. */
  @Column({ name: 'keep_until', type: 'timestamptz' })
  keepUntil: Date;
}
