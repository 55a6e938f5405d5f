/**
 * Changes over Redis publish and subscribe: one connection that listens and one that sends, to the server, to the master
 * that Sentinel names, or to any node of a Cluster (its nodes pass messages on). A broken connection does not reconnect by
 * itself: the channel counts as lost and is opened again, so that no gap between messages stays unnoticed.
 */
import type { Redis } from 'ioredis';
import type { RedisConfiguration } from '../flow-store/redis-configured.js';
import { connectToPublish } from '../flow-store/redis-options.js';
import type { ChannelListener, OpenChannel, PushChannel } from './push-channel.js';

const HEARTBEAT_MS = 5_000;

export class RedisChannel implements PushChannel {
  readonly way = 'redis';
  private readonly channel: string;
  /** The Cluster node to connect to next. */
  private turn = 0;

  constructor(private readonly redis: RedisConfiguration) {
    this.channel = `${redis.prefix}changes`;
  }

  async open(listener: ChannelListener): Promise<OpenChannel> {
    const turn = this.turn++;
    const connections: Redis[] = [];
    const heartbeat = setInterval(() => void beat(connections), HEARTBEAT_MS).unref();
    const close = (): void => {
      clearInterval(heartbeat);
      for (const connection of connections) connection.disconnect();
    };
    const connect = async (): Promise<Redis> => {
      const connection = await connectToPublish(this.redis, turn);
      connections.push(connection);
      connection.once('end', () => {
        listener.onLost(new Error('the connection to Redis was closed'));
      });
      return connection;
    };
    try {
      const listening = await connect();
      const sending = await connect();
      listening.on('message', (_channel, text) => {
        listener.onMessage(text);
      });
      await listening.subscribe(this.channel);
      const send = async (text: string): Promise<void> => {
        await sending.publish(this.channel, text);
      };
      return { send, close };
    } catch (error) {
      close();
      throw error;
    }
  }
}

/** Closes a silent connection: PING has a time limit. */
async function beat(connections: readonly Redis[]): Promise<void> {
  for (const connection of connections) {
    await connection.ping().catch(() => {
      connection.disconnect();
    });
  }
}
