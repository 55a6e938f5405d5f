/** Brings the program up and down: embedded database, application, listeners. */
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { ConfigHolder } from './config/config-holder.js';
import type { Configuration } from './config/configuration.js';
import { type EmbeddedPostgres, startEmbeddedPostgres, startTemporaryPostgres } from './database/embedded-postgres.js';
import { openMigrator } from './database/migrations.js';
import { Statements } from './database/statements.js';
import { hotRoutes } from './hot-routes.js';
import { assertFree } from './http/assert-free.js';
import type { ListenerName } from './http/exchange.js';
import { HttpAdapter } from './http/http-adapter.js';
import { Listeners } from './http/listeners.js';
import { Outbound } from './http/outbound.js';
import { RequestPace } from './clients/request-pace.js';
import { ClientOriginsOfRequest } from './oauth2/client-origins.js';
import { NestLogger } from './observability/nest-logger.js';
import { startTracing } from './observability/tracing/start-tracing.js';
import type { Tracer } from './observability/tracing/tracer.js';

export interface RunningServer {
  /** Where a listener is open, for example `http://127.0.0.1:4444`. */
  address(listener: ListenerName): string;
  /** The holder whose configuration a reload replaces. */
  config: ConfigHolder;
  /** Answers what is in flight, closes the listeners, lets go of the databases. A second call joins the first. */
  stop(): Promise<void>;
  /** Cuts short what `stop` waits for. */
  stopNow(): Promise<void>;
}

/**
 * Starts the server. Without `dsn` (or with `memory`) it starts an embedded PostgreSQL first, and migrates it: only there.
 * @throws with a message for the operator where a port is taken or the database cannot be reached
 */
export async function startServer({
  configuration,
  listeners,
}: {
  configuration: Configuration;
  listeners: ListenerName[];
}): Promise<RunningServer> {
  await assertFree(listeners, configuration);
  const embedded = await embeddedDatabase(configuration);
  try {
    const app = await createApplication(embedded ? { ...configuration, dsn: embedded.dsn } : configuration);
    return await open(app, listeners, embedded);
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

async function embeddedDatabase({ dsn, data_dir }: Configuration): Promise<EmbeddedPostgres | undefined> {
  if (dsn !== undefined && dsn !== 'memory') return undefined;
  const embedded = dsn === 'memory' ? await startTemporaryPostgres() : await startEmbeddedPostgres(data_dir);
  const migrator = await openMigrator(embedded.dsn);
  try {
    await migrator.up();
  } finally {
    await migrator.close();
  }
  return embedded;
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
  embedded: EmbeddedPostgres | undefined,
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
    await embedded?.stop();
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
    stop: () => (stopped ??= close()),
    stopNow: () => listeners.stopNow(),
  };
}

function follow(app: NestExpressApplication, tracer: Tracer): void {
  app.get(Statements, { strict: false }).watchWith((name, work) => tracer.statement(name, work));
  app.get(Outbound, { strict: false }).watchWith((target, work) => tracer.call(target, work));
}
