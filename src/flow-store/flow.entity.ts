import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * A record of the flow store where no Redis is configured. The table is UNLOGGED: it is empty after a crash and absent on a
 * standby. Every step is a compare-and-set on a hot path: only SQL statements read and write the table.
 */
@Entity('flow')
export class FlowEntity {
  /** Digest of the handle. */
  @PrimaryColumn({ type: 'bytea' })
  key: Buffer;

  /** Encrypted. */
  @Column({ type: 'bytea' })
  value: Buffer;

  /** Rises with every step. */
  @Column({ type: 'integer' })
  version: number;

  /** Unused by this release; earlier ones wrote it. */
  @Column({ type: 'boolean' })
  claimed: boolean;

  /** When it was polled last and in time, if it ever was. */
  @Column({ name: 'polled_at', type: 'timestamptz', nullable: true })
  polledAt: Date | null;

  /** Milliseconds between two polls, if it was ever polled. */
  @Column({ name: 'poll_interval', type: 'integer', nullable: true })
  pollInterval: number | null;

  /** One hour after the expiry, so that "expired" and "unknown" can be told apart. */
  @Column({ name: 'keep_until', type: 'timestamptz' })
  keepUntil: Date;
}
