/**
 * Brings the changes of other processes to the caches of this process: over a push channel while it is open, otherwise by
 * polling. At every switch between the two, messages may have been missed, and all caches are cleared.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { type Change, changeText, parseChange } from './change.js';
import { ChangePoll } from './change-poll.js';
import { InvalidationMetrics } from './invalidation-metrics.js';
import { Invalidation } from './invalidation.js';
import { ChannelUnusable, type OpenChannel, type PushChannel } from './push-channel.js';

/** Provider token of the configured channel. */
export const PUSH_CHANNEL = Symbol('PUSH_CHANNEL');

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** Changes that could not be sent wait for the next connection. */
const MAX_UNSENT = 1_000;

@Injectable()
export class ChangeFeed implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Invalidation');
  private readonly stopping = new AbortController();
  private readonly unsent = new Set<string>();
  private open: OpenChannel | undefined;
  private wasOpen = false;

  constructor(
    @Inject(PUSH_CHANNEL) private readonly channel: PushChannel,
    private readonly poll: ChangePoll,
    private readonly invalidation: Invalidation,
    private readonly metrics: InvalidationMetrics,
  ) {}

  onApplicationBootstrap(): void {
    if (this.channel.way === 'redis') {
      this.invalidation.sendWith((change) => {
        void this.send(change);
      });
    }
    this.poll.start();
    void this.keepOpen();
  }

  onModuleDestroy(): void {
    this.stopping.abort();
    this.poll.stop();
    this.open?.close();
  }

  private async keepOpen(): Promise<void> {
    const { signal } = this.stopping;
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        await this.untilLost(() => {
          failures = 0;
        });
      } catch (error) {
        if (error instanceof ChannelUnusable) {
          this.giveUp(error);
          return;
        }
        if (failures === 0) this.warn(`cannot be opened (${textOf(error)})`);
      }
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures, 10), LONGEST_PAUSE_MS);
      await sleep(pause, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  private async untilLost(opened: () => void): Promise<void> {
    let onLost: (reason: Error) => void = () => undefined;
    const ending = new Promise<Error>((resolve) => (onLost = resolve));
    const open = await this.channel.open({
      onLost,
      onMessage: (text) => {
        this.receive(text);
      },
    });
    if (this.stopping.signal.aborted) {
      open.close();
      return;
    }
    opened();
    this.begin(open);
    const reason = await ending;
    this.end(open, reason);
  }

  private begin(open: OpenChannel): void {
    this.open = open;
    this.poll.stop();
    this.invalidation.deliverAll();
    this.metrics.use(this.channel.way);
    if (this.wasOpen) this.metrics.reconnected();
    this.logger.log(`Changes of other processes are received over ${NAMES[this.channel.way]}.`);
    this.wasOpen = true;
    const unsent = [...this.unsent];
    this.unsent.clear();
    for (const text of unsent) void this.sendText(text);
  }

  private end(open: OpenChannel, reason: Error): void {
    open.close();
    this.open = undefined;
    if (this.stopping.signal.aborted) return;
    this.metrics.use('poll');
    this.poll.start();
    this.warn(`is lost (${reason.message})`);
  }

  private receive(text: string): void {
    const change = parseChange(text);
    this.metrics.received(this.channel.way, change?.kind ?? 'invalid');
    if (change) this.invalidation.deliver(change);
  }

  private send(change: Change): Promise<void> {
    return this.sendText(changeText(change));
  }

  private async sendText(text: string): Promise<void> {
    try {
      if (!this.open?.send) throw new Error('The channel is not open.');
      await this.open.send(text);
    } catch {
      if (this.unsent.size < MAX_UNSENT) this.unsent.add(text);
    }
  }

  private giveUp(error: ChannelUnusable): void {
    this.logger.warn(
      `Changes of other processes are polled, because LISTEN does not work (${error.message}): set database.direct_dsn to an address that reaches the same database directly.`,
    );
  }

  private warn(problem: string): void {
    if (this.stopping.signal.aborted) return;
    this.logger.warn(
      `The channel for changes over ${NAMES[this.channel.way]} ${problem}: changes are polled until it is open again.`,
    );
  }
}

const NAMES = { redis: 'Redis', listen: 'LISTEN' } as const;

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
