import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The import from Hydra. There is one row at most: its target must be empty when it begins. */
@Entity('hydra_import')
export class HydraImportEntity {
  /** The network of Hydra that is imported. */
  @PrimaryColumn({ type: 'uuid' })
  network: string;

  /** The highest migration of the source. */
  @Column({ name: 'source_schema', type: 'text' })
  sourceSchema: string;

  /** The part of the report that is known at the beginning. */
  @Column({ type: 'jsonb' })
  details: unknown;

  @Column({ name: 'begun_at', type: 'timestamptz' })
  begunAt: Date;

  /** Null until everything is imported. */
  @Column({ name: 'finished_at', type: 'timestamptz', nullable: true })
  finishedAt: Date | null;
}
