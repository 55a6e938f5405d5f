/** The Redis of a round, in one of its three shapes. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { RedisServer } from '../../../integration/flow-store/redis-server.js';
import { FaultProxy } from '../fault-proxy.js';
import type { Settings } from '../server-process.js';

const run = promisify(execFile);

export interface FlowRedis {
  /** The section `redis` of the configuration. */
  settingsOf(server: number): Settings;
  /** The networks between the servers and Redis; none where Redis tells clients its addresses. */
  readonly networks: readonly FaultProxy[];
  /** Kills the node with the records, or the master of a part of them; resolves with a function that restores it. */
  kill(): Promise<() => Promise<void>>;
  freeze(): Promise<() => Promise<void> | void>;
  flush(): Promise<void>;
  /** A replica takes over without a failure. Undefined where there are none. */
  failOver?: () => Promise<void>;
  /** Names the masters. Undefined where no replica can take over. */
  masters?: () => Promise<string>;
  remove(): Promise<void>;
}

/** One Redis server; each server of the fleet reaches it through a separate network. */
export class StandaloneRedis implements FlowRedis {
  private constructor(
    private readonly server: RedisServer,
    readonly networks: readonly FaultProxy[],
  ) {}

  static async create(count: number): Promise<StandaloneRedis> {
    const server = await RedisServer.create();
    await server.start();
    const networks = await Promise.all(Array.from({ length: count }, () => FaultProxy.leadingTo(server.port)));
    return new StandaloneRedis(server, networks);
  }

  settingsOf(server: number): Settings {
    return { url: `redis://127.0.0.1:${String(this.networks[server]?.port)}` };
  }

  async kill(): Promise<() => Promise<void>> {
    await this.server.stop();
    return () => this.server.start();
  }

  freeze(): Promise<() => void> {
    this.server.freeze();
    return Promise.resolve(() => {
      this.server.unfreeze();
    });
  }

  flush(): Promise<void> {
    return flushAt(this.server.port);
  }

  async remove(): Promise<void> {
    await Promise.all(this.networks.map((network) => network.close()));
    await this.server.remove();
  }
}

export async function flushAt(port: number): Promise<void> {
  await command(port, 'flushall');
}

/** Sends one command on a separate connection. */
export async function command(port: number, name: string, ...args: string[]): Promise<unknown> {
  const client = new Redis({ port, host: '127.0.0.1', lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await client.call(name, ...args);
  } finally {
    client.disconnect();
  }
}

export async function hasRedis(): Promise<boolean> {
  return run('redis-server', ['--version']).then(
    () => true,
    () => false,
  );
}
