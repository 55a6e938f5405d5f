/**
 * The connection of the flow store to Redis. No caller waits without a limit: during the first reconnection callers wait
 * for its result; once it has failed, calls fail at once until Redis is back.
 */
import { Logger } from '@nestjs/common';
import type { Cluster, Redis } from 'ioredis';
import { FlowAnswerLost, FlowStoreUnavailable } from './flow-store.js';

const MAX_WAIT_MS = 2000;
/** `close` events in a row without a connection: the first is the broken connection, the second a failed reconnection. */
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
      this.lastError = error; // without a listener ioredis would print the error
    });
    client.on('ready', () => {
      this.opened();
    });
    client.on('close', () => {
      this.closed();
    });
  }

  /**
   * Runs a command. Every failure of the client means that the flow store is unavailable.
   * @throws FlowStoreUnavailable, or FlowAnswerLost where Redis may have executed the command
   */
  async run<T>(command: () => Promise<T>): Promise<T> {
    try {
      if (this.client.status !== 'ready') await this.open();
      return await command();
    } catch (error) {
      throw error instanceof FlowStoreUnavailable ? error : new FlowAnswerLost(error);
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
        this.goDown(); // the search for a master or for cluster nodes may fail without a `close` event
        settle();
      }, MAX_WAIT_MS);
      this.client.on('ready', settle).on('close', settle);
    });
  }

  private opened(): void {
    if (this.down) this.logger.log('Redis can be reached again.');
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
    this.logger.error(`Redis cannot be reached (${reason}): browser flows are answered with 503 until it is back.`);
  }
}
