import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A right that one process has until a given time. Owner of the table: Lease. */
@Entity('lease')
export class LeaseEntity {
  @PrimaryColumn({ type: 'text' })
  name: string;

  /** Unique for the process. */
  @Column({ type: 'text' })
  holder: string;

  @Column({ type: 'timestamptz' })
  until: Date;
}
