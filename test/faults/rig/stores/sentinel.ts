/** A master with two replicas, watched by three Sentinels. */
import { setTimeout as sleep } from 'node:timers/promises';
import { RedisServer } from '../../../integration/flow-store/redis-server.js';
import type { FaultProxy } from '../fault-proxy.js';
import type { Settings } from '../server-process.js';
import { command, flushAt, type FlowRedis } from './redis.js';

const NAME = 'flows';
const SENTINELS = 3;
const REPLICAS = 2;
const POLL_MS = 100;
/** Longer than a machine under load lets a healthy master wait: only faults of the round cause a fail-over. */
const DOWN_AFTER_MS = 3_000;

export class SentinelRedis implements FlowRedis {
  readonly networks: readonly FaultProxy[] = [];

  private constructor(
    private readonly nodes: readonly RedisServer[],
    private readonly sentinels: readonly RedisServer[],
  ) {}

  static async create(): Promise<SentinelRedis> {
    const master = await RedisServer.create();
    await master.start();
    const following = ['--replicaof', '127.0.0.1', String(master.port), '--repl-diskless-sync-delay', '0'];
    const replicas = await Promise.all(Array.from({ length: REPLICAS }, () => RedisServer.create(...following)));
    await Promise.all(replicas.map((replica) => replica.start()));
    const sentinels = await Promise.all(Array.from({ length: SENTINELS }, () => RedisServer.create()));
    await Promise.all(sentinels.map((sentinel) => sentinel.startAsSentinelOf(master, DOWN_AFTER_MS)));
    const redis = new SentinelRedis([master, ...replicas], sentinels);
    await redis.awaitReplicas();
    return redis;
  }

  settingsOf(): Settings {
    return { sentinel: { name: NAME, addresses: this.sentinels.map(({ port }) => `127.0.0.1:${String(port)}`) } };
  }

  async kill(): Promise<() => Promise<void>> {
    const master = await this.master();
    await master.stop();
    return async () => {
      while ((await this.masterPort()) === master.port) await sleep(POLL_MS);
      await master.start(); // the Sentinels make it a replica
      await this.awaitReplicas();
    };
  }

  async freeze(): Promise<() => Promise<void>> {
    const master = await this.master();
    master.freeze();
    return () => {
      master.unfreeze();
      return this.awaitReplicas();
    };
  }

  async flush(): Promise<void> {
    await flushAt((await this.master()).port);
  }

  async failOver(): Promise<void> {
    const { port } = await this.master();
    await command(this.watcher.port, 'SENTINEL', 'FAILOVER', NAME);
    while ((await this.masterPort()) === port) await sleep(POLL_MS);
  }

  async masters(): Promise<string> {
    const named = this.sentinels.map(({ port }) => command(port, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME));
    return JSON.stringify(await Promise.all(named));
  }

  async remove(): Promise<void> {
    await Promise.all([...this.sentinels, ...this.nodes].map((server) => server.remove()));
  }

  private get watcher(): RedisServer {
    const [first] = this.sentinels;
    if (!first) throw new Error('There is no Sentinel.');
    return first;
  }

  private async master(): Promise<RedisServer> {
    const port = await this.masterPort();
    const found = this.nodes.find((node) => node.port === port);
    if (!found) throw new Error(`The Sentinels name port ${String(port)}, which is not one of the test.`);
    return found;
  }

  private async masterPort(): Promise<number> {
    const [, port] = (await command(this.watcher.port, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME)) as string[];
    return Number(port);
  }

  /** Resolves when the Sentinels know one another and replicas that can take over. */
  private async awaitReplicas(): Promise<void> {
    for (;;) {
      const masters = (await command(this.watcher.port, 'SENTINEL', 'MASTER', NAME)) as string[];
      const value = (name: string): string => masters[masters.indexOf(name) + 1] ?? '';
      const known = Number(value('num-slaves')) >= REPLICAS && Number(value('num-other-sentinels')) >= SENTINELS - 1;
      const info = await command(Number(value('port')), 'INFO', 'replication').catch(() => '');
      const following = String(info).split('state=online').length - 1;
      if (known && value('flags') === 'master' && following >= REPLICAS) return;
      await sleep(POLL_MS);
    }
  }
}
