/**
 * The connection to Redis as the flow store sees it. Nothing waits without bound: while a first reconnection runs, a
 * caller waits for it; once that has failed, callers are refused at once until Redis is back.
 */
import { Logger } from '@nestjs/common';
import type { Cluster, Redis } from 'ioredis';
import { FlowStoreUnavailable } from './flow-store.js';

const MAX_WAIT_MS = 2000;
/** Closings without a connection between them: the first breaks the connection, the second is a failed reconnection. */
const DOWN_AFTER = 2;

export class RedisLink {
  private readonly logger = new Logger('FlowStore');
  private closings = 0;
  private down = false;
  private lastError: Error | undefined;
  private opening: Promise<void> | undefined;
  private ended = false;

  constructor(readonly client: Redis | Cluster) {
    client.on('error', (error: Error) => {
      this.lastError = error; // ioredis prints it where nobody listens
    });
    client.on('ready', () => {
      this.opened();
    });
    client.on('close', () => {
      this.closed();
    });
  }

  /** Runs a command; whatever the client cannot do is an unavailable flow store. @throws FlowStoreUnavailable */
  async run<T>(command: () => Promise<T>): Promise<T> {
    try {
      if (this.client.status !== 'ready') await this.open();
      return await command();
    } catch (error) {
      throw error instanceof FlowStoreUnavailable ? error : new FlowStoreUnavailable(error);
    }
  }

  close(): void {
    this.ended = true;
    this.client.disconnect();
  }

  private open(): Promise<void> {
    if (this.down || this.client.status === 'end') {
      return Promise.reject(new FlowStoreUnavailable(this.lastError));
    }
    this.opening ??= this.waitUntilReady().finally(() => {
      this.opening = undefined;
    });
    return this.opening;
  }

  private waitUntilReady(): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.client.off('ready', settle).off('close', settle);
        if (this.client.status === 'ready') resolve();
        else reject(new FlowStoreUnavailable(this.lastError));
      };
      const timer = setTimeout(() => {
        this.goDown(); // a search for a master or for nodes of a cluster may close nothing
        settle();
      }, MAX_WAIT_MS);
      this.client.on('ready', settle).on('close', settle);
    });
  }

  private opened(): void {
    if (this.down) this.logger.log('Redis answers again: flows are served.');
    this.down = false;
    this.closings = 0;
  }

  private closed(): void {
    this.closings += 1;
    if (this.closings >= DOWN_AFTER) this.goDown();
  }

  private goDown(): void {
    if (this.ended || this.down) return;
    this.down = true;
    const reason = this.lastError?.message ?? 'the connection was closed';
    this.logger.error(`Redis cannot be reached (${reason}): browser flows answer 503 until it is back.`);
  }
}
