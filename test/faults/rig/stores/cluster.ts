/** A Redis Cluster of three masters, each with a replica. */
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { RedisServer } from '../../../integration/flow-store/redis-server.js';
import type { FaultProxy } from '../fault-proxy.js';
import type { Settings } from '../server-process.js';
import { command, flushAt, type FlowRedis } from './redis.js';

const run = promisify(execFile);
const NODES = 6;
const MASTERS = 3;
const POLL_MS = 100;
/** Longer than a machine under load lets a healthy node wait: only faults of the round cause a fail-over. */
const NODE_TIMEOUT_MS = 4_000;

interface Member {
  port: number;
  isMaster: boolean;
  isWell: boolean;
}

export class ClusterRedis implements FlowRedis {
  readonly networks: readonly FaultProxy[] = [];

  private constructor(
    private readonly nodes: readonly RedisServer[],
    private readonly pick: <T>(list: readonly T[]) => T,
  ) {}

  /** @param pick chooses the master for a fault */
  static async create(pick: <T>(list: readonly T[]) => T): Promise<ClusterRedis> {
    const settings = [
      '--cluster-enabled',
      'yes',
      ...['--cluster-node-timeout', String(NODE_TIMEOUT_MS)],
      '--repl-diskless-sync-delay',
      '0',
    ];
    const nodes = await Promise.all(Array.from({ length: NODES }, () => RedisServer.create(...settings)));
    await Promise.all(nodes.map((node) => node.start()));
    const addresses = nodes.map(({ port }) => `127.0.0.1:${String(port)}`);
    await run('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-replicas', '1', '--cluster-yes']);
    const cluster = new ClusterRedis(nodes, pick);
    await cluster.awaitWhole();
    return cluster;
  }

  settingsOf(): Settings {
    return { cluster: this.nodes.map(({ port }) => `127.0.0.1:${String(port)}`) };
  }

  async kill(): Promise<() => Promise<void>> {
    const master = await this.aMaster();
    await master.stop();
    return async () => {
      await this.awaitWhole(NODES - 1); // its replica has taken over
      await master.start();
      await this.awaitWhole();
    };
  }

  async freeze(): Promise<() => Promise<void>> {
    const master = await this.aMaster();
    master.freeze();
    return () => {
      master.unfreeze();
      return this.awaitWhole();
    };
  }

  async flush(): Promise<void> {
    const members = await this.members();
    for (const { port } of members.filter(({ isMaster }) => isMaster)) await flushAt(port);
  }

  async failOver(): Promise<void> {
    const replicas = (await this.members()).filter(({ isMaster }) => !isMaster);
    const { port } = this.pick(replicas);
    await command(port, 'CLUSTER', 'FAILOVER');
    while (!(await this.members()).some((member) => member.port === port && member.isMaster)) await sleep(POLL_MS);
  }

  async masters(): Promise<string> {
    const masters = (await this.members()).filter(({ isMaster }) => isMaster);
    return masters
      .map(({ port }) => port)
      .sort((a, b) => a - b)
      .join(' '); // each node has an order of its own
  }

  async remove(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.remove()));
  }

  private async aMaster(): Promise<RedisServer> {
    const masters = (await this.members()).filter(({ isMaster, isWell }) => isMaster && isWell);
    const { port } = this.pick(masters);
    const found = this.nodes.find((node) => node.port === port);
    if (!found) throw new Error(`No node of the test listens on ${String(port)}.`);
    return found;
  }

  /** The view of the first node that answers. */
  private async members(): Promise<Member[]> {
    for (const { port } of this.nodes) {
      const text = await within(command(port, 'CLUSTER', 'NODES'));
      if (typeof text !== 'string') continue;
      const lines = text.trim().split('\n');
      return lines.map((line) => {
        const [, address = '', flags = '', , , , , state] = line.split(' ');
        return {
          port: Number(/:(\d+)@/.exec(address)?.[1]),
          isMaster: flags.includes('master'),
          isWell: !flags.includes('fail') && state === 'connected',
        };
      });
    }
    return [];
  }

  /** Resolves when every slot is served and all nodes are present. */
  private async awaitWhole(nodes = NODES): Promise<void> {
    for (;;) {
      const members = await this.members();
      const well = members.filter(({ isWell }) => isWell);
      const masters = well.filter(({ isMaster }) => isMaster);
      const [first] = masters;
      const info = first && (await within(command(first.port, 'CLUSTER', 'INFO')));
      const isOk = String(info).includes('cluster_state:ok');
      if (isOk && well.length >= nodes && masters.length >= MASTERS && (await this.isInStep(masters, nodes))) return;
      await sleep(POLL_MS);
    }
  }

  /** Whether each replica follows its master, so that it could take over. */
  private async isInStep(masters: readonly Member[], nodes: number): Promise<boolean> {
    const said = await Promise.all(masters.map(({ port }) => within(command(port, 'INFO', 'replication'))));
    return said.join('').split('state=online').length - 1 >= nodes - masters.length;
  }
}

/** A frozen node never answers. */
function within(asked: Promise<unknown>): Promise<unknown> {
  return Promise.race([asked.catch(() => undefined), sleep(1_000)]);
}
