/**
 * Leaves a master that Sentinel has replaced. Errors alone do not show it: after a planned fail-over the old master accepts
 * writes for about ten more seconds, and after a partition for as long as Sentinel cannot reach it. It discards these writes
 * when it becomes a replica, and processes that have connected to the new master do not see them.
 */
import { Redis, type RedisOptions } from 'ioredis';

const ASK_EVERY_MS = 500;
/** Where the client is told a replaced master again and again, it leaves less and less often: up to 64 seconds apart. */
const MAX_DOUBLINGS = 7;

/** What one Sentinel says. */
export interface SentinelView {
  /** `host:port` of the master. */
  master: string;
  /** Grows with every fail-over: where Sentinels differ, the one with the highest epoch is right. */
  epoch: number;
}

export class SentinelWatch {
  private readonly views = new Map<Redis, SentinelView>();
  private sentinels: Redis[] = [];
  private timer: NodeJS.Timeout | undefined;
  /** The master that the client was told when it connected last. */
  private told: string | undefined;
  /** How often the client has left since it was told the right master. */
  private leaves = 0;
  private leaveAtTick = 0;

  /** @param endpoints the options of a connection to each Sentinel */
  constructor(
    private readonly name: string,
    private readonly endpoints: readonly RedisOptions[],
  ) {}

  /** The option `natMap` of the client, which gets each address that ioredis is about to use: the master comes last. */
  readonly natMap = (address: string): null => {
    this.told = address;
    return null;
  };

  /** Watches from the first connection of the client until it is closed. */
  follow(client: Redis): void {
    client.once('ready', () => {
      this.sentinels = this.endpoints.map(connect);
      this.timer = setInterval(() => void this.look(client), ASK_EVERY_MS).unref();
    });
    client.once('end', () => {
      clearInterval(this.timer);
      for (const sentinel of this.sentinels) sentinel.disconnect();
    });
  }

  private async look(client: Redis): Promise<void> {
    await Promise.all(
      this.sentinels.map(async (sentinel) => {
        const view = await viewOf(sentinel, this.name);
        if (view) this.views.set(sentinel, view);
        else this.views.delete(sentinel);
        this.judge(client);
      }),
    );
  }

  private judge(client: Redis): void {
    if (client.status !== 'ready') return; // it is closing, or about to ask a Sentinel by itself
    if (!isReplaced(this.told, [...this.views.values()])) {
      this.leaves = 0;
      this.leaveAtTick = 0;
    } else if (performance.now() >= this.leaveAtTick) {
      this.leaveAtTick = performance.now() + ASK_EVERY_MS * 2 ** Math.min(this.leaves++, MAX_DOUBLINGS);
      client.disconnect(true);
    }
  }
}

/** Whether the newest views agree that another master has taken its place. */
export function isReplaced(master: string | undefined, views: readonly SentinelView[]): boolean {
  const newest = Math.max(...views.map(({ epoch }) => epoch));
  const named = views.filter(({ epoch }) => epoch === newest).map((view) => view.master);
  return master !== undefined && named.length > 0 && !named.includes(master);
}

function connect(options: RedisOptions): Redis {
  const sentinel = new Redis({ ...options, enableReadyCheck: false, maxRetriesPerRequest: 0 });
  sentinel.on('error', () => undefined); // a Sentinel that cannot be reached has no view
  return sentinel;
}

/**
 * The epoch is asked for first: a fail-over in between leaves the new master with the lower epoch. A user of Sentinel may be
 * allowed to ask for the address alone.
 */
async function viewOf(sentinel: Redis, name: string): Promise<SentinelView | undefined> {
  try {
    const [members, address] = (await Promise.all([
      sentinel.call('SENTINEL', 'MASTER', name).catch(() => []),
      sentinel.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name),
    ])) as [string[], string[]];
    return { master: address.join(':'), epoch: Number(members[members.indexOf('config-epoch') + 1] ?? 0) };
  } catch {
    return undefined;
  }
}
