/** Brings the program up and down: embedded database, application, listeners. */
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
import { assertFree } from './http/assert-free.js';
import type { ListenerName } from './http/exchange.js';
import { HttpAdapter } from './http/http-adapter.js';
import { openLine } from './http/listen.js';
import { Listeners } from './http/listeners.js';
import { Outbound } from './http/outbound.js';
import { RequestPace } from './clients/request-pace.js';
import { ClientOriginsOfRequest } from './oauth2/client-origins.js';
import { MetricsRegistry, type Together } from './observability/metrics-registry.js';
import { NestLogger } from './observability/nest-logger.js';
import { startTracing } from './observability/tracing/start-tracing.js';
import type { Tracer } from './observability/tracing/tracer.js';

export interface RunningServer {
  /** Where a listener is open, for example `http://127.0.0.1:4444`. */
  address(listener: ListenerName): string;
  /** The holder whose configuration a reload replaces. */
  config: ConfigHolder;
  metrics: MetricsRegistry;
  /** Answers what is in flight, closes the listeners, lets go of the databases. A second call joins the first. */
  stop(): Promise<void>;
  /** Cuts short what `stop` waits for. */
  stopNow(): Promise<void>;
}

export interface Serving {
  configuration: Configuration;
  listeners: ListenerName[];
  /** Others that serve with this process (`serve.workers`). */
  fellows?: Fellows;
}

export interface Fellows {
  together: Together;
  /** Resolves when this process gets no connection any more, and has got those on their way to it. */
  release: () => Promise<void>;
}

/**
 * Starts the server. Without `dsn` (or with `memory`) it starts an embedded PostgreSQL first, and migrates it: only there.
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

/** Brings the schema up to date: of the embedded database alone, others are the operator's. */
export async function migrate(dsn: string): Promise<void> {
  const migrator = await openMigrator(dsn);
  try {
    await migrator.up();
  } finally {
    await migrator.close();
  }
}

/**
 * The application and its listeners, on a database that runs.
 * @param afterwards what is left to do when it has stopped
 */
export async function openServer(
  { configuration, listeners, fellows }: Serving,
  afterwards = (): Promise<void> => Promise.resolve(),
): Promise<RunningServer> {
  const app = await createApplication(configuration);
  if (fellows) {
    app.get(MetricsRegistry).joinWith(fellows.together);
    app.get(Listeners).closeAfter(fellows.release);
  }
  return open(app, listeners, afterwards);
}

async function createApplication(configuration: Configuration): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.register(configuration), new HttpAdapter(), {
    bodyParser: false,
    bufferLogs: true,
    autoFlushLogs: false, // what fails here is told by whoever starts us, in words and without a stack
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
  const close = async (): Promise<void> => {
    await listeners.stop();
    await app.close();
    await tracer?.close().catch(() => undefined); // a collector that is gone has been told of in the log
    await afterwards();
  };
  try {
    await listeners.open(names, {
      hotRoutes: hotRoutes((type) => app.get(type, { strict: false })),
      express: app.getHttpAdapter().getInstance(),
      clientOrigins: (exchange) => origins.find(exchange),
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
    stop: () => (stopped ??= close()),
    stopNow: () => listeners.stopNow(),
  };
}

function follow(app: NestExpressApplication, tracer: Tracer): void {
  app.get(Statements, { strict: false }).watchWith((name, work) => tracer.statement(name, work));
  app.get(Outbound, { strict: false }).watchWith((target, work) => tracer.call(target, work));
}
