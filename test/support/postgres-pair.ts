/** A primary and its hot standby, both real, behind an address that can be pointed at either. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { openMigrator } from '../../src/database/migrations.js';
import { freePort } from './free-ports.js';
import { PostgresNode } from './postgres-node.js';

const POLL_MS = 20;

/** A TCP address that leads to one of several ports, like a name or a virtual address in front of a cluster. */
export class MovableAddress {
  private readonly open = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
    private target: number,
  ) {}

  static async leadingTo(target: number): Promise<MovableAddress> {
    const server = createServer();
    const address = new MovableAddress(server, await freePort(), target);
    server.on('connection', (socket) => {
      address.join(socket);
    });
    await new Promise<void>((resolve) => server.listen(address.port, '127.0.0.1', resolve));
    return address;
  }

  /** New connections go to this port; existing ones stay where they are. */
  pointAt(target: number): void {
    this.target = target;
  }

  /** Cuts the open connections. */
  cut(): void {
    for (const socket of this.open) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(near: Socket): void {
    const far = connect(this.target, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.open.add(one);
      one.setNoDelay(true);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }
}

export interface PairOptions {
  /** No commit is confirmed before the standby has it. */
  synchronous?: boolean;
  /** Lines for the postgresql.conf of both. */
  settings?: readonly string[];
}

export class PostgresPair {
  private constructor(
    readonly primary: PostgresNode,
    readonly standby: PostgresNode,
    readonly address: MovableAddress,
  ) {}

  /** Starts both, migrates the schema, and waits for the standby. The address leads to the primary. */
  static async create({ synchronous = false, settings = [] }: PairOptions = {}): Promise<PostgresPair> {
    const primary = await PostgresNode.create(settings);
    await primary.start();
    const migrator = await openMigrator(primary.dsn);
    await migrator.up();
    await migrator.close();
    await primary.stop();
    const standby = await PostgresNode.standbyOf(primary);
    await Promise.all([primary.start(), standby.start()]);
    const pair = new PostgresPair(primary, standby, await MovableAddress.leadingTo(primary.port));
    await pair.inStep();
    if (synchronous) {
      await primary.query(`alter system set synchronous_standby_names = '*'`);
      await primary.query('select pg_reload_conf()');
    }
    return pair;
  }

  /** A query through the address. */
  get dsn(): string {
    return this.primary.dsnAt(this.address.port);
  }

  /** Resolves when the standby has applied what the primary has written. */
  async inStep(): Promise<void> {
    const [written] = await this.primary.query<{ at: string }>('select pg_current_wal_lsn() as at');
    const reached = async (): Promise<boolean> => {
      const text = 'select pg_wal_lsn_diff(pg_last_wal_replay_lsn(), $1) >= 0 as reached';
      const [row] = await this.standby.query<{ reached: boolean | null }>(text, [written?.at]);
      return row?.reached === true;
    };
    while (!(await reached())) await sleep(POLL_MS);
  }

  async remove(): Promise<void> {
    await this.address.close();
    await Promise.all([this.standby.remove(), this.primary.remove()]);
  }
}
