/**
 * Changes over Redis publish and subscribe: one connection that listens and one that sends, to the server, to the master
 * that Sentinel names, or to any node of a Cluster (its nodes pass messages on). A connection that breaks is not mended:
 * the channel is lost and opened anew, so that nobody takes a gap for silence.
 */
import type { Redis } from 'ioredis';
import type { RedisConfiguration } from '../flow-store/redis-configured.js';
import { connectToPublish } from '../flow-store/redis-options.js';
import type { Ears, OpenChannel, PushChannel } from './push-channel.js';

const HEARTBEAT_MS = 5_000;

export class RedisChannel implements PushChannel {
  readonly way = 'redis';
  private readonly channel: string;
  /** Of a Cluster: the node to turn to next. */
  private turn = 0;

  constructor(private readonly redis: RedisConfiguration) {
    this.channel = `${redis.prefix}changes`;
  }

  async open(ears: Ears): Promise<OpenChannel> {
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
        ears.lost(new Error('the connection to Redis was closed'));
      });
      return connection;
    };
    try {
      const listening = await connect();
      const sending = await connect();
      listening.on('message', (_channel, text) => {
        ears.hear(text);
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

/** A connection that has gone silent is given up. */
async function beat(connections: readonly Redis[]): Promise<void> {
  for (const connection of connections) {
    await connection.ping().catch(() => {
      connection.disconnect();
    });
  }
}
