import 'reflect-metadata';
import type { ServerOptions } from 'node:http';
import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { DestinationStream } from 'pino';
import type { Configuration } from '../../../src/config/configuration.js';
import { ConfigHolder } from '../../../src/config/config-holder.js';
import type { ClientOrigins } from '../../../src/http/listener/cors/cors.js';
import type { RequestHandler } from '../../../src/http/listener/dispatcher.js';
import type { HotRoute, ListenerName } from '../../../src/http/exchange/exchange.js';
import { DatabaseLoad } from '../../../src/database/waiting-queue.js';
import { EventsModule } from '../../../src/events/events.module.js';
import { HttpAdapter } from '../../../src/http/listener/http-adapter.js';
import { HttpModule } from '../../../src/http/http.module.js';
import { Listeners } from '../../../src/http/listener/listeners.js';
import { ShutdownState } from '../../../src/http/listener/shutdown-state.js';
import { LOG_SINK } from '../../../src/observability/log-sink.js';
import { httpConfiguration } from './configuration.js';

export interface TestServer {
  public: string;
  admin: string;
  config: ConfigHolder;
  listeners: Listeners;
  shutdown: ShutdownState;
  /** The request lines that have been logged so far. */
  log: Record<string, unknown>[];
  close(): Promise<void>;
}

interface Setup {
  change?: (configuration: Configuration) => void;
  hotRoutes?: HotRoute[];
  controllers?: Type[];
  clientOrigins?: ClientOrigins;
  names?: ListenerName[];
  /** Replaces the timeouts of the listeners. */
  timeouts?: ServerOptions;
}

@Module({})
class ConfigurationModule {
  static with(holder: ConfigHolder): DynamicModule {
    return {
      module: ConfigurationModule,
      global: true,
      providers: [
        { provide: ConfigHolder, useValue: holder },
        { provide: DatabaseLoad, useValue: new DatabaseLoad(() => 1) },
      ],
      exports: [ConfigHolder, DatabaseLoad],
    };
  }
}

@Module({})
class ApplicationModule {
  static with(holder: ConfigHolder, controllers: Type[]): DynamicModule {
    return {
      module: ApplicationModule,
      imports: [ConfigurationModule.with(holder), EventsModule, HttpModule],
      controllers,
    };
  }
}

/** The listeners on free ports with the given routes behind them. */
export async function startServer(setup: Setup = {}): Promise<TestServer> {
  const configuration = httpConfiguration();
  setup.change?.(configuration);
  const config = new ConfigHolder(configuration);
  const adapter = new HttpAdapter();
  const app = await NestFactory.create(ApplicationModule.with(config, setup.controllers ?? []), adapter, {
    bodyParser: false,
    abortOnError: false,
    logger: false,
  });
  await app.init();
  const listeners = app.get(Listeners);
  if (setup.timeouts) Reflect.set(listeners, 'timeouts', setup.timeouts);
  const log: Record<string, unknown>[] = [];
  capture(app.get(LOG_SINK, { strict: false }), log);
  await listeners.open(setup.names ?? ['public', 'admin'], {
    hotRoutes: setup.hotRoutes ?? [],
    express: adapter.getInstance<RequestHandler>(),
    ...(setup.clientOrigins && { clientOrigins: setup.clientOrigins }),
  });
  const at = (name: ListenerName) => (setup.names?.includes(name) === false ? '' : listeners.address(name));
  return {
    public: at('public'),
    admin: at('admin'),
    config,
    listeners,
    shutdown: app.get(ShutdownState),
    log,
    close: async () => {
      await listeners.stopNow();
      await app.close();
    },
  };
}

/** Collects lines in a list instead of printing them. */
function capture(sink: DestinationStream, lines: Record<string, unknown>[]): void {
  sink.write = (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>);
}
