import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How far the import of one table of Hydra is. */
@Entity('hydra_import_table')
export class HydraImportTableEntity {
  /** The name of the table at Hydra. */
  @PrimaryColumn({ type: 'text' })
  name: string;

  /** The last key that was read; null before the first one. */
  @Column({ type: 'text', nullable: true })
  place: string | null;

  @Column({ type: 'bigint', default: 0 })
  imported: string;

  /** The number of rows for each reason. */
  @Column({ type: 'jsonb', default: {} })
  adapted: Record<string, number>;

  /** The number of rows for each reason. */
  @Column({ name: 'left_out', type: 'jsonb', default: {} })
  leftOut: Record<string, number>;

  /** When the last imported credential of the table ends; infinity where one has no end, null where there is none. */
  @Column({ name: 'live_until', type: 'timestamptz', nullable: true })
  liveUntil: Date | number | null;

  @Column({ type: 'boolean', default: false })
  finished: boolean;
}
