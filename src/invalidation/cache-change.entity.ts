import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A change of a cached row: triggers write it, processes that poll read it. */
@Entity('cache_change')
export class CacheChangeEntity {
  /** The id of the transaction: an `xid8`, which TypeORM does not know. Its text has the form of a bigint. */
  @PrimaryColumn({ type: 'bigint' })
  xact: string;

  @PrimaryColumn({ type: 'text' })
  kind: string;

  @PrimaryColumn({ type: 'text' })
  id: string;

  @Column({ name: 'changed_at', type: 'timestamptz' })
  changedAt: Date;
}
