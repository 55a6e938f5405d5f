import { Injectable } from '@nestjs/common';
import { DatabaseBusy } from '../database/database-busy.js';
import { Migrated } from '../database/migrated.js';
import { Statements } from '../database/statements.js';
import { ShutdownState } from '../http/shutdown-state.js';

/** Why the server is not ready, by the name of the check. Empty: it is ready. */
export type Obstacles = Record<string, string>;

const ALIVE = { name: 'health_database', text: 'select 1' };
const PATIENCE_MS = 2_000;

@Injectable()
export class Readiness {
  private running?: Promise<Obstacles>;

  constructor(
    private readonly statements: Statements,
    private readonly migrated: Migrated,
    private readonly shutdown: ShutdownState,
  ) {}

  /** Looks afresh; callers of the same moment share one look, so that probes cannot use up the connections. */
  obstacles(): Promise<Obstacles> {
    this.running ??= this.look().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async look(): Promise<Obstacles> {
    if (this.shutdown.isStopping) return { shutdown: 'The server is shutting down.' };
    const database = await faultOf(this.statements.run(ALIVE, []));
    if (database !== undefined) return { database };
    return this.migrated.ready ? {} : { migrations: await this.pending() };
  }

  private async pending(): Promise<string> {
    const names = await this.migrated.pending().catch(() => []);
    return `Migrations are pending: ${names.join(', ') || 'they could not be listed'}. Run "ostiary migrate sql up".`;
  }
}

async function faultOf(check: Promise<unknown>): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${PATIENCE_MS} ms`));
    }, PATIENCE_MS);
  });
  try {
    await Promise.race([check, late]);
    return undefined;
  } catch (error) {
    if (error instanceof DatabaseBusy) return undefined; // it works: to send its load to the others would stop them too
    return `The database cannot be reached: ${error instanceof Error ? error.message : String(error)}.`;
  } finally {
    clearTimeout(timer);
    check.catch(() => undefined); // it may fail after we stopped waiting
  }
}
