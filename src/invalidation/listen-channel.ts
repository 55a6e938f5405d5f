/**
 * Changes over LISTEN: the triggers of PostgreSQL notify when a change commits. The channel needs a connection of its own
 * that no pooler shares (`database.direct_dsn`), and counts as open only after a test notification has arrived.
 */
import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { connectToListen } from '../database/data-source.js';
import { Statements } from '../database/statements.js';
import { isUnavailable } from '../database/unavailable.js';
import { ChannelUnusable, type ChannelListener, type OpenChannel, type PushChannel } from './push-channel.js';

/** The name is also in the migration that creates the triggers. */
const CHANNEL = 'ostiary_change';
const HEARTBEAT_MS = 10_000;
const PROOF_WITHIN_MS = 5_000;
const NOTIFY = { name: 'invalidation_proof', text: `select pg_notify($1, '')` };

export class ListenChannel implements PushChannel {
  readonly way = 'listen';

  constructor(
    private readonly dsn: string,
    private readonly statements: Statements,
  ) {}

  async open(listener: ChannelListener): Promise<OpenChannel> {
    const client = await connectToListen(this.dsn);
    const close = (): void => {
      clearInterval(heartbeat);
      void client.end().catch(() => undefined);
    };
    const lose = (reason: Error): void => {
      clearInterval(heartbeat);
      listener.onLost(reason);
    };
    client.on('error', lose);
    client.on('end', () => {
      lose(new Error('the connection to PostgreSQL was closed'));
    });
    client.on('notification', ({ channel, payload }) => {
      if (channel === CHANNEL) listener.onMessage(payload ?? '');
    });
    const heartbeat = setInterval(() => void beat(client), HEARTBEAT_MS).unref();
    try {
      await listen(client, CHANNEL);
      await this.prove(client);
    } catch (error) {
      close();
      throw error;
    }
    return { close };
  }

  /**
   * Sends a notification over the connection pool, to a random name that only this process listens on. It does not arrive
   * through a pooler in transaction mode, nor if direct_dsn leads to another database.
   */
  private async prove(client: pg.Client): Promise<void> {
    const name = `ostiary_proof_${randomBytes(12).toString('hex')}`;
    await listen(client, name);
    const proven = new Promise<boolean>((resolve) => {
      client.on('notification', ({ channel }) => {
        if (channel === name) resolve(true);
      });
      client.once('end', () => {
        resolve(false);
      });
      setTimeout(resolve, PROOF_WITHIN_MS, false).unref();
    });
    await this.statements.run(NOTIFY, [name]);
    if (await proven) await client.query(`unlisten ${name}`);
    else throw new ChannelUnusable('a test notification did not arrive: a pooler in transaction mode is in between');
  }
}

/** @param channel letters, digits and underscores */
async function listen(client: pg.Client, channel: string): Promise<void> {
  try {
    await client.query(`listen ${channel}`);
  } catch (error) {
    if (isUnavailable(error)) throw error;
    throw new ChannelUnusable('LISTEN is refused', error);
  }
}

/** Detects a silent connection: the query has a time limit. */
async function beat(client: pg.Client): Promise<void> {
  await client.query('select 1').catch((error: unknown) => {
    client.emit('error', error);
  });
}
