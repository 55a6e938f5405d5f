import { Injectable } from '@nestjs/common';
import { DatabaseBusy } from '../database/database-busy.js';
import { DatabaseProbe } from '../database/database-probe.js';
import { Migrated } from '../database/migrated.js';
import { sqlState } from '../database/sql-state.js';
import { Statements } from '../database/statements.js';
import { ShutdownState } from '../http/listener/shutdown-state.js';
import { type ReadinessCheck, ReadinessChecks } from './readiness-checks.js';

/** The reasons why the server is not ready, by the name of the check. Empty: it is ready. */
export type Obstacles = Record<string, string>;

const TIMEOUT_MS = 2_000;
/** Anybody may ask on the public listener: a result is reused for this long, however often it is requested. */
const REUSED_FOR_MS = 250;
const ALIVE = { name: 'health_database', text: 'select 1' };
/** PostgreSQL, or a connection pooler, has no free connection. */
const FULL = /^53300$|^08P01$/;

@Injectable()
export class Readiness {
  private running?: Promise<Obstacles>;
  /** The latest result and its time in milliseconds of `performance.now()`. */
  private found: { obstacles: Obstacles; at: number } | undefined;
  /** The latest result of each check. */
  private readonly known = new Map<string, string | undefined>();

  constructor(
    private readonly probe: DatabaseProbe,
    private readonly statements: Statements,
    private readonly migrated: Migrated,
    private readonly shutdown: ShutdownState,
    private readonly checks: ReadinessChecks,
  ) {}

  /** Runs the checks a few times a second at most; simultaneous callers share one run. */
  async obstacles(): Promise<Obstacles> {
    if (this.shutdown.isStopping) return { shutdown: 'The server is shutting down.' };
    if (this.found && performance.now() - this.found.at < REUSED_FOR_MS) return this.found.obstacles;
    this.running ??= this.lookAfresh().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async lookAfresh(): Promise<Obstacles> {
    const obstacles = await this.look();
    this.found = { obstacles, at: performance.now() };
    return obstacles;
  }

  private async look(): Promise<Obstacles> {
    const database = await this.databaseObstacle();
    if (database !== undefined) return { database };
    if (!this.migrated.ready) return { migrations: await this.pending() };
    const found = await Promise.all(
      this.checks.entries().map(async ([name, check]) => [name, await this.said(name, check)]),
    );
    return Object.fromEntries(found.filter(([, obstacle]) => obstacle !== undefined)) as Obstacles;
  }

  /** While requests are being answered, a probe that is late or finds no free connection does not count. */
  private async databaseObstacle(): Promise<string | undefined> {
    const began = performance.now();
    try {
      return await inTime(this.probe.obstacle());
    } catch (error) {
      if (this.statements.answeredSince(began)) return undefined;
      if (FULL.test(sqlState(error) ?? '') && (await this.serves())) return undefined;
      return `The database cannot be reached: ${messageOf(error)}.`;
    }
  }

  /** Whether the existing connections work. */
  private async serves(): Promise<boolean> {
    try {
      await inTime(this.statements.run(ALIVE, []));
      return true;
    } catch (error) {
      return error instanceof DatabaseBusy;
    }
  }

  /** The result of another module's check; a failure is a result too. While a check waits, its latest result counts. */
  private async said(name: string, check: ReadinessCheck): Promise<string | undefined> {
    try {
      const obstacle = await inTime(check());
      this.known.set(name, obstacle);
      return obstacle;
    } catch (error) {
      if (error instanceof DatabaseBusy) return this.known.get(name);
      if (error instanceof NoAnswerInTime && this.known.has(name)) return this.known.get(name);
      return `The check failed: ${messageOf(error)}.`;
    }
  }

  private async pending(): Promise<string> {
    const names = await this.migrated.pending().catch(() => []);
    return `Migrations are pending: ${names.join(', ') || 'they could not be listed'}. Run "ostiary migrate sql up".`;
  }
}

class NoAnswerInTime extends Error {
  constructor() {
    super(`no answer within ${TIMEOUT_MS} ms`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function inTime<T>(check: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const give = (): void => {
      reject(new NoAnswerInTime());
    };
    // A busy process may be late itself: answers that have arrived by now are read first.
    timer = setTimeout(() => setImmediate(give), TIMEOUT_MS);
  });
  try {
    return await Promise.race([check, late]);
  } finally {
    clearTimeout(timer);
    check.catch(() => undefined); // it may fail after the timeout
  }
}
