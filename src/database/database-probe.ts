/**
 * Checks whether the database accepts writes, on a separate connection: the check never waits behind the work that it
 * judges. The connection is kept while the check succeeds and is used; a fresh connection follows the address.
 */
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type pg from 'pg';
import { ConfigHolder } from '../config/config-holder.js';
import { connectApart } from './data-source.js';

/** Longer than any caller waits: it limits the time of a check that was abandoned. */
const LIMIT_MS = 5_000;
/** Without a check for this long, the connection is closed. */
const IDLE_MS = 60_000;

interface Look {
  standby: boolean;
  reads: boolean;
}

const LOOK = `select pg_is_in_recovery() as standby, current_setting('transaction_read_only') = 'on' as reads`;

@Injectable()
export class DatabaseProbe implements OnApplicationShutdown {
  private asking: Promise<string | undefined> | undefined;
  private connection: pg.Client | undefined;
  private idle: NodeJS.Timeout | undefined;
  private ended = false;

  constructor(private readonly config: ConfigHolder) {}

  /** The reason why writes fail; undefined where they work. Concurrent callers share one check. @throws without a response */
  obstacle(): Promise<string | undefined> {
    this.asking ??= this.ask().finally(() => {
      this.asking = undefined;
    });
    return this.asking;
  }

  onApplicationShutdown(): void {
    this.ended = true;
    this.close();
  }

  /** A kept connection may have been cut, or lead to a former primary: a fresh one tells. */
  private async ask(): Promise<string | undefined> {
    clearTimeout(this.idle);
    if (this.connection && (await isWritable(this.connection))) {
      this.keep(this.connection);
      return undefined;
    }
    this.close();
    const fresh = await connectApart(this.config.current.dsn ?? '', LIMIT_MS);
    this.connection = fresh;
    try {
      const { rows } = await fresh.query<Look>(LOOK);
      const found = obstacleOf(rows[0]);
      if (found === undefined) this.keep(fresh);
      else this.close();
      return found;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  private keep(connection: pg.Client): void {
    this.connection = connection;
    if (this.ended) {
      this.close(); // the server stopped during the check
      return;
    }
    this.idle = setTimeout(() => {
      this.close();
    }, IDLE_MS).unref();
  }

  /** A frozen server does not close its end, so nothing waits for that. */
  private close(): void {
    clearTimeout(this.idle);
    void this.connection?.end();
    this.connection = undefined;
  }
}

async function isWritable(connection: pg.Client): Promise<boolean> {
  try {
    return obstacleOf((await connection.query<Look>(LOOK)).rows[0]) === undefined;
  } catch {
    return false;
  }
}

function obstacleOf(answer?: Look): string | undefined {
  if (answer?.standby) return 'The database is a standby: let its address lead to the primary.';
  if (answer?.reads) return 'The database is read-only: set default_transaction_read_only to off.';
  return undefined;
}
