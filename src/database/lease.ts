import type { DataSource } from 'typeorm';

/**
 * A right that one process has at a time, until a moment: a row of the table `lease`. Unlike an advisory lock it works
 * through a pooler in transaction mode, and ends by itself when its holder is gone.
 */
export class Lease {
  constructor(
    private readonly dataSource: DataSource,
    private readonly name: string,
    /** Who asks: unique for the process. */
    private readonly holder: string,
  ) {}

  /** Takes or renews it for `forMs`. False while another holder has it. */
  async hold(now: Date, forMs: number): Promise<boolean> {
    const until = new Date(now.getTime() + forMs);
    const rows = await this.dataSource.query<unknown[]>(
      `insert into lease (name, holder, until) values ($1, $2, $3)
on conflict (name) do update set holder = excluded.holder, until = excluded.until
where lease.holder = excluded.holder or lease.until <= $4
returning name`,
      [this.name, this.holder, until, now],
    );
    return rows.length === 1;
  }

  /** Gives it up, so that the next one need not wait for its end. */
  async release(): Promise<void> {
    await this.dataSource.query('delete from lease where name = $1 and holder = $2', [this.name, this.holder]);
  }
}
