/** Starts and stops the program: embedded database, application, listeners. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { ConfigHolder } from './config/config-holder.js';
import type { Configuration } from './config/configuration.js';
import { startConfiguredPostgres } from './database/embedded-postgres.js';
import { openMigrator } from './database/migrations.js';
import { Statements } from './database/statements.js';
import { hotRoutes } from './hot-routes.js';
import { assertFree } from './http/listener/assert-free.js';
import type { ListenerName } from './http/exchange/exchange.js';
import { HttpAdapter } from './http/listener/http-adapter.js';
import { openLine } from './http/listener/listen.js';
import { Listeners } from './http/listener/listeners.js';
import { Outbound } from './http/outbound/outbound.js';
import type { Ending } from './http/listener/ending.js';
import { RequestPace } from './clients/request-pace.js';
import { ClientOriginsOfRequest } from './oauth2/client-origins.js';
import { MetricsRegistry, type CollectMetrics } from './observability/metrics-registry.js';
import { NestLogger } from './observability/nest-logger.js';
import { startTracing } from './observability/tracing/start-tracing.js';
import type { Tracer } from './observability/tracing/tracer.js';

/** All requests have been answered by then: a database that does not answer is not waited for any longer. */
const CLOSE_TIMEOUT_MS = 5_000;

export interface RunningServer {
  /** The address of a listener, for example `http://127.0.0.1:4444`. */
  address(listener: ListenerName): string;
  /** The holder whose configuration a reload replaces. */
  config: ConfigHolder;
  metrics: MetricsRegistry;
  /** Makes the listeners accept many connections in an event-loop turn, from a moment later on. */
  acceptOnCopies(): Promise<void>;
  /** Answers requests in flight, closes listeners and database connections. A second call returns the same promise. */
  stop(ending?: Ending): Promise<void>;
  /** Ends the waiting of `stop` at once. */
  stopNow(): Promise<void>;
}

interface Serving {
  configuration: Configuration;
  listeners: ListenerName[];
  /** The other processes of this server (`serve.workers`). */
  peers?: WorkerPeers;
}

export interface WorkerPeers {
  collectMetrics: CollectMetrics;
  /** Resolves when this process gets no more connections, and has received those already on their way to it. */
  release: () => Promise<void>;
}

/**
 * Starts the server. Without `dsn` (or with `memory`) it starts an embedded PostgreSQL first and migrates it; no other
 * database is migrated.
 * @throws with a message for the operator where a port is taken or the database cannot be reached
 */
export async function startServer({ configuration, listeners }: Serving): Promise<RunningServer> {
  await assertFree(listeners, configuration);
  const embedded = await startConfiguredPostgres(configuration);
  const letGo = async (): Promise<void> => embedded?.stop();
  try {
    if (embedded) await migrate(embedded.dsn);
    const own = embedded ? { ...configuration, dsn: embedded.dsn } : configuration;
    const server = await openServer({ configuration: own, listeners }, letGo);
    const log = new Logger('http');
    for (const name of listeners) log.log(openLine(name, server.address(name)));
    return server;
  } catch (error) {
    await letGo();
    throw error;
  }
}

/** Migrates the schema of the embedded database only; others are migrated by the operator. */
export async function migrate(dsn: string): Promise<void> {
  const migrator = await openMigrator(dsn);
  try {
    await migrator.up();
  } finally {
    await migrator.close();
  }
}

/**
 * Opens the application and its listeners on a running database.
 * @param afterwards the work that is left when it has stopped
 */
export async function openServer(
  { configuration, listeners, peers }: Serving,
  afterwards = (): Promise<void> => Promise.resolve(),
): Promise<RunningServer> {
  const app = await createApplication(configuration);
  if (peers) {
    app.get(MetricsRegistry).collectWith(peers.collectMetrics);
    app.get(Listeners).closeAfter(peers.release);
  }
  return open(app, listeners, afterwards);
}

async function createApplication(configuration: Configuration): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.register(configuration), new HttpAdapter(), {
    bodyParser: false,
    bufferLogs: true,
    autoFlushLogs: false, // the caller reports errors of the start, in plain text without a stack
    abortOnError: false,
  });
  app.useLogger(app.get(NestLogger));
  app.flushLogs();
  await app.init();
  return app;
}

async function open(
  app: NestExpressApplication,
  names: ListenerName[],
  afterwards: () => Promise<void>,
): Promise<RunningServer> {
  const listeners = app.get(Listeners);
  const tracer = await startTracing(app.get(ConfigHolder).current);
  if (tracer) follow(app, tracer);
  const origins = app.get(ClientOriginsOfRequest, { strict: false });
  const pace = app.get(RequestPace, { strict: false });
  let stopped: Promise<void> | undefined;
  const close = async (ending?: Ending): Promise<void> => {
    await listeners.stop(ending);
    await Promise.race([app.close(), sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
    await tracer?.close().catch(() => undefined); // the log has already reported an unreachable collector
    await afterwards();
  };
  try {
    await listeners.open(names, {
      hotRoutes: hotRoutes((type) => app.get(type, { strict: false })),
      express: app.getHttpAdapter().getInstance(),
      clientOrigins: origins,
      admit: (exchange) => pace.byAddress(exchange),
      ...(tracer && { tracer }),
    });
  } catch (error) {
    await app.close();
    throw error;
  }
  return {
    address: (listener) => listeners.address(listener),
    config: app.get(ConfigHolder),
    metrics: app.get(MetricsRegistry),
    acceptOnCopies: () => listeners.acceptOnCopies(),
    stop: (ending) => (stopped ??= close(ending)),
    stopNow: () => listeners.stopNow(),
  };
}

function follow(app: NestExpressApplication, tracer: Tracer): void {
  app.get(Statements, { strict: false }).watchWith((name, work) => tracer.statement(name, work));
  app.get(Outbound, { strict: false }).watchWith((target, work) => tracer.call(target, work));
}
