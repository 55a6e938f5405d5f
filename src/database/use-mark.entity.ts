import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The mark of a value that may be used once, in the partition of its bucket. Only the statements of UseMarks use it. */
@Entity('use_mark')
export class UseMarkEntity {
  /** The partition, which depends on the expiry. */
  @PrimaryColumn({ type: 'integer' })
  bucket: number;

  /** SHA-256 of the value and its purpose. */
  @PrimaryColumn({ type: 'bytea' })
  digest: Buffer;

  /** Distinguishes a use that is sent again from another use. */
  @Column({ name: 'claimed_by', type: 'uuid', nullable: true })
  claimedBy: string | null;
}
