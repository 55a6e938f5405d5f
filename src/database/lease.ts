import type { Repository } from 'typeorm';
import type { LeaseEntity } from './lease.entity.js';

/**
 * A right that one process has at a time, until a given time: a row of the table `lease`. Unlike an advisory lock it works
 * through a pooler in transaction mode, and it ends by itself when its holder has died.
 */
export class Lease {
  constructor(
    private readonly leases: Repository<LeaseEntity>,
    private readonly name: string,
    /** The holder's id, unique for the process. */
    private readonly holder: string,
  ) {}

  /** Takes or renews the lease for `forMs`. False while another holder has it. */
  async hold(now: Date, forMs: number): Promise<boolean> {
    const until = new Date(now.getTime() + forMs);
    // SQL, because one statement must decide among many that ask at the same moment.
    const rows = await this.leases.query<unknown[]>(
      `insert into lease (name, holder, until) values ($1, $2, $3)
on conflict (name) do update set holder = excluded.holder, until = excluded.until
where lease.holder = excluded.holder or lease.until <= $4
returning name`,
      [this.name, this.holder, until, now],
    );
    return rows.length === 1;
  }

  /** Releases the lease, so that the next holder need not wait for its end. */
  async release(): Promise<void> {
    await this.leases.delete({ name: this.name, holder: this.holder });
  }
}
