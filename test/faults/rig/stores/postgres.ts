/** A primary and a hot standby, with a network for each server that leads to the current primary. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { PostgresNode } from '../../../support/postgres-node.js';
import { FaultProxy } from '../fault-proxy.js';
import { runCommand } from '../server-process.js';
import { PgBouncer } from './pgbouncer.js';
import { Volume } from './volume.js';

const POLL_MS = 30;
const SETTINGS = ['max_wal_size=64MB', 'min_wal_size=32MB', 'shared_buffers=32MB', 'wal_keep_size=48MB'];

export class Postgres {
  private constructor(
    private leading: PostgresNode,
    private following: PostgresNode | undefined,
    readonly networks: readonly FaultProxy[],
    private readonly volume: Volume | undefined,
    private readonly pooled?: { bouncer: PgBouncer; behind: FaultProxy },
  ) {}

  /** Migrates it and waits for the standby. @param count servers that need a network @param pooling whether PgBouncer is in between */
  static async create(count: number, { pooling = false } = {}): Promise<Postgres> {
    const volume = await Volume.mount();
    const primary = await Volume.within(volume, () => PostgresNode.create(SETTINGS));
    await primary.start();
    const { code, output } = await runCommand(['migrate', 'sql', 'up', '--yes', primary.dsn]);
    if (code !== 0) throw new Error(`The migrations failed: ${output}`);
    await primary.stop();
    const standby = await PostgresNode.standbyOf(primary);
    await Promise.all([primary.start(), standby.start()]);
    const behind = pooling ? await FaultProxy.leadingTo(primary.port) : undefined;
    const pooled = behind && { behind, bouncer: await PgBouncer.before(behind.port) };
    const first = pooled?.bouncer.port ?? primary.port;
    const networks = await Promise.all(Array.from({ length: count }, () => FaultProxy.leadingTo(first)));
    const postgres = new Postgres(primary, standby, networks, volume, pooled);
    await postgres.awaitStandby();
    return postgres;
  }

  get primary(): PostgresNode {
    return this.leading;
  }

  get standby(): PostgresNode | undefined {
    return this.following;
  }

  /** Fills the small disk that holds its files, where there is one. */
  get disk(): Volume | undefined {
    return this.volume;
  }

  dsnOf(server: number): string {
    return this.primary.dsnAt(this.networks[server]?.port ?? 0);
  }

  get bouncer(): PgBouncer | undefined {
    return this.pooled?.bouncer;
  }

  /** The address for LISTEN, past PgBouncer. */
  get directDsn(): string | undefined {
    return this.pooled && this.primary.dsnAt(this.pooled.behind.port);
  }

  /** Every address leads there from now on, and open connections are cut. */
  pointAt(node: PostgresNode): void {
    for (const network of this.pooled ? [this.pooled.behind] : this.networks) {
      network.pointAt(node.port);
      network.cut();
    }
  }

  /** The standby takes over, and the former primary is gone. The addresses still lead to the old place. */
  async promote(): Promise<void> {
    const next = this.following;
    if (!next) throw new Error('There is no standby to promote.');
    const old = this.leading;
    await old.kill();
    await next.promote();
    [this.leading, this.following] = [next, undefined];
    await old.remove();
  }

  /** Starts whatever a full disk has ended. */
  async revive(): Promise<void> {
    if (await this.primary.query('select 1').catch(() => undefined)) return;
    await this.primary.kill();
    await this.primary.start();
  }

  /** Adds a new standby, as a copy of the primary that serves meanwhile. */
  async follow(): Promise<void> {
    const standby = await PostgresNode.hotStandbyOf(this.leading);
    await standby.start();
    this.following = standby;
    await this.awaitStandby();
  }

  /** Takes every free connection. Resolves with a function that releases them. */
  async exhaust(): Promise<() => Promise<void>> {
    const held: pg.Client[] = [];
    for (const network of [...this.networks, ...(this.pooled ? [this.pooled.behind] : [])]) network.cut();
    for (;;) {
      const client = new pg.Client({ connectionString: this.primary.dsn });
      client.on('error', () => undefined);
      try {
        await client.connect();
      } catch {
        break;
      }
      held.push(client);
    }
    return async () => {
      await Promise.all(held.map((client) => client.end()));
    };
  }

  async readOnly(on: boolean): Promise<void> {
    await this.primary.query(`alter system set default_transaction_read_only = ${on ? 'on' : 'off'}`);
    await this.primary.query('select pg_reload_conf()');
  }

  async remove(): Promise<void> {
    await Promise.all(this.networks.map((network) => network.close()));
    await this.pooled?.bouncer.remove();
    await this.pooled?.behind.close();
    await Promise.all([this.leading.remove(), this.following?.remove()]);
    await this.volume?.unmount();
  }

  /** From now on no commit is confirmed before the standby has it. */
  private async awaitStandby(): Promise<void> {
    const streaming = `select 1 from pg_stat_replication where state = 'streaming'`;
    while ((await this.primary.query(streaming)).length === 0) await sleep(POLL_MS);
    await this.primary.query(`alter system set synchronous_standby_names = '*'`);
    await this.primary.query('select pg_reload_conf()');
    const isWaitedFor = `select 1 from pg_stat_replication where sync_state = 'sync'`;
    while ((await this.primary.query(isWaitedFor)).length === 0) await sleep(POLL_MS);
  }
}
